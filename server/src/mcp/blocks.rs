//! Markdown from the model becomes WordPress blocks, in the form that the editor itself would have saved, so that it
//! opens a draft without "this block contains unexpected content". HTML from the model never gets through: but for a few
//! harmless tags within a line it is dropped and its words stay; links and pictures keep only harmless addresses; square
//! brackets are written as entities so that no shortcode runs.
//!
//! And back (`page`): what a post holds is read as Markdown that says the same, or as a reference to what is stored, so
//! that an edit (`edit`) loses nothing that it does not name.

mod boxes;
mod count;
mod edit;
mod grammar;
mod page;
mod reader;
mod strays;
mod text;
mod tokens;
mod unfence;
mod words;
mod writer;

pub(super) use edit::{Edited, Wish};
pub(super) use page::{Page, hash, view};
use pulldown_cmark::Options;

/// Longest result, bytes. Lists of one-letter items grow most.
pub(super) const MAX: usize = 1024 * 1024;

/// What of Markdown is understood beside CommonMark.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_MATH)
    .union(Options::ENABLE_HEADING_ATTRIBUTES);

/// What came of a Markdown text.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The blocks.
    pub(super) blocks: String,
    /// References that lead nowhere.
    pub(super) lost: Vec<String>,
    /// What was left out or written in another form, in whole sentences.
    pub(super) notes: Vec<String>,
}

/// Blocks for a Markdown text. A first heading that repeats the title is left out: the site shows the title itself.
pub(super) fn from_markdown(markdown: &str, title: &str) -> Written {
    convert(markdown, title, None)
}

/// The same with references to a stored post.
fn convert(markdown: &str, title: &str, page: Option<&Page<'_>>) -> Written {
    let body = without_title(unfence::unfenced(markdown, title), title);
    let mut writer = writer::Writer::to(page);
    writer.read(body);
    writer.end();
    Written { notes: writer.left.sentences(), blocks: writer.out, lost: writer.lost }
}

fn without_title<'a>(markdown: &'a str, title: &str) -> &'a str {
    let text = markdown.trim_start();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let heading = first.strip_prefix('#').map(|h| h.trim_start_matches('#').trim_matches([' ', '\t', '\r', '*', '#']));
    match heading {
        Some(heading) if !title.is_empty() && heading.to_lowercase() == title.trim().to_lowercase() => rest,
        _ => markdown,
    }
}

#[cfg(test)]
mod editor;
#[cfg(test)]
mod round;
#[cfg(test)]
mod tests;
