//! A post as it is stored, and as the chat reads it: Markdown for every block that Markdown can say without loss, and for
//! every other one a reference that stands for it. What is said is proven: it is written back, and has to come out the same.

use super::grammar::pieces;
use super::tokens::{Token, compared, tokens, words};
use super::{Written, convert, reader};
use sha2::{Digest, Sha256};

/// How many characters of a block are shown beside a reference to it.
const SHOWN: usize = 2_000;

/// A piece of a stored post.
pub(super) struct Part<'a> {
    /// Where it begins in the text.
    pub(super) at: usize,
    pub(super) raw: &'a str,
    /// Name of its block; empty for HTML outside of blocks.
    pub(super) name: &'a str,
    pub(super) tokens: Vec<Token>,
    /// As the chat reads it.
    pub(super) text: String,
    /// The text is a reference.
    pub(super) kept: bool,
}

/// A stored post.
pub(crate) struct Page<'a> {
    pub(super) content: &'a str,
    pub(super) parts: Vec<Part<'a>>,
}

/// What stands for a block.
pub(super) struct Reference {
    /// Its place, from 1.
    place: usize,
    /// The beginning of its hash.
    sum: String,
    /// In words, for a refusal.
    pub(super) said: String,
}

/// Most footnotes that are said in Markdown.
const MOST_NOTES: usize = 100;

impl<'a> Page<'a> {
    /// Reads a stored text.
    pub(crate) fn read(content: &'a str) -> Self {
        let mut page = Self::unsaid(content);
        let notes = page.parts.iter().filter(|part| note(&part.tokens).is_some()).count();
        for part in page.parts.iter_mut().filter(|part| !part.name.is_empty()) {
            let said = [false, true].into_iter().filter_map(|plain| reader::markdown(&part.tokens, plain));
            // Each is tried beside all notes, so very many of them stay references.
            let tried = |text: &String| notes <= MOST_NOTES || !text.contains("[^");
            if let Some(text) = said.into_iter().filter(tried).find(|text| is_said(text, &part.tokens, notes)) {
                (part.text, part.kept) = (text, false);
            }
        }
        // Footnotes are numbered by their mentions, so what is right by itself may be wrong together.
        if !page.comes_back() {
            page.keep(|part| part.text.contains("[^"));
        }
        if !page.comes_back() {
            page.keep(|_| true);
        }
        page
    }

    /// The same with nothing but references.
    fn unsaid(content: &'a str) -> Self {
        let part = |(place, piece): (usize, super::grammar::Piece<'a>)| {
            let raw = &content[piece.at.clone()];
            let tokens = tokens(raw);
            let text = refer(place + 1, piece.name, raw, &tokens);
            Part { at: piece.at.start, raw, name: piece.name, tokens, text, kept: true }
        };
        Self { content, parts: pieces(content).into_iter().enumerate().map(part).collect() }
    }

    fn keep(&mut self, which: impl Fn(&Part<'a>) -> bool) {
        for (place, part) in self.parts.iter_mut().enumerate() {
            if which(part) {
                (part.text, part.kept) = (refer(place + 1, part.name, part.raw, &part.tokens), true);
            }
        }
    }

    /// Whether the whole comes back as it is stored.
    fn comes_back(&self) -> bool {
        let Written { blocks: written, lost, .. } = convert(&self.markdown(), "", Some(self));
        let back = pieces(&written);
        lost.is_empty()
            && back.len() == self.parts.len()
            && back.into_iter().zip(&self.parts).all(|(piece, part)| {
                let raw = &written[piece.at];
                raw == part.raw || compared(&tokens(raw)) == compared(&part.tokens)
            })
    }

    /// As the chat reads it.
    pub(crate) fn markdown(&self) -> String {
        let mut text = String::new();
        for (place, part) in self.parts.iter().enumerate() {
            text.push_str(self.gap(place));
            text.push_str(&part.text);
        }
        text
    }

    /// What stands before a part. Two lists would become one without something in between.
    pub(super) fn gap(&self, place: usize) -> &'static str {
        let is_list = |at: usize| self.parts.get(at).is_some_and(|part| part.name == "list" && !part.kept);
        match place.checked_sub(1) {
            None => "",
            Some(before) if is_list(before) && is_list(place) => "\n\n<!-- -->\n\n",
            Some(_) => "\n\n",
        }
    }

