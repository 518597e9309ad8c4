//! Calls to OpenWebUI's API, and the two checks that everything else stands on.
//!
//! A wrong GET path answers 200 with the page of the browser application (seen on 0.12.4), so an answer only counts as
//! data when its content type says so; `Reply::json` takes care of that.

use crate::domain::Fault;
use crate::systems::http::{Http, Reply};
use reqwest::Method;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The oldest version this driver works with: 0.12.1 put the reason of failed connections into the log and passes
/// error results of tools on (change log of open-webui).
const OLDEST: [u32; 3] = [0, 12, 1];

/// OpenWebUI with the portal's key.
pub(super) struct Api {
    http: Http,
    base: String,
    key: SecretString,
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

impl Api {
    pub(super) fn new(http: Http, base: &str, key: SecretString) -> Self {
        Self { http, base: base.trim_end_matches('/').to_owned(), key }
    }

    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Reply, Fault> {
        let url = format!("{}{path}", self.base);
        self.http.call("OpenWebUI", Method::GET, &url).bearer(&self.key).query(query).send().await
    }

    pub(super) async fn post<B: Serialize + ?Sized>(&self, path: &str, body: &B) -> Result<Reply, Fault> {
        let url = format!("{}{path}", self.base);
        self.http.call("OpenWebUI", Method::POST, &url).bearer(&self.key).json(body).send().await
    }

    /// A POST that may take longer than the shared client allows.
    pub(super) async fn post_slow<B: Serialize + ?Sized>(
        &self,
        path: &str,
        body: &B,
        limit: Duration,
    ) -> Result<Reply, Fault> {
        let url = format!("{}{path}", self.base);
        self.http.call("OpenWebUI", Method::POST, &url).bearer(&self.key).json(body).limit(limit).send().await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<Reply, Fault> {
        let url = format!("{}{path}", self.base);
        self.http.call("OpenWebUI", Method::DELETE, &url).bearer(&self.key).send().await
    }

    /// The version, if it is new enough.
    pub(super) async fn check_version(&self) -> Result<String, Fault> {
        let found: Version = self.get("/api/version", &[]).await?.ok()?.json()?;
        if numbers(&found.version) >= OLDEST {
            return Ok(found.version);
        }
        Err(Fault::fail(
            "chat_too_old",
            format!("OpenWebUI {} is too old: 0.12.1 or newer is needed.", found.version),
            "Upgrade OpenWebUI, then press Retry now.",
        ))
    }

    /// Does the key belong to an administrator? Asks for users, because `GET /api/v1/auths/` refuses API keys with
    /// 403 "A human session is required" and every other administrator's page answers others with 401.
    pub(super) async fn check_key(&self) -> Result<(), Fault> {
        self.get("/api/v1/users/", &[("page", "1")]).await?.ok()?.json::<serde_json::Value>().map(drop)
    }
}

/// "0.12.4" or "0.13.0-dev" as numbers; what is no number counts as 0.
fn numbers(version: &str) -> [u32; 3] {
    let mut parts = version.split('.').map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    });
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions() {
        for (text, fine) in [
            ("0.12.1", true),
            ("0.12.4", true),
            ("0.13.0-dev", true),
            ("1.0", true),
            ("0.12.0", false),
            ("0.9.6", false),
            ("", false),
        ] {
            assert_eq!(numbers(text) >= OLDEST, fine, "{text}");
        }
    }
}
