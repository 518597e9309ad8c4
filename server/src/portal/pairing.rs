//! Consent to a pairing, its end, and single sign-on into a tenant's WordPress.

use super::{
    Bound,
    authority::{Place, Right},
    internal,
};
use crate::{
    domain::{
        Flow, IntentId, Pairing, PairingId, Tenant, Token,
        name::of_login,
        pairing::PairingStatus,
        secret::{SiteState, is_challenge},
    },
    store::intent::{Intent, IntentKind},
};
use app::{
    model::{oops::Oops, pairing::ConsentPage},
    portal::{Answer, Portal as _},
};
use std::time::Duration;
use url::Url;

/// How long a code may be redeemed.
const CODE_LIFE: Duration = Duration::from_secs(60);

impl Bound {
    /// The open question of this intent and its tenant, if it is the caller's to answer.
    async fn asked(&self, id: &str, what: &str) -> Answer<(Intent, Tenant)> {
        let id: IntentId = id.parse().map_err(|_| Oops::not_found())?;
        let intent = self.house.store.intent(id).await.map_err(internal)?.filter(|i| i.kind == IntentKind::Connect);
        let intent = intent.ok_or_else(Oops::not_found)?;
        let tenant = self.house.store.tenant(intent.tenant).await.map_err(internal)?.ok_or_else(Oops::not_found)?;
        // Only the tenant's own people, and they themselves: an operator's yes would write drafts in the operator's name.
        if self.place(&tenant).await?.allows(Right::SignIn) != Some(true) {
            self.audit(what, Some(&tenant), false, "Not a person of this tenant.").await?;
            return Err(Oops::not_found());
        }
        if intent.expires_at <= self.house.now() {
            return Err(Oops::new(
                410,
                "intent_expired",
                "This question has ended. Nothing was changed.",
                "Press Connect in WordPress again.",
            ));
        }
        if intent.answered.is_some() {
            return Err(Oops::new(
                409,
                "intent_answered",
                "This question was answered before.",
                "Go back to WordPress.",
            ));
        }
        Ok((intent, tenant))
    }

    pub(super) async fn question(&self, id: &str) -> Answer<ConsentPage> {
        let (intent, tenant) = self.asked(id, "pairing.question").await?;
        let site = Url::parse(&tenant.site_url).map_err(|_| Oops::internal())?;
        Ok(ConsentPage {
            intent: intent.id.to_string(),
            tenant: tenant.name,
            site: site[url::Position::BeforeHost..url::Position::AfterPort].to_owned(),
            wp_login: of_login(&intent.wp_login, intent.wp_user),
            asked_by: intent.asked_by,
            asked_at: intent.asked_at.0,
            expires_at: intent.expires_at.0,
            callback_origin: site.origin().ascii_serialization(),
            me: self.me(),
        })
    }

    pub(super) async fn decide(&self, id: &str, approve: bool) -> Answer<String> {
        let (intent, tenant) = self.asked(id, "pairing.answer").await?;
        self.house.store.take_place(tenant.id, &self.caller, self.house.now()).await.map_err(internal)?;
        let role = self.place(&tenant).await?.role;
        let code = Token::throw(&*self.house.dice);
        let hash = code.hash();
        let grant = approve.then(|| (&hash, self.house.now().plus(CODE_LIFE)));
        if !self.house.store.answer_intent(intent.id, &self.caller, role, approve, grant).await.map_err(internal)? {
            return Err(Oops::new(
                409,
                "intent_answered",
                "This question was answered before.",
                "Go back to WordPress.",
            ));
        }
        let what = if approve { "pairing.approve" } else { "pairing.deny" };
        self.audit(
            what,
            Some(&tenant),
            true,
            format!("WordPress user {}.", of_login(&intent.wp_login, intent.wp_user)),
        )
        .await?;
        let callback = format!("{}/wp-admin/admin-post.php?action=slipway_connect_callback", tenant.site_url);
        self.callback(&callback, approve.then_some(&code), &intent.state)
    }

    /// The registered address with code (or refusal), state and issuer: the only place a code is ever sent to.
    fn callback(&self, address: &str, code: Option<&Token>, state: &SiteState) -> Answer<String> {
        let mut url = Url::parse(address).map_err(|_| Oops::internal())?;
        {
            let mut query = url.query_pairs_mut();
            match code {
                Some(code) => query.append_pair("code", code.reveal()),
                None => query.append_pair("error", "access_denied"),
            };
            query.append_pair("state", state.as_str()).append_pair("iss", &self.house.systems.public_url);
        }
        Ok(url.into())
    }

    pub(super) async fn unpair(&self, tenant: &Tenant, place: Place, pairing: &str) -> Answer<()> {
        let id: PairingId = pairing.parse().map_err(|_| Oops::not_found())?;
        let found = self.house.store.pairing(id).await.map_err(internal)?;
        let found: Pairing = found.filter(|p| p.tenant == tenant.id).ok_or_else(Oops::not_found)?;
        if found.subject != self.caller.subject && place.allows(Right::ManagePeople) != Some(true) {
            self.audit("pairing.disconnect", Some(tenant), false, "Another person's connection.").await?;
            return Err(Oops::forbidden());
        }
        let detail = format!("{} ({}).", found.email, found.login_shown());
        let entry = self.house.entry(&self.actor, "pairing.disconnect", Some(tenant), true, detail);
        let (before, after) = (found.status.word(), PairingStatus::Leaving.word());
        let can = self.ends(vec![Flow::Pair(found.id)], "Disconnected in the portal.");
        self.wish(tenant, can, |wished| Some(if wished { entry.changed(before, after) } else { entry })).await.map(drop)
    }

    pub(super) async fn sign_in(
        &self,
        tenant: &Tenant,
        place: Place,
        state: String,
        challenge: String,
        to: String,
    ) -> Answer<String> {
        let Some(state) = SiteState::parse(&state).filter(|_| is_challenge(&challenge)) else {
            return Err(Oops::new(
                400,
                "bad_request",
                "WordPress asked in a way Slipway does not know.",
                "Start again from the tenant page.",
            ));
        };
        self.may_enter().await?;
        let (now, code) = (self.house.now(), Token::throw(&*self.house.dice));
        let id = IntentId(self.house.dice.uuid());
        let intent = Intent {
            to,
            ..Intent::open(id, IntentKind::SignIn, tenant.id, (state.clone(), challenge), now, CODE_LIFE)
        };
        self.house.store.take_place(tenant.id, &self.caller, now).await.map_err(internal)?;
        self.house.store.put_intent(&intent).await.map_err(internal)?;
        let grant = (&code.hash(), now.plus(CODE_LIFE));
        self.house
            .store
            .answer_intent(intent.id, &self.caller, place.role, true, Some(grant))
            .await
            .map_err(internal)?;
        self.audit("site.sign_in", Some(tenant), true, place.role.map_or("", |r| r.word())).await?;
        self.callback(&format!("{}/wp-login.php?action=slipway_callback", tenant.site_url), Some(&code), &state)
    }
}
