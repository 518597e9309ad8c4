//! The provider as it last described itself. Asked at the first need, again after an hour, and again when a signature
//! was made with a key that is not known: a provider that comes back with new keys must not lock everybody out.

use super::{
    CALLBACK, Settings, Trouble,
    bounds::{self, LEEWAY},
    claims::Extra,
    wire::Wire,
};
use crate::{
    domain::{At, Clock, TlsTrouble},
    web::PublicOrigin,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, ClaimsVerificationError, Client, ClientId, ClientSecret, DiscoveryError,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken, IdTokenClaims, IdTokenFields,
    IssuerUrl, Nonce, ProviderMetadata, RedirectUrl, StandardErrorResponse, StandardTokenResponse, core::*,
};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use url::Url;

/// A description is believed this long.
const FRESH: Duration = Duration::from_secs(3600);
/// Unknown keys make us ask at most this often.
const PAUSE: Duration = Duration::from_secs(10);
/// After a failure, everybody who waits in the queue gets the same answer for this long.
const SULK: Duration = Duration::from_secs(2);
/// Somebody who is asked again who they are waits this long for it; a busy Authentik was seen to take 2.7 s.
const PATIENCE: Duration = Duration::from_secs(10);
/// After an answer it is taken to be there this long, so that few wait.
const AWAKE: Duration = Duration::from_secs(60);
/// After none, nobody waits for it again for this long.
const ASLEEP: Duration = Duration::from_secs(30);

/// What the standard metadata lacks.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Further {
    end_session_endpoint: Option<Url>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Further {}

type Metadata = ProviderMetadata<
    Further,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
type Fields = IdTokenFields<
    Extra,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
/// The answer to a code.
pub(super) type TokenAnswer = StandardTokenResponse<Fields, CoreTokenType>;
/// An id token that nobody has checked yet.
pub(super) type RawToken = IdToken<Extra, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
/// Claims of a checked id token.
pub(super) type Verified = IdTokenClaims<Extra, CoreGenderClaim>;
type OpenId = Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Signatures that are taken: only ones made with a key pair. A shared secret signs nothing here.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
];

/// The provider as described.
pub(super) struct Known {
    pub(super) client: OpenId,
    /// The public keys, as published.
    pub(super) keys: CoreJsonWebKeySet,
    /// Where people sign out.
    pub(super) end_session: Option<Url>,
    /// It promises to name itself in every answer.
    pub(super) names_itself: bool,
    at: At,
}

/// The provider.
pub(super) struct Provider {
    wire: Wire,
    issuer: IssuerUrl,
    settings: Settings,
    redirect: RedirectUrl,
    clock: Arc<dyn Clock>,
    memory: Mutex<Memory>,
    /// One at a time asks; who needs no answer does not wait for it.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Memory {
    known: Option<Arc<Known>>,
    failed: Option<(At, Trouble)>,
    rekeyed: Option<At>,
}

