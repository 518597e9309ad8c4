//! Driver: dynamic client registration (RFC 7591) and its management (RFC 7592) at any OpenID provider.
//!
//! Each registration names `software_id = "slipway:<tenant id>"`. A provider that keys registrations by it gives the same
//! client again when an answer was lost. Other providers make a new client each time, so a crash between their answer and
//! our record can leave one registration that nobody uses; it holds no right of its own, and the provider's clean-up of
//! unused clients is the way to end it.
//!
//! The handle is the management address with its token. Addresses that the provider names are only used when they are at
//! the issuer's own origin: tokens must not travel to a host that an answer chose.

use super::{Client, Identity, Registration, Wanted};
use crate::domain::{Check, Fault, Gone, Health, Seen, Slug};
use crate::systems::http::{Http, Reply};
use async_trait::async_trait;
use handle::Handle;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use wire::{difference, locked, metadata, refused, unmanaged};

mod handle;
mod known;
mod wire;

/// How the provider is called in sentences.
const PEER: &str = "The sign-in provider";

/// A provider with an initial access token, which permits registrations.
#[derive(Debug)]
pub struct Rfc7591 {
    http: Http,
    issuer: Url,
    token: SecretString,
}

/// The part of the discovery document that counts here (OpenID Connect Discovery 1.0, section 3).
#[derive(Debug, Deserialize)]
struct Discovery {
    issuer: String,
    registration_endpoint: Option<Url>,
    token_endpoint: Option<Url>,
    authorization_endpoint: Option<Url>,
}

impl Rfc7591 {
    /// The provider at `issuer`.
    pub fn new(http: Http, issuer: Url, initial_access_token: SecretString) -> Self {
        Self { http, issuer, token: initial_access_token }
    }

    fn issuer(&self) -> &str {
        self.issuer.as_str().trim_end_matches('/')
    }

    async fn discover(&self) -> Result<Discovery, Fault> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer());
        let found: Discovery = self.http.call(PEER, Method::GET, &url).send().await?.ok()?.json()?;
        if found.issuer.trim_end_matches('/') != self.issuer() {
            return Err(Fault::fail(
                "issuer_differs",
                format!("The sign-in provider calls itself {}, not {}.", found.issuer, self.issuer()),
                "Write the provider's own issuer address into the section [identity.rfc7591].",
            ));
        }
        Ok(found)
    }

    async fn endpoint(&self) -> Result<Url, Fault> {
        let endpoint = self.discover().await?.registration_endpoint.ok_or_else(|| {
            Fault::fail(
                "registration_off",
                "The sign-in provider takes no registrations.",
                "Switch dynamic client registration on at the provider, then press Retry now.",
            )
        })?;
        self.at_home(&endpoint)?;
        Ok(endpoint)
    }

    fn at_home(&self, url: &Url) -> Result<(), Fault> {
        if url.origin() == self.issuer.origin() {
            return Ok(());
        }
        Err(Fault::fail(
            "registration_elsewhere",
            format!("The sign-in provider names an address at another host ({}).", url.origin().ascii_serialization()),
            "Check the provider's public address, then press Retry now.",
        ))
    }

    fn handle(&self, wanted: &Wanted) -> Result<Option<Handle>, Fault> {
        let handle = wanted.handle.as_ref().map(Handle::open).transpose()?;
        if let Some(handle) = &handle {
            self.at_home(&handle.registration_client_uri)?;
        }
        Ok(handle)
    }

    async fn manage(&self, handle: &Handle, method: Method, body: Option<&Value>) -> Result<Reply, Fault> {
        let call = self.http.call(PEER, method, handle.registration_client_uri.as_str());
        let call = call.bearer(&handle.registration_access_token);
        match body {
            Some(body) => call.json(body).send().await,
            None => call.send().await,
        }
    }

    /// What the provider knows of the client; `None` when it does not take the token. Then the client may be gone or not:
    /// RFC 7592 has 401 for both (section 2.1), and some providers end a token that was used at another client's address.
    async fn read(&self, handle: &Handle) -> Result<Option<Value>, Fault> {
        let reply = self.manage(handle, Method::GET, None).await?;
        match reply.status {
            StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => Ok(None),
            _ => Ok(Some(reply.ok()?.json()?)),
        }
    }

    /// Removes the client. `false`: its token was not taken, so nothing was done.
    async fn delete(&self, handle: &Handle) -> Result<bool, Fault> {
        let reply = self.manage(handle, Method::DELETE, None).await?;
        if matches!(reply.status, StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND) {
            return Ok(false);
        }
        reply.ok()?;
        match self.read(handle).await? {
            None => Ok(true),
            Some(_) => Err(Fault::retry("The sign-in client is still there after its removal.")),
        }
    }

    async fn register(&self, wanted: &Wanted) -> Result<Handle, Fault> {
        let endpoint = self.endpoint().await?;
        let call = self.http.call(PEER, Method::POST, endpoint.as_str()).bearer(&self.token);
        let answer: Value = refused(call.json(&metadata(wanted)).send().await?)?.json()?;
        let handle = Handle::from_answer(&answer, None)?;
        self.at_home(&handle.registration_client_uri)?;
        Ok(handle)
    }

    /// Registers where no client is to be seen. A provider that keys registrations gives the same client with a new token;
    /// another one may have the old client still, and then it must not have two.
    async fn anew(&self, wanted: &Wanted, before: Option<&Handle>) -> Result<Handle, Fault> {
        let made = self.register(wanted).await?;
        if let Some(before) = before.filter(|before| before.client_id != made.client_id)
            && self.is_known(wanted, before).await? == Some(true)
        {
            self.delete(&made).await?;
            return Err(locked(&before.client_id));
        }
        Ok(made)
    }

    /// Corrects a client that is there (RFC 7592, section 2.2: the whole metadata, with id and secret as they are).
    async fn update(&self, wanted: &Wanted, handle: &Handle) -> Result<Handle, Fault> {
        let mut body = metadata(wanted);
        body["client_id"] = json!(handle.client_id);
        body["client_secret"] = json!(handle.client_secret.expose_secret());
        let answer: Value = refused(self.manage(handle, Method::PUT, Some(&body)).await?)?.json()?;
        let handle = Handle::from_answer(&answer, Some(handle))?;
        self.at_home(&handle.registration_client_uri)?;
        Ok(handle)
    }

    fn client(&self, client_id: &str) -> Client {
        Client { client_id: client_id.to_owned(), issuer: self.issuer().to_owned() }
    }
}

