//! Markdown from the model becomes WordPress blocks, in the form that the editor itself would have saved, so that it
//! opens a draft without "this block contains unexpected content". HTML from the model never gets through: its tags are
//! dropped and its words stay; links and pictures keep only harmless addresses; square brackets are written as entities
//! so that no shortcode runs.

mod boxes;
mod strays;
mod text;
mod writer;

use pulldown_cmark::{Options, Parser};

/// Longest result, bytes. Lists of one-letter items grow most.
pub(super) const MAX: usize = 1024 * 1024;

/// Blocks for a Markdown text. A first heading that repeats the title is left out: the site shows the title itself.
pub fn from_markdown(markdown: &str, title: &str) -> String {
    let body = without_title(markdown, title);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut writer = writer::Writer::default();
    for event in Parser::new_ext(body, options) {
        writer.take(event);
        if writer.len() > MAX {
            break; // the caller refuses it
        }
    }
    writer.end()
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
mod tests;
