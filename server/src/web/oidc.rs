//! The OpenID client: code flow with PKCE, one provider. What the provider says about a person becomes a [`Caller`] and
//! nothing more is believed: the e-mail address must be verified, groups give a standing on the whole portal and never
//! membership of a tenant. Sources and quirks of providers: `docs/outside/openid.md`.

mod answer;
mod bounds;
mod claims;
mod logout;
mod provider;
mod trouble;
mod wire;

pub(super) use answer::Trip;
pub use answer::{Answer, Pending};
pub use trouble::Trouble;

use super::{Destination, PublicOrigin};
use crate::domain::{Caller, Clock, Dice, Token, person::SignedOut};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, CsrfToken, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, Scope,
    core::{CoreAuthPrompt, CoreResponseType},
};
use provider::{Known, Provider, TokenAnswer};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;

/// An id token that is longer is not kept for the sign-out: it goes there in an address, and servers take about 8 KB.
const MOST_HINT: usize = 7_000;
/// Path of the redirect address that is registered with the provider.
pub const CALLBACK: &str = "/sign-in/callback";

/// How the portal is known to the provider.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The issuer, exactly as the provider writes it (with or without a slash at the end).
    pub issuer: String,
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: SecretString,
    /// Members of this group are operators.
    pub operator_group: String,
    /// Members of this group are auditors.
    pub auditor_group: String,
    /// Name of the claim that lists groups.
    pub groups_claim: String,
    /// How the provider is reached.
    pub way: Way,
}

/// How the provider is reached.
#[derive(Debug, Clone, Default)]
pub struct Way {
    /// Authorities to trust besides the well-known ones.
    pub authorities: Vec<reqwest::Certificate>,
    /// Through the environment's proxy.
    pub proxied: bool,
}

/// The OpenID client. The provider is asked at the first sign-in, so it may start later than the portal.
#[derive(Clone)]
pub struct SignIn {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    public: PublicOrigin,
    provider: Provider,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
}

/// Somebody came back from the provider.
pub(super) struct Arrived {
    /// Who.
    pub(super) caller: Caller,
    /// The provider's id token, unless it is too long to be a hint at the sign-out.
    pub(super) id_token: Option<SecretString>,
    /// The provider's name for its session, if it told one.
    pub(super) sid: Option<String>,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("issuer", &self.inner.settings.issuer).finish_non_exhaustive()
    }
}

impl SignIn {
    /// A client; nothing is sent yet.
    ///
    /// # Errors
    /// The issuer is no address, or TLS could not be set up.
    pub fn new(
        settings: Settings,
        public: PublicOrigin,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
    ) -> anyhow::Result<Self> {
        let provider = Provider::new(&settings, &public, clock.clone())?;
        Ok(Self { inner: Arc::new(Inner { settings, public, provider, clock, dice }) })
    }

    /// The provider answers now.
    pub(super) async fn is_awake(&self) -> bool {
        self.inner.provider.is_awake().await
    }

    /// Begins a trip: the provider's address for the browser, and what must be remembered until it comes back.
    ///
    /// # Errors
    /// The provider does not answer, or not as a provider.
    pub(super) async fn begin(&self, to: &Destination, trip: Trip) -> Result<(String, Pending), Trouble> {
        let inner = &*self.inner;
        let known = inner.provider.known().await?;
        let throw = || Token::throw(&*inner.dice).reveal().to_owned();
        let pending = Pending {
            state: throw(),
            nonce: throw(),
            verifier: throw(),
            to: to.as_str().to_owned(),
            begun: inner.clock.now(),
            quiet: trip == Trip::Quiet,
        };
        let verifier = PkceCodeVerifier::new(pending.verifier.clone());
        let (state, nonce) = (CsrfToken::new(pending.state.clone()), Nonce::new(pending.nonce.clone()));
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut request = known
            .client
            .authorize_url(flow, move || state, move || nonce)
            .add_scope(Scope::new("email".into()))
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        request = match trip {
            Trip::Usual => request,
            Trip::Anew => request.add_prompt(CoreAuthPrompt::Login),
            Trip::Quiet => request.add_prompt(CoreAuthPrompt::None),
        };
        let (url, _, _) = request.url();
        Ok((url.into(), pending))
    }

    /// Ends a trip: redeems the code and believes the claims only after all checks.
    ///
    /// # Errors
    /// The provider refused, answered in another's name, or says too little about the person.
    pub(super) async fn finish(&self, answer: Answer, trip: &Pending) -> Result<Arrived, Trouble> {
        let inner = &*self.inner;
        let known = inner.provider.known().await?;
        answer.meant_for(&inner.settings.issuer, known.names_itself)?;
        let code = AuthorizationCode::new(answer.code()?);
        let tokens: TokenAnswer = known
            .client
            .exchange_code(code)
            .map_err(|_| Trouble::Odd("it names no token address"))?
            .set_pkce_verifier(PkceCodeVerifier::new(trip.verifier.clone()))
            .request_async(inner.provider.wire())
            .await
            .map_err(Trouble::from_exchange)?;
        let id_token = tokens.extra_fields().id_token().ok_or(Trouble::Odd("it sent no id token"))?;
        let nonce = Nonce::new(trip.nonce.clone());
        let claims = inner.provider.verified(known.clone(), id_token, &nonce).await?;
        let told = claims::Told::from_id_token(&claims, &inner.settings)?;
        let told = if told.is_enough() { told } else { self.ask_more(&known, &tokens, told).await? };
        let sid = claims.additional_claims().sid();
        let hint = Some(id_token.to_string()).filter(|text| text.len() <= MOST_HINT).map(SecretString::from);
        Ok(Arrived { caller: told.caller()?, id_token: hint, sid })
    }

    /// Some providers tell the address and the groups only at the userinfo endpoint.
    async fn ask_more(&self, known: &Known, tokens: &TokenAnswer, told: claims::Told) -> Result<claims::Told, Trouble> {
        let subject = openidconnect::SubjectIdentifier::new(told.subject.clone());
        let Ok(request) = known.client.user_info(tokens.access_token().clone(), Some(subject)) else { return Ok(told) };
        let more: claims::MoreClaims = request.request_async(self.inner.provider.wire()).await.map_err(|error| {
            tracing::warn!(%error, "userinfo failed");
            Trouble::from_userinfo(&error)
        })?;
        told.and(&more, &self.inner.settings)
    }

    /// Where the browser goes to sign out at the provider too, if the provider has such a place and answers.
    /// Without the id token the provider may ask the person first, and need not lead back (RP-Initiated Logout 1.0,
    /// section 3): Authentik refuses the whole request when it names an address to come back to (seen, 2026.8).
    pub(super) async fn way_out(&self, id_token: Option<&SecretString>) -> Option<String> {
        let mut url = self.inner.provider.known().await.ok()?.end_session.clone()?;
        if let Some(id_token) = id_token {
            url.query_pairs_mut()
                .append_pair("id_token_hint", id_token.expose_secret())
                .append_pair("post_logout_redirect_uri", &self.inner.public.at("/signed-out"));
        }
        url.query_pairs_mut().append_pair("client_id", &self.inner.settings.client_id);
        Some(url.into())
    }

    /// Checks a logout token and says what ended.
    ///
    /// # Errors
    /// The token is not the provider's, not for us, too old, or no logout token.
    pub(super) async fn signed_out(&self, token: &str) -> Result<SignedOut, Trouble> {
        let inner = &*self.inner;
        logout::ended(&inner.provider, &inner.settings, token, inner.clock.now()).await
    }
}