#[async_trait]
impl Identity for Rfc7591 {
    async fn look(&self, wanted: &Wanted) -> Result<Seen<Client>, Fault> {
        let Some(handle) = self.handle(wanted)? else { return Ok(Seen::Absent) };
        let Some(found) = self.read(&handle).await? else {
            return Ok(match self.is_known(wanted, &handle).await? {
                Some(true) => Seen::Drifted { what: unmanaged(&handle.client_id) },
                _ => Seen::Absent,
            });
        };
        Ok(match difference(&found, wanted, handle.client_secret.expose_secret()) {
            None => Seen::Ready(self.client(&handle.client_id)),
            Some(what) => Seen::Drifted { what },
        })
    }

    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Registration>, Fault> {
        let before = self.handle(wanted)?;
        let found = match &before {
            Some(handle) => self.read(handle).await?,
            None => None,
        };
        let handle = match (&before, found) {
            (Some(handle), Some(found)) => {
                let handle = Handle::from_answer(&found, Some(handle))?;
                match difference(&found, wanted, handle.client_secret.expose_secret()) {
                    None => handle,
                    Some(_) => self.update(wanted, &handle).await?,
                }
            }
            (before, _) => self.anew(wanted, before.as_ref()).await?,
        };
        Ok(Seen::Ready(Registration {
            client: self.client(&handle.client_id),
            secret: handle.client_secret.clone(),
            handle: Some(handle.seal()?),
        }))
    }

    async fn remove(&self, wanted: &Wanted) -> Result<Gone, Fault> {
        // Without a handle nothing is known. Where registrations are keyed by `software_id`, registering gives back what
        // a lost answer may have left; elsewhere it makes a client that goes at once.
        let handle = match self.handle(wanted)? {
            Some(handle) => handle,
            None => self.register(wanted).await?,
        };
        if !self.delete(&handle).await? {
            // The client went before, or only its token did.
            match self.is_known(wanted, &handle).await? {
                Some(false) => {}
                Some(true) if self.delete(&self.anew(wanted, Some(&handle)).await?).await? => {}
                Some(true) => return Err(locked(&handle.client_id)),
                None => {
                    let what = format!("{} It does not say whether it has it still.", unmanaged(&handle.client_id));
                    return Ok(Gone::Unseen { what });
                }
            }
        }
        Ok(Gone::Seen { what: format!("Sign-in client {} is gone.", handle.client_id) })
    }

    fn preview(&self, slug: &Slug) -> (String, String) {
        (format!("Sign-in client for {slug}"), self.issuer().to_owned())
    }

    async fn health(&self) -> Health {
        match self.endpoint().await {
            Ok(_) => Health::good(format!("OpenID provider {}", self.issuer())),
            Err(Fault::Fail { say, next, .. }) => Health::bad(say, next),
            Err(fault) => Health::bad(fault.to_string(), "Check the issuer in the section [identity.rfc7591]."),
        }
    }

    async fn examine(&self) -> Vec<Check> {
        let say = "Sites have the portal's sign-in only. OpenID Connect Generic, the way in past the portal, stays off: it \
                   does not speak PKCE, and the groups it would go by are not written here.";
        vec![Check::new("Provider", self.health().await), Check::new("Second way into sites", Health::good(say))]
    }
}
