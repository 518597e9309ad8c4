//! The one HTTP client of the drivers: bounded in time and size, no redirects, and one table that says which answers
//! heal by themselves. A body is only taken for JSON when the answer says so: some servers answer unknown paths with a
//! page and 200.

mod dates;

use crate::domain::{Fault, TlsTrouble};
pub use dates::Dates;
use reqwest::{Certificate, Method, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Largest answer a driver reads, in bytes.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// A shared client. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    dates: Arc<Dates>,
    proxied: bool,
}

/// A request in the making.
#[derive(Debug)]
pub struct Call<'a> {
    http: &'a Http,
    what: &'a str,
    request: reqwest::RequestBuilder,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    /// Who answered, for sentences ("OpenWebUI").
    pub what: String,
    /// HTTP status.
    pub status: StatusCode,
    /// `content-type`, lower case.
    pub content_type: String,
    /// `location` of a redirect, which is never followed.
    pub location: Option<String>,
    /// How many entries a list has of which this answer is a page (`x-wp-total`).
    pub total: Option<u64>,
    /// Pause the server asked for.
    pub retry_after: Option<Duration>,
    /// Body, at most 8 MiB.
    pub body: Vec<u8>,
    /// Time to the last byte.
    pub took: Duration,
}

impl Http {
    /// A client with the given time limit for a whole exchange. It goes straight and trusts the well-known authorities.
    ///
    /// # Errors
    /// The TLS provider could not be set up.
    pub fn new(limit: Duration) -> anyhow::Result<Self> {
        Self::over(limit, &[], false)
    }

    /// The same, which also trusts these authorities, and goes through the environment's proxy if it is to.
    ///
    /// # Errors
    /// The TLS provider could not be set up, or a certificate is none.
    pub fn over(limit: Duration, authorities: &[Certificate], proxied: bool) -> anyhow::Result<Self> {
        let builder = reqwest::Client::builder()
            .timeout(limit)
            .connect_timeout(limit.min(Duration::from_secs(5)))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("slipway/", env!("CARGO_PKG_VERSION")))
            .tls_certs_merge(authorities.iter().cloned());
        let client = if proxied { builder } else { builder.no_proxy() }.build()?;
        Ok(Self { client, dates: Arc::default(), proxied })
    }

    /// The same client, which notes the dates of answers there.
    #[must_use]
    pub fn noting(self, dates: Arc<Dates>) -> Self {
        Self { dates, ..self }
    }

    /// Begins a call. `what` names the other side in sentences.
    pub fn call<'a>(&'a self, what: &'a str, method: Method, url: &str) -> Call<'a> {
        Call { http: self, what, request: self.client.request(method, url) }
    }
}

impl Call<'_> {
    /// `Authorization: Bearer …`
    #[must_use]
    pub fn bearer(mut self, token: &SecretString) -> Self {
        self.request = self.request.bearer_auth(token.expose_secret());
        self
    }

    /// `Authorization: Basic …`
    #[must_use]
    pub fn basic(mut self, user: &str, password: &SecretString) -> Self {
        self.request = self.request.basic_auth(user, Some(password.expose_secret()));
        self
    }

    /// A header that is not secret.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Query arguments; never secrets.
    #[must_use]
    pub fn query<T: Serialize + ?Sized>(mut self, query: &T) -> Self {
        self.request = self.request.query(query);
        self
    }

    /// A JSON body.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// A raw body.
    #[must_use]
    pub fn body(mut self, mime: &str, bytes: Vec<u8>) -> Self {
        self.request = self.request.header(header::CONTENT_TYPE, mime).body(bytes);
        self
    }

    /// Another time limit for this call.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.request = self.request.timeout(limit);
        self
    }

    /// Sends and reads the answer, whatever its status.
    ///
    /// # Errors
    /// [`Fault::Retry`] when there is no complete answer; the outcome of a change is then unknown.
    #[tracing::instrument(level = "debug", skip_all, fields(peer = self.what))]
    pub async fn send(self) -> Result<Reply, Fault> {
        let what = self.what;
        let begun = Instant::now();
        let lost = |error: reqwest::Error| broken(what, &error, self.http.proxied);
        #[expect(clippy::disallowed_methods, reason = "the one place where requests leave")]
        let mut answer = self.request.send().await.map_err(lost)?;
        let head = |name| answer.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let (content_type, location, pause) =
            (head(header::CONTENT_TYPE), head(header::LOCATION), head(header::RETRY_AFTER));
        self.http.dates.note(what, head(header::DATE).as_deref());
        let total = head(header::HeaderName::from_static("x-wp-total")).and_then(|n| n.parse().ok());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(lost)? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(Fault::retry(format!("{what} answered with more than 8 MiB.")));
            }
            body.extend_from_slice(&chunk);
        }
        let reply = Reply {
            what: what.to_owned(),
            status: answer.status(),
            content_type: content_type.unwrap_or_default().to_ascii_lowercase(),
            location,
            total,
            retry_after: pause.and_then(|p| p.trim().parse().ok()).map(Duration::from_secs),
            body,
            took: begun.elapsed(),
        };
        tracing::debug!(status = reply.status.as_u16(), ms = reply.took.as_millis(), "answered");
        Ok(reply)
    }
}

impl Reply {
    /// The body as JSON, if the server calls it that.
    ///
    /// # Errors
    /// [`Fault::Retry`]: a page instead of data usually is a proxy or a server in the middle of starting.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        if !self.content_type.contains("json") {
            return Err(Fault::retry(format!(
                "{} answered with a page instead of data ({}).",
                self.what,
                self.status.as_u16()
            )));
        }
        serde_json::from_slice(&self.body)
            .map_err(|e| Fault::retry(format!("{} answered with data of an unknown shape ({e}).", self.what)))
    }

    /// The answer when its status is 2xx, else the fault for it: 408, 425, 429 and 5xx heal by themselves, 401 and 403
    /// mean a bad credential, all else needs a person.
    ///
    /// # Errors
    /// See above.
    pub fn ok(self) -> Result<Self, Fault> {
        if self.status.is_success() { Ok(self) } else { Err(self.fault()) }
    }

    /// The fault that fits this answer's status.
    pub fn fault(&self) -> Fault {
        let (what, status) = (&self.what, self.status.as_u16());
        match status {
            408 | 425 | 429 | 500..=599 => {
                let why = match status {
                    429 => format!("{what} asks to slow down (429)."),
                    _ => format!("{what} is not well now ({status})."),
                };
                Fault::Retry { why, after: self.retry_after }
            }
            401 | 403 => Fault::fail(
                "credential_refused",
                format!("{what} refused the portal's credential ({status})."),
                "Check the credential in the configuration, then press Retry now.",
            ),
            _ => Fault::fail(
                "unexpected_answer",
                format!("{what} answered in a way Slipway does not know ({status})."),
                "Look at the server's log, then press Retry now.",
            ),
        }
    }
}

fn broken(what: &str, error: &reqwest::Error, proxied: bool) -> Fault {
    if let Some(trouble) = TlsTrouble::among(error) {
        return Fault::retry(trouble.tell(what));
    }
    Fault::retry(if error.is_timeout() {
        format!("{what} did not answer in time.")
    } else if error.is_connect() && proxied {
        format!("{what} cannot be reached by way of the proxy that HTTPS_PROXY or HTTP_PROXY names.")
    } else if error.is_connect() {
        format!("{what} cannot be reached.")
    } else {
        format!("{what} broke off in the middle of an answer.")
    })
}
