//! Where to go after the sign-in. The value comes from an address that anybody can write, so only a path of ours
//! passes: a link to the portal must never become a link to somewhere else.

/// A path on this portal, with its query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination(String);

impl Destination {
    /// Takes `/path?query` of at most 2048 bytes: one slash first, no second one in a row before the query, no
    /// backslash (browsers read it as a slash), no control character or space (browsers drop some of them), no
    /// way back up.
    pub fn parse(text: &str) -> Option<Self> {
        let path = text.split(['?', '#']).next().unwrap_or_default();
        let fine = text.len() <= 2048
            && path.starts_with('/')
            && !path.contains("//")
            && !path.split('/').any(|part| matches!(part, "." | ".."))
            && !text.chars().any(|c| c == '\\' || c.is_control() || c.is_whitespace());
        fine.then(|| Self(text.to_owned()))
    }

    /// The given destination if it is one, else the list of tenants.
    pub fn or_home(text: Option<&str>) -> Self {
        text.and_then(Self::parse).unwrap_or_else(|| Self("/tenants".into()))
    }

    /// The path with its query.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of `page` that comes back here in the end: `/welcome?to=…`.
    pub fn through(&self, page: &str) -> String {
        let to: String = url::form_urlencoded::byte_serialize(self.0.as_bytes()).collect();
        format!("{page}?to={to}")
    }
}

#[cfg(test)]
mod tests {
    use super::Destination;

    #[test]
    fn takes_our_paths() {
        for fine in ["/", "/tenants", "/tenants/acme?done=ordered#site", "/connect/sign-in?to=//x&state=a%20b"] {
            assert_eq!(Destination::parse(fine).as_ref().map(Destination::as_str), Some(fine));
        }
    }

    #[test]
    fn refuses_ways_out() {
        for bad in [
            "",
            "tenants",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            " /tenants",
            "https://evil.example/",
            "javascript:alert(1)",
            "/..//evil.example",
            "/a/../b",
            "/tenants\r\nSet-Cookie: x=1",
            &format!("/{}", "a".repeat(2048)),
        ] {
            assert_eq!(Destination::parse(bad), None, "{bad:?}");
        }
    }
}