    /// The block that a reference stands for: the one at its place, or the same one elsewhere.
    pub(super) fn kept(&self, reference: &Reference) -> Option<&'a str> {
        let is = |part: &&Part<'a>| sum(part.raw) == reference.sum;
        let there = reference.place.checked_sub(1).and_then(|at| self.parts.get(at)).filter(is);
        there.or_else(|| self.parts.iter().find(is)).map(|part| part.raw)
    }
}

/// A text of HTML that can only be read, as Markdown; what Markdown cannot say is left out.
pub(crate) fn view(html: &str) -> String {
    let all = tokens(html);
    reader::markdown(&all, false).unwrap_or_else(|| words(&all))
}

/// Number of the footnote that a block is.
pub(super) fn note(tokens: &[Token]) -> Option<&str> {
    tokens.iter().find_map(|token| match token {
        Token::Open { name, attributes } if name == "p" && attributes.get("class").is_some_and(|c| c == "footnote") => {
            let number = attributes.get("id")?.strip_prefix("fn-")?;
            number.parse::<usize>().is_ok().then_some(number)
        }
        _ => None,
    })
}

/// Whether a Markdown text says a block without loss. Footnotes are numbered by their mentions and want to be explained, so
/// all are mentioned before and explained behind.
fn is_said(text: &str, said: &[Token], notes: usize) -> bool {
    let mut around = [String::new(), String::new()];
    if text.contains("[^") {
        around[0] = (1..=notes).map(|n| format!("[^{n}]")).collect::<String>() + "\n\n";
        let own = note(said).unwrap_or_default();
        let others = (1..=notes).filter(|n| n.to_string() != own);
        around[1] = others.map(|n| format!("\n\n[^{n}]: x")).collect();
    }
    let written = convert(&format!("{}{text}{}", around[0], around[1]), "", None).blocks;
    let back = pieces(&written);
    let said_so = compared(said);
    let is = |piece: &super::grammar::Piece<'_>| compared(&tokens(&written[piece.at.clone()])) == said_so;
    if around[0].is_empty() {
        back.len() == 1 && back.iter().all(is)
    } else {
        back.len() == notes + 2 - usize::from(note(said).is_some()) && back.iter().any(is)
    }
}

fn refer(place: usize, name: &str, raw: &str, tokens: &[Token]) -> String {
    let name = if name.is_empty() { "html" } else { name };
    // Two hyphens would end the comment, and brackets could begin a tag.
    let words = words(tokens).replace("--", "- -").replace("--", "- -").replace(['<', '>'], " ");
    let mut shown: String = words.chars().take(SHOWN).collect();
    if shown.len() < words.len() {
        shown.push('…');
    }
    let shown = shown.trim_end_matches('-').trim();
    let bar = if shown.is_empty() { "" } else { " | " };
    format!("<!-- keep: {place} {name} {}{bar}{shown} -->", sum(raw))
}

/// The reference in a comment. What was shortened, garbled or said in other words ("the rest is unchanged") stands for no
/// block: it is refused, not left out.
pub(super) fn reference(comment: &str) -> Option<Reference> {
    let inside = comment.strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    // Between two lists stands an empty one; and blocks written as HTML are read as HTML.
    if inside.is_empty() || inside.trim_start_matches('/').starts_with("wp:") {
        return None;
    }
    // Of two that ran into each other the second would be lost.
    let parts = inside.strip_prefix("keep:").filter(|inside| !inside.contains("<!--"));
    let parts: Vec<&str> = parts.unwrap_or_default().split_whitespace().take(3).collect();
    let [place, name, sum] = parts[..] else {
        return Some(Reference { place: 0, sum: String::new(), said: inside.chars().take(60).collect() });
    };
    let place = place.parse().unwrap_or_default();
    Some(Reference { place, sum: sum.to_owned(), said: format!("keep: {place} {name} {sum}") })
}

/// Where the first reference begins and ends.
pub(super) fn find_reference(html: &str) -> Option<(usize, usize)> {
    html.match_indices("<!--").find_map(|(begin, _)| {
        let end = begin + html[begin..].find("-->")? + 3;
        reference(&html[begin..end]).map(|_| (begin, end))
    })
}

/// The beginning of a hash.
fn sum(raw: &str) -> String {
    hash(raw)[..8].to_owned()
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
