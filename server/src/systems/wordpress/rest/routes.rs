//! Addresses of REST routes. WordPress answers them in two forms: `…/wp-json/` while its permalinks are pretty, and
//! `…/?rest_route=/` always. With plain permalinks the first one leads to a page (301, then 200), so the portal uses the
//! second one only; addresses of the first form are in logs of older versions.

use crate::domain::Fault;
use url::Url;

/// The base of a site's REST routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base(Url);

impl Base {
    pub(super) fn parse(rest_url: &str) -> Result<Self, Fault> {
        let broken = || {
            Fault::fail(
                "rest_url",
                "The site's REST address is not a web address.",
                "Connect the site again from its WordPress.",
            )
        };
        let url = Url::parse(rest_url).map_err(|_| broken())?;
        let fine = matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty();
        if fine { Ok(Self(url)) } else { Err(broken()) }
    }

    /// A route such as `wp/v2/posts`, with its arguments.
    pub(super) fn route(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.0.clone();
        let kept: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        url.set_query(None);
        url.set_fragment(None);
        let plain = kept.iter().any(|(name, _)| name == "rest_route");
        if !plain {
            url.set_path(&format!("{}/{path}", self.0.path().trim_end_matches('/')));
        }
        if !kept.is_empty() || !query.is_empty() {
            let mut pairs = url.query_pairs_mut();
            for (name, value) in &kept {
                match name.as_str() {
                    "rest_route" => pairs.append_pair(name, &format!("{}/{path}", value.trim_end_matches('/'))),
                    _ => pairs.append_pair(name, value),
                };
            }
            pairs.extend_pairs(query);
        }
        url
    }
}

/// The base of the routes of the site at this address, in the form that no setting of the site switches off.
pub(super) fn of(address: &str) -> String {
    format!("{}/?rest_route=/", address.trim_end_matches('/'))
}

/// Endpoint of wordpress-mcp 0.2.2.
pub(super) fn tools(rest_url: &str) -> Result<Url, Fault> {
    Ok(Base::parse(rest_url)?.route("wp/v2/wpmcp/streamable", &[]))
}

/// Where a person edits a post of the site with this public address.
pub(super) fn edit(site: &str, id: i64) -> String {
    format!("{site}/wp-admin/post.php?post={id}&action=edit")
}

/// Where a signed-in person sees a draft.
pub(super) fn preview(site: &str, id: i64) -> String {
    format!("{site}/?p={id}&preview=true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_lead_to_the_same_routes() {
        for (rest_url, route) in [
            ("http://127.77.3.9:8000/wp-json/", "http://127.77.3.9:8000/wp-json/wp/v2/posts?page=2"),
            ("https://a.example/blog/wp-json/", "https://a.example/blog/wp-json/wp/v2/posts?page=2"),
            (
                "https://a.example/index.php?rest_route=/",
                "https://a.example/index.php?rest_route=%2Fwp%2Fv2%2Fposts&page=2",
            ),
            ("https://a.example/?rest_route=/", "https://a.example/?rest_route=%2Fwp%2Fv2%2Fposts&page=2"),
        ] {
            let base = Base::parse(rest_url).expect("an address");
            assert_eq!(base.route("wp/v2/posts", &[("page", "2")]).as_str(), route);
        }
        assert_eq!(
            Base::parse("http://a/wp-json/").expect("an address").route("wp/v2/tags", &[]).as_str(),
            "http://a/wp-json/wp/v2/tags"
        );
    }

    #[test]
    fn refuses_what_is_no_web_address() {
        for bad in ["", "wp-json", "file:///etc/passwd", "ftp://a/wp-json/", "http://ada@a/wp-json/"] {
            assert!(Base::parse(bad).is_err(), "{bad}");
        }
    }
}
