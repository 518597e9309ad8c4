//! Texts, addresses and stray HTML, made harmless.

/// Stands between a bracket and a word, and shows nothing (U+2060, word joiner): the editor of WordPress writes a bracket's
/// entity anew as a bracket as soon as somebody saves the post, and `[word` could then be a shortcode.
pub(super) const JOINER: char = '\u{2060}';

/// Text between tags.
pub(super) fn escape(text: &str) -> String {
    written(text, true)
}

/// Text in a block of code, of which the editor itself keeps the brackets harmless. What is copied from there is run.
pub(super) fn code(text: &str) -> String {
    written(text, false)
}

fn written(text: &str, joins: bool) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '[' => {
                out.push_str("&#91;");
                if joins && chars.peek().is_some_and(|next| next.is_alphabetic() || matches!(next, '_' | '/')) {
                    out.push(JOINER);
                }
            }
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A value between double quotes.
pub(super) fn attribute(text: &str) -> String {
    escape(&text.replace(['\n', '\t'], " ")).replace('"', "&quot;").replace('\'', "&#039;")
}

/// A name that fits into a class or an id; other characters are left out. No two hyphens in a row, which would end a
/// comment.
pub(super) fn name(name: &str) -> String {
    let fine = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '#' | '.' | ':');
    let name: String = name.chars().filter(fine).take(60).collect();
    if name.contains("--") { String::new() } else { name }
}

/// Schemes of links. Everything else (`javascript:`, `data:`, `vbscript:`, …) is dropped.
const LINKS: [&str; 4] = ["http", "https", "mailto", "tel"];

/// The address of a link, if it is harmless: with one of our schemes, or within the site.
pub(super) fn link(address: &str) -> Option<String> {
    let address: String = address.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let fine = match scheme(&address) {
        Some(scheme) => LINKS.contains(&scheme.to_ascii_lowercase().as_str()),
        None => (address.starts_with('/') && !address.starts_with("//")) || address.starts_with('#'),
    };
    fine.then(|| attribute(&without_brackets(&address)))
}

/// Brackets behind the host are written as `%5B` and `%5D`, as they should be (RFC 3986, section 3.2.2).
fn without_brackets(address: &str) -> String {
    let host = address.find("://").map_or(0, |at| at + 3);
    let rest = host + address[host..].find(['/', '?', '#']).unwrap_or(address.len() - host);
    format!("{}{}", &address[..rest], address[rest..].replace('[', "%5B").replace(']', "%5D"))
}

/// The address of a picture, if it is harmless.
pub(super) fn picture(address: &str) -> Option<String> {
    let fine =
        scheme(address.trim()).is_some_and(|s| s.eq_ignore_ascii_case("https") || s.eq_ignore_ascii_case("http"));
    fine.then(|| link(address)).flatten()
}

/// What stands before the first colon, unless a slash, query or fragment comes first (RFC 3986, section 4.2).
fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    (!scheme.contains(['/', '?', '#'])).then_some(scheme)
}

/// Tags after which a new line begins.
const BREAKS: [&str; 18] = [
    "p",
    "br",
    "div",
    "li",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "table",
    "blockquote",
    "pre",
    "hr",
    "section",
];

/// Elements whose content is not text.
const SILENT: [&str; 5] = ["script", "style", "template", "noscript", "iframe"];

/// The lines of text in a piece of HTML; tags, comments and scripts are left out.
pub(super) fn lines(html: &str) -> Vec<String> {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("<!--") {
            rest = after(rest, "-->");
            continue;
        }
        let name: String = rest[1..].trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        if name.is_empty() && !rest.starts_with("</") && !rest.starts_with("<!") && !rest.starts_with("<?") {
            text.push('<');
            rest = &rest[1..];
            continue;
        }
        if SILENT.contains(&name.as_str()) && !rest.starts_with("</") {
            rest = after_closing(rest, &name);
            continue;
        }
        rest = after(rest, ">");
        if BREAKS.contains(&name.as_str()) {
            text.push('\n');
        }
    }
    text.push_str(rest);
    let text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    let text = text.replace("&#39;", "'").replace("&amp;", "&");
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.find(end).map_or("", |at| &text[at + end.len()..])
}

fn after_closing<'a>(text: &'a str, name: &str) -> &'a str {
    let is_end = |at: &usize| {
        text.as_bytes()[*at + 2..].get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
    };
    let end = text.match_indices("</").map(|(at, _)| at).find(is_end);
    end.map_or("", |at| after(&text[at..], ">"))
}
