//! Words within a line: addresses that stand in them become links, formulas stay as they are written, and what is left out
//! is noted.

use super::text;
use super::writer::{Open, Writer};
use std::collections::BTreeSet;

/// What a text lost, each kind once.
#[derive(Debug, Default)]
pub(super) struct Left(BTreeSet<&'static str>);

impl Left {
    pub(super) fn note(&mut self, what: &'static str) {
        self.0.insert(what);
    }

    pub(super) fn sentences(&self) -> Vec<String> {
        self.0.iter().map(|what| (*what).to_owned()).collect()
    }
}

pub(super) const HTML: &str =
    "Raw HTML was read as Markdown: structure and words stay, attributes and unknown tags do not.";
pub(super) const HTML_LINK: &str =
    "A link or picture in HTML within a line was left out, its words stay: write it as Markdown.";
pub(super) const SCRIPT: &str = "Scripts, styles and embedded pages in the text were left out.";
pub(super) const LINK: &str = "A link was left out, its words stay: only http, https, mailto and tel are possible, and addresses within the site.";
pub(super) const PICTURE: &str =
    "A picture was left out: its address has to begin with https://. Put it into the library with upload_image.";
pub(super) const FLAT: &str =
    "WordPress has no tables, headings, quotes or rules within list items: their words stand there as lines.";
pub(super) const DEEP: &str = "Lists and quotes deeper than six levels were made flat.";
pub(super) const ORPHAN: &str = "A footnote is explained and mentioned nowhere in the text.";

/// Beginnings of addresses that stand in a text.
const WEB: [&str; 2] = ["https://", "http://"];

impl Writer<'_> {
    /// Writes within the open line; opens a paragraph or an item where none is.
    pub(super) fn say(&mut self, html: &str) {
        if let Some(Open::Picture { .. }) = self.open.last() {
            return;
        }
        self.unseal();
        self.out.push_str(html);
    }

    /// No text may follow a nested list in an item: a new item begins.
    fn unseal(&mut self) {
        if let Some(Open::Item { sealed: sealed @ true }) = self.open.last_mut() {
            *sealed = false;
            self.out.push_str("</li>\n<!-- /wp:list-item -->\n\n<!-- wp:list-item -->\n<li>");
        }
    }

    pub(super) fn line_break(&mut self) {
        self.unseal();
        if !self.out.is_empty() && !self.out.ends_with("<li>") && !self.out.ends_with("<br>") {
            self.out.push_str("<br>");
        }
    }

    pub(super) fn span(&mut self, open: &str, close: &'static str) {
        if let Some(Open::Picture { .. }) = self.open.last() {
            self.push(Open::Flat);
            return;
        }
        self.say(open);
        self.push(Open::Span(close));
    }

    /// Text of the Markdown.
    pub(super) fn text(&mut self, words: &str) {
        if matches!(self.open.last(), Some(Open::Block { close, .. }) if close.starts_with("</code>")) {
            return self.say(&text::code(words));
        }
        let mut rest = words;
        while let Some((from, to)) = address(rest).filter(|_| self.links == 0) {
            self.say(&text::escape(&rest[..from]));
            match text::link(&rest[from..to]) {
                Some(address) => self.say(&format!("<a href=\"{address}\">{}</a>", text::escape(&rest[from..to]))),
                None => self.say(&text::escape(&rest[from..to])),
            }
            rest = &rest[to..];
        }
        self.say(&text::escape(rest));
    }

    /// A formula, in the signs that pages with MathJax or KaTeX look for. Nothing in it is Markdown.
    pub(super) fn formula(&mut self, formula: &str, sign: &str) {
        self.say(&text::escape(&format!("{sign}{formula}{sign}")));
    }
}

/// Where the first formula begins and ends, and how long its signs are.
pub(super) fn formula(text: &str) -> Option<(usize, usize, usize)> {
    let begins = text.match_indices('$').map(|(at, _)| at);
    begins.take(20).find_map(|from| {
        let sign = if text[from..].starts_with("$$") { 2 } else { 1 };
        let inside = &text[from + sign..];
        let length = inside.find(&"$$"[..sign])?;
        let formula = &inside[..length];
        let tight = !formula.is_empty() && formula.trim() == formula && !formula.contains('`');
        (sign == 2 && length > 0 || tight).then_some((from, from + length + 2 * sign, sign))
    })
}

/// Where the first address stands: up to a blank or a sign that no address has, without the signs that end a sentence.
fn address(text: &str) -> Option<(usize, usize)> {
    let from = WEB.iter().filter_map(|scheme| text.find(scheme)).min()?;
    let own = text[from..].find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '“' | '”'));
    let mut address = &text[from..own.map_or(text.len(), |at| from + at)];
    loop {
        let open = address.matches('(').count();
        let shorter = address.trim_end_matches(['.', ',', ':', ';', '!', '?', '\'', '*', '_', '~', ']']);
        let shorter = match shorter.strip_suffix(')') {
            Some(inside) if shorter.matches(')').count() > open => inside,
            _ => shorter,
        };
        if shorter.len() == address.len() {
            break;
        }
        address = shorter;
    }
    let host = address.split_once("//").is_some_and(|(_, host)| host.starts_with(|c: char| c.is_alphanumeric()));
    host.then_some((from, from + address.len()))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn finds_addresses_in_sentences() {
        for (text, found) in [
            ("See https://example.org/a_b_c, or", Some("https://example.org/a_b_c")),
            ("(http://example.org/a_(b)).", Some("http://example.org/a_(b)")),
            ("https://example.org/?a=1&b=[2]", Some("https://example.org/?a=1&b=[2")),
            ("“https://example.org”", Some("https://example.org")),
            ("https:// is no address", None),
            ("ftp://example.org", None),
        ] {
            assert_eq!(address(text).map(|(from, to)| &text[from..to]), found, "{text}");
        }
    }
}
