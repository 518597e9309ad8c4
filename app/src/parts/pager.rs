//! Pages of a long list, and the addresses that lead to them.

use super::icon::Icon;
use leptos::prelude::*;

/// Which part of a list is shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// First and last row, 1-based; (0, 0) when there are none.
    pub(crate) rows: (u64, u64),
    /// Page before this one.
    pub(crate) back: Option<u32>,
    /// Page after this one.
    pub(crate) next: Option<u32>,
}

/// Cuts `total` rows into pages; `page` is 1-based, 0 counts as 1.
pub(crate) fn cut(total: u64, per_page: u32, page: u32) -> Cut {
    let (size, page) = (u64::from(per_page.max(1)), page.max(1));
    let first = u64::from(page - 1) * size;
    let last = (first + size).min(total);
    let rows = if first < total { (first + 1, last) } else { (0, 0) };
    Cut { rows, back: (page > 1).then(|| page - 1), next: (last < total).then(|| page + 1) }
}

/// `?a=b&c=d` from the pairs that say something; never empty, so that it always replaces the query.
pub(crate) fn search(pairs: &[(&str, &str)]) -> String {
    let said: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!("{key}={}", escape(value)))
        .collect();
    format!("?{}", said.join("&"))
}

/// Percent-encodes a value for a query or a part of a path.
pub(crate) fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The foot of a list: what is shown and the way on.
#[component]
pub(crate) fn Pager(
    /// What is shown: "1–12 of 24, those that need you first".
    said: String,
    /// Address of the page before.
    back: Option<String>,
    /// Address of the page after.
    next: Option<String>,
    /// Words of the two links.
    #[prop(optional, default = ("Back", "Next"))]
    words: (&'static str, &'static str),
) -> impl IntoView {
    view! {
        <nav class="foot" aria-label="Pages">
            <span class="soft small">{said}</span>
            <span class="row">
                {back.map(|to| view! { <a class="btn mini" href=to rel="prev"><Icon name="left" />{words.0}</a> })}
                {next.map(|to| view! { <a class="btn mini" href=to rel="next">{words.1}<Icon name="right" /></a> })}
            </span>
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts() {
        assert_eq!(cut(24, 12, 0), Cut { rows: (1, 12), back: None, next: Some(2) });
        assert_eq!(cut(24, 12, 2), Cut { rows: (13, 24), back: Some(1), next: None });
        assert_eq!(cut(0, 12, 1), Cut { rows: (0, 0), back: None, next: None });
        assert_eq!(cut(5, 0, 9), Cut { rows: (0, 0), back: Some(8), next: None });
    }

    #[test]
    fn addresses() {
        assert_eq!(search(&[("q", "a&b ü"), ("state", "")]), "?q=a%26b%20%C3%BC");
        assert_eq!(search(&[("q", "")]), "?");
    }
}
