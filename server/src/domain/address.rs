//! Addresses of sites: what lies below a registered one, and nothing that only looks as if it did.

use url::Url;

/// Is this address below the registered one, as it is written and as it is read? The second look is for dots, escapes
/// and everything else that a reader of addresses takes away.
pub fn is_below(registered: &str, address: &str) -> bool {
    let below = |text: &str| text.strip_prefix(registered).is_some_and(|rest| rest.starts_with('/'));
    below(address) && Url::parse(address).is_ok_and(|url| below(url.as_str()))
}

#[cfg(test)]
mod tests {
    use super::is_below;

    #[test]
    fn takes_what_is_below_and_nothing_that_looks_like_it() {
        let site = "https://acme.example.org";
        for below in ["https://acme.example.org/wp-json/", "https://acme.example.org/?rest_route=/"] {
            assert!(is_below(site, below), "{below}");
        }
        for elsewhere in [
            "https://acme.example.org",
            "https://acme.example.org.evil.example/wp-json/",
            "https://acme.example.org@evil.example/",
            "http://acme.example.org/wp-json/",
            "https://acme.example.org:8443/wp-json/",
            "http://169.254.169.254/wp-json/",
        ] {
            assert!(!is_below(site, elsewhere), "{elsewhere}");
        }
        assert!(!is_below("https://example.org/acme", "https://example.org/acme/../other/wp-json/"));
    }
}
