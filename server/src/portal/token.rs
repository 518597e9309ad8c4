//! Tokens for programs: who makes and ends them, and whose use cases a presented one opens.
//!
//! A token is never broader than its maker's rights and ends with them. Membership is the portal's own and is looked at
//! on every request. A standing comes from the provider's groups, and the portal learns of those only when its person comes by
//! the provider: an answer that shows the standing is gone ends the tokens that rest on it, and without any answer for seven
//! days they rest until there is one. See `docs/decisions/api-tokens.md`.

use super::{Bound, House, authority::Right, internal};
use crate::{
    domain::{
        Actor, ApiTokenId, At, Caller, DisplayName, Standing, Tenant, TenantId,
        api_token::{ApiToken, Grounds, Health, MOST_DAYS, Scope, TokenText, USUAL_DAYS},
        secret::TokenHash,
        subject,
    },
    store::Error,
};
use app::{
    model::{
        oops::{FieldError, Oops},
        token::{MadeToken, TokenForm, TokenRow, TokenScope, TokenState, TokensPage},
    },
    portal::{Answer, Portal},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// What binds use cases to a token.
#[derive(Debug, Clone)]
pub(crate) struct Pass {
    /// The only tenant it opens.
    pub(super) tenant: Option<TenantId>,
}

/// Why a presented token opens nothing, and who it was, for the audit.
#[derive(Debug, Clone)]
pub struct Turned {
    /// 401 with its reason, or 500.
    pub oops: Oops,
    /// The token.
    pub who: Actor,
}

impl House {
    /// The use cases that a presented token opens.
    ///
    /// # Errors
    /// It is unknown, its time is over, its maker has lost the right or was not seen for long; or the database failed.
    pub async fn portal_for_token(&self, presented: &TokenHash) -> Result<Arc<dyn Portal>, Turned> {
        let failed = |error: Error| Turned { oops: internal(error), who: Actor::UnknownToken };
        let found = self.store.token_by_hash(presented).await.map_err(failed)?;
        let token = found.ok_or_else(|| Turned { oops: unknown(), who: Actor::UnknownToken })?;
        let now = self.now();
        let actor = Actor::Token { name: token.name.clone(), of: token.email.clone() };
        if let Some(oops) = self.refusal(&token, now).await.map_err(failed)? {
            return Err(Turned { oops, who: actor });
        }
        self.store.touch_token(&token, now).await.map_err(failed)?;
        let (standing, tenant) = match token.scope {
            Scope::Operator => (Standing::Operator, None),
            Scope::Auditor => (Standing::Auditor, None),
            Scope::Tenant(id) => (Standing::Person, Some(id)),
        };
        let subject = subject::of_token(token.id);
        let caller = Caller { subject, email: token.email, name: token.name, standing };
        Ok(Arc::new(Bound { house: self.clone(), caller, actor, pass: Some(Pass { tenant }) }))
    }

    /// Why this token opens nothing now.
    async fn refusal(&self, token: &ApiToken, now: At) -> Result<Option<Oops>, Error> {
        let say = match token.health(now) {
            Health::Ended => return Ok(Some(turned("token_revoked", "This token was revoked.", "Make another one."))),
            Health::Expired => {
                return Ok(Some(turned("token_expired", "This token has expired.", "Make another one.")));
            }
            Health::Resting => {
                let days = token.grounds.holds().unwrap_or_default().as_secs() / 86_400;
                let say = format!("This token rests: its maker has not been at the portal for {days} days.");
                return Ok(Some(turned("token_rests", say, "Its maker signs in to the portal once.")));
            }
            Health::Living => "The right this token rests on is gone.",
        };
        let Scope::Tenant(id) = token.scope else { return Ok(None) };
        let living = self.store.tenant(id).await?.is_some_and(|tenant| tenant.gone_at.is_none());
        let holds = living
            && match token.grounds {
                Grounds::Admin => self.store.is_admin(id, &token.subject).await?,
                Grounds::Operator | Grounds::Machine => true,
            };
        Ok((!holds).then(|| turned("token_groundless", say, "An admin of the tenant makes another one.")))
    }

    /// At a sign-in: confirms the person's tokens, and ends those whose ground is gone.
    ///
    /// # Errors
    /// The database.
    pub async fn confirm_tokens(&self, caller: &Caller) -> Result<(), Error> {
        for token in self.store.confirm_tokens(caller, self.now()).await? {
            let detail = format!("{}: its maker is no operator any more.", token.name);
            let by = Actor::Person(caller.email.clone());
            let entry = self.entry(&by, "token.revoke", None, true, detail);
            self.store.end_token(token.id, &entry.changed("Works", "Revoked")).await?;
        }
        Ok(())
    }
}

impl Bound {
    pub(super) async fn token_page(&self) -> Answer<TokensPage> {
        self.standing(self.pass.is_none(), "token.list").await?;
        let (all, operator) = (self.caller.standing != Standing::Person, self.caller.standing == Standing::Operator);
        let mine =
            if operator { Vec::new() } else { self.house.store.admin_of(&self.caller).await.map_err(internal)? };
        let now = self.house.now();
        let of = (!all).then_some(self.caller.subject.as_str());
        let tokens = self.house.store.tokens(of, now).await.map_err(internal)?;
        let slugs = self.slugs(&tokens).await?;
        let rows = tokens.into_iter().map(|token| self.token_row(token, &slugs, now)).collect();
        let scopes = match (operator, mine.is_empty()) {
            (true, _) => TokenScope::ALL.into(),
            (false, false) => vec![TokenScope::TenantAdmin],
            (false, true) => Vec::new(),
        };
        Ok(TokensPage { rows, scopes, tenants: mine, all })
    }

    async fn slugs(&self, tokens: &[ApiToken]) -> Answer<BTreeMap<TenantId, String>> {
        let mut slugs = BTreeMap::new();
        for token in tokens {
            if let Scope::Tenant(id) = token.scope
                && !slugs.contains_key(&id)
                && let Some(tenant) = self.house.store.tenant(id).await.map_err(internal)?
            {
                slugs.insert(id, tenant.slug.to_string());
            }
        }
        Ok(slugs)
    }

    fn token_row(&self, token: ApiToken, slugs: &BTreeMap<TenantId, String>, now: At) -> TokenRow {
        let state = match token.health(now) {
            Health::Living => TokenState::Living,
            Health::Resting => TokenState::Resting,
            Health::Expired => TokenState::Expired,
            Health::Ended => TokenState::Ended,
        };
        let (scope, tenant) = match token.scope {
            Scope::Operator => (TokenScope::Operator, String::new()),
            Scope::Auditor => (TokenScope::Auditor, String::new()),
            Scope::Tenant(id) => (TokenScope::TenantAdmin, slugs.get(&id).cloned().unwrap_or_default()),
        };
        let may_end = self.may_end(&token);
        let usable = matches!(state, TokenState::Living | TokenState::Resting);
        TokenRow {
            id: token.id.to_string(),
            name: token.name,
            scope,
            tenant,
            maker: token.email.into(),
            made_at: token.made_at.0,
            expires_at: token.expires_at.0,
            used_at: token.used_at.map(|at| at.0),
            state,
            may_revoke: usable && may_end,
        }
    }

    /// What the token may do, and the right of the caller that this rests on.
    async fn ground(&self, form: &TokenForm) -> Answer<(Scope, Grounds, Option<Tenant>)> {
        if self.pass.is_some() {
            self.standing(false, "token.make").await?;
        }
        let by_standing = if self.actor == Actor::CommandLine { Grounds::Machine } else { Grounds::Operator };
        let (wanted, slug) = (TokenScope::from_key(&form.scope), form.tenant.trim());
        let scope = match wanted {
            Some(TokenScope::TenantAdmin) if !slug.is_empty() => {
                let (tenant, place) = self.open(slug, Right::ManagePeople, "token.make").await?;
                let grounds = if place.standing == Standing::Operator { by_standing } else { Grounds::Admin };
                return Ok((Scope::Tenant(tenant.id), grounds, Some(tenant)));
            }
            Some(TokenScope::Operator) => Scope::Operator,
            Some(TokenScope::Auditor) => Scope::Auditor,
            Some(TokenScope::TenantAdmin) => return Err(refused("tenant", "Write the slug of the tenant.")),
            None => return Err(refused("scope", "Choose what it may do.")),
        };
        self.may_order("token.make").await?;
        Ok((scope, by_standing, None))
    }

    pub(super) async fn throw_token(&self, form: TokenForm) -> Answer<MadeToken> {
        let (scope, grounds, tenant) = self.ground(&form).await?;
        let (name, life) = judge(&form)?;
        let (text, now) = (TokenText::throw(&*self.house.dice), self.house.now());
        let token = ApiToken {
            id: ApiTokenId(self.house.dice.uuid()),
            name,
            scope,
            grounds,
            subject: self.caller.subject.clone(),
            email: self.caller.email.clone(),
            made_at: now,
            expires_at: now.plus(life),
            confirmed_at: now,
            used_at: None,
            ended_at: None,
        };
        let days = life.as_secs() / 86_400;
        let after = format!("{}, {days} days", TokenScope::from_key(&form.scope).map_or("", TokenScope::word));
        let entry = self.house.entry(&self.actor, "token.make", tenant.as_ref(), true, &*token.name);
        if !self.house.store.put_token(&token, &text.hash(), &entry.changed("", &after)).await.map_err(internal)? {
            return Err(refused(
                "name",
                "You have a token of this name. Choose another one, or revoke that one first.",
            ));
        }
        let (id, expires_at) = (token.id.to_string(), token.expires_at.0);
        Ok(MadeToken { id, name: token.name, text: text.reveal().to_owned(), expires_at })
    }

    fn may_end(&self, token: &ApiToken) -> bool {
        self.caller.standing == Standing::Operator || token.subject == self.caller.subject
    }

    pub(super) async fn end_token(&self, id: &str) -> Answer<()> {
        self.standing(self.pass.is_none(), "token.revoke").await?;
        let id: ApiTokenId = id.parse().map_err(|_| Oops::not_found())?;
        let found = self.house.store.token(id).await.map_err(internal)?;
        let Some(token) = found else { return Err(Oops::not_found()) };
        if !self.may_end(&token) {
            self.audit("token.revoke", None, false, "Another person's token.").await?;
            let seen = self.caller.standing == Standing::Auditor;
            return Err(if seen { Oops::forbidden() } else { Oops::not_found() });
        }
        let tenant = match token.scope {
            Scope::Tenant(id) => self.house.store.tenant(id).await.map_err(internal)?,
            _ => None,
        };
        let detail = format!("{} of {}", token.name, token.email);
        let entry = self.house.entry(&self.actor, "token.revoke", tenant.as_ref(), true, detail);
        // One that had ended before stays ended: the wish is fulfilled.
        self.house.store.end_token(token.id, &entry.changed("Works", "Revoked")).await.map_err(internal).map(drop)
    }
}

/// A name and a life that can be had.
fn judge(form: &TokenForm) -> Answer<(String, Duration)> {
    let letter = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '_' | '-');
    let name = DisplayName::parse(&form.name, 60).map(String::from).ok().filter(|name| name.chars().all(letter));
    let name =
        name.ok_or_else(|| refused("name", "Write a name of 1 to 60 letters, digits, spaces, dots or hyphens."))?;
    let days = if form.days.is_empty() { Some(USUAL_DAYS) } else { form.days.parse().ok() };
    let days = days.filter(|days| (1..=MOST_DAYS).contains(days));
    let days = days.ok_or_else(|| refused("days", &format!("Write a number of days from 1 to {MOST_DAYS}.")))?;
    Ok((name, Duration::from_secs(u64::from(days) * 86_400)))
}

fn refused(field: &str, say: &str) -> Oops {
    let mut oops = Oops::new(422, "token_refused", "The token cannot be made as it is.", "Correct the marked field.");
    oops.fields = vec![FieldError { field: field.into(), say: say.into() }];
    oops
}

fn turned(code: &str, say: impl Into<String>, next: &str) -> Oops {
    Oops::new(401, code, say, next)
}

/// What every text that is no living token gets.
pub fn unknown() -> Oops {
    turned("token_unknown", "This is no token of this portal.", "Send a token of yours, or make one in the console.")
}
