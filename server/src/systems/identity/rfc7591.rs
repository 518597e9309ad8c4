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
use crate::domain::{Fault, Gone, Health, Seen, Slug};
use crate::systems::http::{Http, Reply};
use async_trait::async_trait;
use handle::Handle;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

mod handle;

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
}

impl Rfc7591 {
    /// The provider at `issuer`.
    pub fn new(http: Http, issuer: Url, initial_access_token: SecretString) -> Self {
        Self { http, issuer, token: initial_access_token }
    }

    fn issuer(&self) -> &str {
        self.issuer.as_str().trim_end_matches('/')
    }

    async fn endpoint(&self) -> Result<Url, Fault> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer());
        let found: Discovery = self.http.call(PEER, Method::GET, &url).send().await?.ok()?.json()?;
        if found.issuer.trim_end_matches('/') != self.issuer() {
            return Err(Fault::fail(
                "issuer_differs",
                format!("The sign-in provider calls itself {}, not {}.", found.issuer, self.issuer()),
                "Write the provider's own issuer address into the section [identity.rfc7591].",
            ));
        }
        let endpoint = found.registration_endpoint.ok_or_else(|| {
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

    /// What the provider knows of the client; `None` when it knows no such client or token (RFC 7592, section 2.1: 401).
    async fn read(&self, handle: &Handle) -> Result<Option<Value>, Fault> {
        let reply = self.manage(handle, Method::GET, None).await?;
        match reply.status {
            StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => Ok(None),
            _ => Ok(Some(reply.ok()?.json()?)),
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
        let Some(found) = self.read(&handle).await? else { return Ok(Seen::Absent) };
        Ok(match difference(&found, wanted, handle.client_secret.expose_secret()) {
            None => Seen::Ready(self.client(&handle.client_id)),
            Some(what) => Seen::Drifted { what },
        })
    }

    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Registration>, Fault> {
        let known = match self.handle(wanted)? {
            None => None,
            Some(handle) => self.read(&handle).await?.map(|found| (handle, found)),
        };
        let handle = match known {
            None => self.register(wanted).await?,
            Some((handle, found)) => {
                let handle = Handle::from_answer(&found, Some(&handle))?;
                match difference(&found, wanted, handle.client_secret.expose_secret()) {
                    None => handle,
                    Some(_) => self.update(wanted, &handle).await?,
                }
            }
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
        let reply = self.manage(&handle, Method::DELETE, None).await?;
        if !matches!(reply.status, StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND) {
            reply.ok()?;
        }
        match self.read(&handle).await? {
            None => Ok(Gone::Seen { what: format!("Sign-in client {} is gone.", handle.client_id) }),
            Some(_) => Err(Fault::retry("The sign-in client is still there after its removal.")),
        }
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
}

/// Client metadata (RFC 7591, section 2). WordPress is a confidential web client with the code flow.
fn metadata(wanted: &Wanted) -> Value {
    json!({
        "client_name": wanted.name,
        "redirect_uris": wanted.redirect_uris,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "application_type": "web",
        "software_id": format!("slipway:{}", wanted.tenant),
    })
}

/// What differs between the provider's client and the wanted one. A provider may leave the secret out of its answer.
fn difference(found: &Value, wanted: &Wanted, secret: &str) -> Option<String> {
    let mut there: Vec<&str> = found["redirect_uris"].as_array()?.iter().filter_map(Value::as_str).collect();
    let mut right: Vec<&str> = wanted.redirect_uris.iter().map(String::as_str).collect();
    there.sort_unstable();
    right.sort_unstable();
    if there != right {
        return Some("The sign-in client has other redirect addresses.".to_owned());
    }
    if found["client_name"].as_str().is_some_and(|name| name != wanted.name) {
        return Some("The sign-in client has another name.".to_owned());
    }
    found["client_secret"]
        .as_str()
        .filter(|s| *s != secret)
        .map(|_| "The sign-in client has another secret.".to_owned())
}

/// RFC 7591, section 3.2.2: a refused registration is a 400 with `error` and `error_description`.
fn refused(reply: Reply) -> Result<Reply, Fault> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
        #[serde(default)]
        error_description: String,
    }
    if reply.status != StatusCode::BAD_REQUEST {
        return reply.ok();
    }
    let refusal: Refusal = reply.json()?;
    let words: String = refusal.error_description.chars().filter(|c| !c.is_control()).take(200).collect();
    Err(Fault::fail(
        "registration_refused",
        format!("The sign-in provider refused the client: {} {words}", refusal.error).trim_end().to_owned(),
        "Check the site's address and the provider's rules for clients, then press Retry now.",
    ))
}
