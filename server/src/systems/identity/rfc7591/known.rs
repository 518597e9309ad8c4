//! Whether a client is there still whose registration token is not taken any more. RFC 7592 has one answer for a client
//! that is gone and for a token that ended, so two others are asked, which need no such token.

use super::{Discovery, PEER, Rfc7591, handle::Handle};
use crate::domain::Fault;
use crate::systems::identity::Wanted;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

impl Rfc7591 {
    /// Is the client there? `None`: the provider does not say.
    ///
    /// It is gone where the provider knows it at neither endpoint. One alone is not enough: an administrator who gave it
    /// another secret has it still.
    pub(super) async fn is_known(&self, wanted: &Wanted, handle: &Handle) -> Result<Option<bool>, Fault> {
        let provider = self.discover().await?;
        match self.takes_its_secret(&provider, handle).await? {
            Some(false) => self.sends_people_back(&provider, wanted, handle).await,
            known => Ok(known),
        }
    }

    /// The provider is asked to redeem a code that was never given out. Who the client is comes first there:
    /// `invalid_client` says that it is nobody, or has another secret; every other error that it is somebody (RFC 6749,
    /// section 5.2).
    async fn takes_its_secret(&self, provider: &Discovery, handle: &Handle) -> Result<Option<bool>, Fault> {
        #[derive(Deserialize)]
        struct Refusal {
            error: String,
        }
        let Some(endpoint) = &provider.token_endpoint else { return Ok(None) };
        self.at_home(endpoint)?;
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let secret = SecretString::from(encoded(handle.client_secret.expose_secret()));
        let body = b"grant_type=authorization_code&code=slipway-asks-whether-this-client-is-known".to_vec();
        let call = self.http.call(PEER, Method::POST, endpoint.as_str()).basic(&encoded(&handle.client_id), &secret);
        let reply = call.body("application/x-www-form-urlencoded", body).send().await?;
        match reply.status {
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => {
                Ok(reply.json::<Refusal>().ok().map(|refusal| refusal.error != "invalid_client"))
            }
            status if status.is_client_error() => Ok(None),
            _ => reply.ok().map(|_| None),
        }
    }

    /// Somebody who is not signed in asks to be signed in without a page (`prompt=none`): a client that is known gets them
    /// back with an error (OpenID Connect Core, section 3.1.2.6), an unknown one must not (RFC 6749, section 4.1.2.1).
    async fn sends_people_back(
        &self,
        provider: &Discovery,
        wanted: &Wanted,
        handle: &Handle,
    ) -> Result<Option<bool>, Fault> {
        let (Some(endpoint), Some(back)) = (&provider.authorization_endpoint, wanted.redirect_uris.first()) else {
            return Ok(None);
        };
        self.at_home(endpoint)?;
        let asked = [
            ("client_id", handle.client_id.as_str()),
            ("redirect_uri", back),
            ("response_type", "code"),
            ("scope", "openid"),
            ("prompt", "none"),
            ("state", "slipway"),
            // Some providers want it of everybody; the code would never be redeemed.
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
        ];
        let reply = self.http.call(PEER, Method::GET, endpoint.as_str()).query(&asked).send().await?;
        let sent_back = reply.location.is_some_and(|to| to.starts_with(back.as_str()));
        Ok(match reply.status {
            status if status.is_redirection() && sent_back => Some(true),
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => Some(false),
            _ => None,
        })
    }
}