impl Provider {
    pub(super) fn new(settings: &Settings, public: &PublicOrigin, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        Ok(Self {
            wire: Wire::new(&settings.way)?,
            issuer: IssuerUrl::new(settings.issuer.clone())?,
            redirect: RedirectUrl::new(public.at(CALLBACK))?,
            settings: settings.clone(),
            clock,
            memory: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        })
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// The provider's description. An old one is better than none.
    pub(super) async fn known(&self) -> Result<Arc<Known>, Trouble> {
        if let Some(known) = self.remembered() {
            return known;
        }
        let _turn = self.turn.lock().await;
        if let Some(known) = self.remembered() {
            return known;
        }
        let old = self.memory().known.clone();
        self.ask().await.or_else(|trouble| old.ok_or(trouble))
    }

    /// What is known without asking.
    fn remembered(&self) -> Option<Result<Arc<Known>, Trouble>> {
        let (memory, now) = (self.memory(), self.clock.now());
        if let Some(known) = memory.known.as_ref().filter(|known| now.since(known.at) < FRESH) {
            return Some(Ok(known.clone()));
        }
        let (_, trouble) = memory.failed.as_ref().filter(|(at, _)| now.since(*at) < SULK)?;
        Some(memory.known.clone().ok_or_else(|| trouble.clone()))
    }

    /// It answers, or did so within a minute.
    pub(super) async fn is_awake(&self) -> bool {
        if let Some(awake) = self.seen_awake() {
            return awake;
        }
        let _turn = self.turn.lock().await;
        if let Some(awake) = self.seen_awake() {
            return awake;
        }
        let asked = tokio::time::timeout(PATIENCE, self.ask()).await;
        asked
            .inspect_err(|_| self.memory().failed = Some((self.clock.now(), Trouble::Silent)))
            .is_ok_and(|said| said.is_ok())
    }

    /// Whether it answers, if that was seen a moment ago.
    fn seen_awake(&self) -> Option<bool> {
        let (memory, now) = (self.memory(), self.clock.now());
        if memory.failed.as_ref().is_some_and(|(at, _)| now.since(*at) < ASLEEP) {
            return Some(false);
        }
        memory.known.as_ref().is_some_and(|known| now.since(known.at) < AWAKE).then_some(true)
    }

    /// A newer description than `than`, because a key was not known. Asks at most every ten seconds.
    pub(super) async fn newer(&self, than: &Arc<Known>) -> Result<Arc<Known>, Trouble> {
        let _turn = self.turn.lock().await;
        {
            let (mut memory, now) = (self.memory(), self.clock.now());
            if let Some(known) = memory.known.as_ref().filter(|known| !Arc::ptr_eq(known, than)) {
                return Ok(known.clone());
            }
            if memory.rekeyed.is_some_and(|at| now.since(at) < PAUSE) {
                return Ok(than.clone());
            }
            memory.rekeyed = Some(now);
        }
        self.ask().await
    }

    /// Asks; whoever does holds the turn, and nobody holds the memory meanwhile.
    async fn ask(&self) -> Result<Arc<Known>, Trouble> {
        match Metadata::discover_async(self.issuer.clone(), &self.wire).await {
            Ok(described) => {
                let known = Arc::new(self.understand(described));
                let mut memory = self.memory();
                memory.known = Some(known.clone());
                memory.failed = None;
                Ok(known)
            }
            Err(error) => {
                tracing::warn!(%error, issuer = self.issuer.as_str(), "the sign-in service could not be asked");
                let trouble = match error {
                    DiscoveryError::Request(why) if TlsTrouble::among(&why).is_some() => Trouble::of_request(&why),
                    DiscoveryError::Validation(_) => Trouble::OtherName,
                    DiscoveryError::Parse(_) | DiscoveryError::UrlParse(_) => {
                        Trouble::Odd("its description cannot be read")
                    }
                    _ => Trouble::Silent,
                };
                self.memory().failed = Some((self.clock.now(), trouble.clone()));
                Err(trouble)
            }
        }
    }

    fn understand(&self, described: Metadata) -> Known {
        let keys = described.jwks().clone();
        let further = described.additional_metadata().clone();
        let methods = described.token_endpoint_auth_methods_supported();
        let basic = methods.is_none_or(|all| all.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let secret = ClientSecret::new(self.settings.client_secret.expose_secret().to_owned());
        let client =
            OpenId::from_provider_metadata(described, ClientId::new(self.settings.client_id.clone()), Some(secret))
                .set_redirect_uri(self.redirect.clone())
                .set_auth_type(if basic { AuthType::BasicAuth } else { AuthType::RequestBody });
        Known {
            client,
            keys,
            end_session: further.end_session_endpoint,
            names_itself: further.authorization_response_iss_parameter_supported,
            at: self.clock.now(),
        }
    }

    /// Checks signature, issuer, audience, client, time and nonce; an unknown key is looked up once more.
    pub(super) async fn verified(
        &self,
        known: Arc<Known>,
        token: &RawToken,
        nonce: &Nonce,
    ) -> Result<Verified, Trouble> {
        let claims = match self.check(&known, token, nonce) {
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                let newer = self.newer(&known).await?;
                self.check(&newer, token, nonce)
            }
            checked => checked,
        };
        let claims = claims.map_err(|error| Trouble::from_claims(&error))?;
        // The library leaves these to its users. It refuses other audiences beside ours by itself.
        bounds::asked_by(claims.authorized_party().map(|azp| azp.as_str()), &self.settings.client_id)?;
        bounds::begun(claims.issue_time().timestamp(), claims.additional_claims().nbf(), self.clock.now().unix())?;
        Ok(claims)
    }

    fn check(&self, known: &Known, token: &RawToken, nonce: &Nonce) -> Result<Verified, ClaimsVerificationError> {
        let now = self.clock.now().unix() - LEEWAY;
        let verifier = known
            .client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || chrono::DateTime::from_timestamp(now, 0).unwrap_or_default());
        token.claims(&verifier, nonce).cloned()
    }
}
