//! The names under which the gateway answers. A page in a browser that was led here by a name of somebody else's (DNS
//! rebinding) carries that name in `Host`; the chat's server carries the one it was given, unless a proxy on the way puts
//! another there. A refusal says so, because from outside it looks like a broken gateway.

use axum::Json;
use axum::http::{StatusCode, header, request::Parts, uri::Authority};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Names that count when none are given: this host only.
const HERE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
/// In place of a name: any.
const ANY: &str = "*";

/// The names, each with or without a port.
pub(super) struct Names(Vec<String>);

impl Names {
    pub(super) fn new(allowed: &[String]) -> Self {
        let all = if allowed.is_empty() { HERE.map(str::to_owned).to_vec() } else { allowed.to_vec() };
        Self(all)
    }

    /// The refusal of a request that came under another name.
    pub(super) fn refusal(&self, head: &Parts) -> Option<Response> {
        let named = head.headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
        // HTTP/2 has the name in `:authority`.
        let Some(named) = named.or_else(|| head.uri.authority().cloned()) else {
            return Some(refuse("no_host", "The request names no host.", ""));
        };
        if self.know(&named) {
            return None;
        }
        tracing::warn!(
            host = named.as_str(),
            "a request for the gateway came under a name that is not its own; see mcp.hosts"
        );
        let say = format!(
            "The gateway does not answer under the name {named}. A proxy that writes its own name into Host must keep the caller's, or the setting mcp.hosts must allow this one."
        );
        Some(refuse("wrong_host", &say, named.as_str()))
    }

    fn know(&self, named: &Authority) -> bool {
        self.0.iter().any(|one| {
            let Ok(one) = one.parse::<Authority>() else { return one == ANY };
            one.as_str() == ANY
                || one.host().eq_ignore_ascii_case(named.host())
                    && one.port_u16().is_none_or(|port| named.port_u16() == Some(port))
        })
    }
}

fn refuse(code: &str, say: &str, host: &str) -> Response {
    (StatusCode::FORBIDDEN, Json(json!({"error": say, "code": code, "host": host}))).into_response()
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn knows_its_names_with_and_without_ports() {
        let names = |all: &[&str]| Names::new(&all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
        for (allowed, host, known) in [
            (&[][..], "127.0.0.1:8000", true),
            (&[], "[::1]:8000", true),
            (&[], "portal.example.org", false),
            (&["portal.example.org"], "Portal.example.org:8443", true),
            (&["portal.example.org"], "portal.example.org.evil.example", false),
            (&["portal.example.org:8443"], "portal.example.org:8443", true),
            (&["portal.example.org:8443"], "portal.example.org", false),
            (&["portal.example.org", "upstream"], "upstream", true),
            (&["[2001:db8::1]"], "[2001:db8::1]:80", true),
            (&["*"], "anything", true),
        ] {
            let host = host.parse().expect("it is a host");
            assert_eq!(names(allowed).know(&host), known, "{allowed:?} {host}");
        }
    }
}
