//! A Gateway of the cluster (Kubernetes Gateway API), as the configuration names it. Its form is narrow, because it becomes
//! part of an object and of a path.

use super::peer::label;
use serde::Deserialize;
use std::{fmt, str::FromStr};

/// Written as `namespace/name`, or `namespace/name/section` for one of its listeners.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct GatewayName(String);

impl GatewayName {
    /// Its namespace.
    pub fn namespace(&self) -> &str {
        self.part(0).unwrap_or_default()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.part(1).unwrap_or_default()
    }

    /// The only listener that is meant (`sectionName`); without one all of them.
    pub fn section(&self) -> Option<&str> {
        self.part(2)
    }

    fn part(&self, n: usize) -> Option<&str> {
        self.0.split('/').nth(n)
    }
}

/// Why a text names no Gateway. The words are for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write namespace/name, or namespace/name/section for one listener of the Gateway")]
pub struct GatewayNameError;

impl TryFrom<String> for GatewayName {
    type Error = GatewayNameError;

    fn try_from(text: String) -> Result<Self, GatewayNameError> {
        let fine = match text.split('/').collect::<Vec<_>>()[..] {
            [namespace, name] => label(namespace).is_ok() && subdomain(name),
            [namespace, name, section] => label(namespace).is_ok() && subdomain(name) && subdomain(section),
            _ => false,
        };
        if fine { Ok(Self(text)) } else { Err(GatewayNameError) }
    }
}

impl FromStr for GatewayName {
    type Err = GatewayNameError;

    fn from_str(text: &str) -> Result<Self, GatewayNameError> {
        text.to_owned().try_into()
    }
}

impl fmt::Display for GatewayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A DNS subdomain (RFC 1123), as names of Gateways and their listeners are.
fn subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(|part| label(part).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_gateway_and_one_of_its_listeners() {
        let all: GatewayName = "infra/web".parse().expect("a name");
        assert_eq!((all.namespace(), all.name(), all.section()), ("infra", "web", None));
        let one: GatewayName = "infra/web.example/https".parse().expect("a name");
        assert_eq!((one.name(), one.section()), ("web.example", Some("https")));
        assert_eq!((all.to_string().as_str(), one.to_string().as_str()), ("infra/web", "infra/web.example/https"));
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "web",
            "infra/",
            "/web",
            "infra/web/",
            "infra/web/a/b",
            "in.fra/web",
            "infra/Web",
            "infra/w b",
            "a/..",
            "a/b?c",
        ] {
            assert_eq!(text.parse::<GatewayName>(), Err(GatewayNameError), "{text}");
        }
    }
}
