//! How the OpenID library reaches the provider: with time-outs, a size limit and without redirects, which an attacker
//! who controls an answer could point into our own network.

use super::Way;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::{future::Future, pin::Pin, time::Duration};

/// Largest answer, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// The connection to the provider.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    client: reqwest::Client,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    /// Not sent, or broken off.
    #[error("{0}")]
    Broken(#[from] reqwest::Error),
    /// Not an HTTP message.
    #[error("{0}")]
    Shape(#[from] http::Error),
    /// Too large.
    #[error("the answer has more than 1 MiB")]
    TooLarge,
}

impl Wire {
    pub(super) fn new(way: &Way) -> anyhow::Result<Self> {
        let builder = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .connect_timeout(Duration::from_secs(3))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("slipway/", env!("CARGO_PKG_VERSION")))
            .tls_certs_merge(way.authorities.iter().cloned());
        let client = if way.proxied { builder } else { builder.no_proxy() }.build()?;
        Ok(Self { client })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, WireError> {
        let mut answer = self.client.execute(reqwest::Request::try_from(request)?).await?;
        let mut shape = http::Response::builder().status(answer.status());
        if let Some(headers) = shape.headers_mut() {
            headers.clone_from(answer.headers());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(WireError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(shape.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = WireError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, WireError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
