//! What does not stand in line with the text: pictures and blocks carried over from the stored post, which hang below the
//! block they came in; footnotes, which stand at the end; and raw HTML, of which only the words and a few harmless tags stay.

use super::tokens::tokens;
use super::writer::{Open, Writer};
use super::{page, reader, text, words};
use pulldown_cmark::{Event, TagEnd};

/// Tags within a line that mean no more than their words do, with what is written for them. Without attributes.
const INLINE: [(&str, &str, &str); 11] = [
    ("strong", "<strong>", "</strong>"),
    ("b", "<strong>", "</strong>"),
    ("em", "<em>", "</em>"),
    ("i", "<em>", "</em>"),
    ("s", "<s>", "</s>"),
    ("del", "<s>", "</s>"),
    ("code", "<code>", "</code>"),
    ("sub", "<sub>", "</sub>"),
    ("sup", "<sup>", "</sup>"),
    ("kbd", "<kbd>", "</kbd>"),
    ("mark", "<mark>", "</mark>"),
];

/// Tags whose meaning is more than their words.
const STRUCTURE: [&str; 16] =
    ["h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table", "img", "a", "strong", "em", "code"];

/// Whether a tag stands within a line.
pub(super) fn is_inline(name: &str) -> bool {
    matches!(name, "a" | "span") || INLINE.iter().any(|(one, ..)| *one == name)
}

impl Writer<'_> {
    /// Pictures and raw HTML take their content in themselves.
    pub(super) fn collect(&mut self, event: &Event<'_>) -> bool {
        match (self.open.last_mut(), event) {
            (Some(Open::Picture { .. }), Event::End(TagEnd::Image)) => false,
            (Some(Open::Picture { alt, .. }), Event::Text(text) | Event::Code(text)) => {
                alt.push_str(text);
                true
            }
            (Some(Open::Picture { alt, .. }), Event::SoftBreak | Event::HardBreak) => {
                alt.push(' ');
                true
            }
            (Some(Open::Html(_)), Event::End(TagEnd::HtmlBlock))
            | (Some(Open::Lines(_)), Event::End(TagEnd::CodeBlock)) => false,
            (Some(Open::Lines(code)), Event::Text(more)) => {
                code.push_str(more);
                true
            }
            (Some(Open::Html(html)), Event::Html(more) | Event::Text(more) | Event::InlineHtml(more)) => {
                html.push_str(more);
                true
            }
            _ => false,
        }
    }

    /// A tag within a line. What is none of ours is left out.
    pub(super) fn tag(&mut self, html: &str) {
        if let Some(Open::Picture { .. }) = self.open.last() {
            return;
        }
        if html.starts_with("<!--") {
            return self.keep(html);
        }
        let name = html.trim_matches(['<', '>', '/', ' ']).to_ascii_lowercase();
        if name == "br" {
            return self.say("<br>");
        }
        let Some((_, open, close)) = INLINE.iter().find(|(one, ..)| *one == name) else {
            let link = name == "a" || name.starts_with("a ") || name.starts_with("img");
            return self.left.note(if link { words::HTML_LINK } else { words::HTML });
        };
        if !html.starts_with("</") {
            self.say(open);
            self.push(Open::Tag(close));
        } else if matches!(self.open.last(), Some(Open::Tag(last)) if last == close) {
            self.close_last();
        }
    }

    /// A reference to a block of the stored post: the block itself, below the one that it came in.
    fn keep(&mut self, comment: &str) {
        let Some(reference) = page::reference(comment) else { return };
        match self.page.map(|page| page.kept(&reference)) {
            Some(Some(raw)) => self.kept.push(raw),
            Some(None) => self.lost.push(reference.said),
            None => {}
        }
    }

    /// What raw HTML says in Markdown, and the references in it.
    pub(super) fn paragraphs(&mut self, html: &str) {
        let mut rest = html;
        while let Some((begin, end)) = page::find_reference(rest) {
            self.structure(&rest[..begin]);
            self.keep(&rest[begin..end]);
            self.hang();
            rest = &rest[end..];
        }
        self.structure(rest);
    }

    /// Headings, lists, tables and the like stay what they are; all else is words. Markdown that comes of HTML may hold some
    /// harmless tags again, of which only the words are taken.
    fn structure(&mut self, html: &str) {
        let all = tokens(html);
        let has = |tags: &[&str]| all.iter().any(|token| tags.iter().any(|tag| token.opens(tag)));
        if has(&["script", "style", "iframe", "object", "embed", "form"]) {
            self.left.note(words::SCRIPT);
        } else if all.iter().any(|token| token.is_tag()) {
            self.left.note(words::HTML);
        }
        let safe = !self.in_html && !has(&["script", "style", "template", "noscript", "iframe", "textarea", "title"]);
        let markdown = (safe && has(&STRUCTURE)).then(|| reader::markdown(&all, false)).flatten();
        let Some(markdown) = markdown else { return self.words(html) };
        self.in_html = true;
        self.read(&markdown);
        self.in_html = false;
    }

    /// The words of raw HTML, a paragraph each line.
    fn words(&mut self, html: &str) {
        for line in text::lines(html) {
            self.open_block("<!-- wp:paragraph -->\n<p>", "</p>\n<!-- /wp:paragraph -->");
            self.say(&text::escape(&line));
            self.close_last();
        }
    }

    /// Code in a list item, where WordPress has no block for it: each line by itself.
    pub(super) fn code_lines(&mut self, code: &str) {
        for line in code.trim_end_matches('\n').split('\n') {
            self.line_break();
            if line.trim().is_empty() {
                self.say("<br>");
            } else {
                self.say(&format!("<code>{}</code>", text::escape(line)));
            }
        }
    }

    /// A picture, with its link if it is all that the link holds.
    pub(super) fn picture(&mut self, address: &str, alt: &str, caption: &str) {
        let image = format!("<img src=\"{address}\" alt=\"{}\"/>", text::attribute(alt));
        let (attributes, image) = match self.open.last() {
            Some(Open::Link { address, from }) if *from == self.out.len() => {
                ("{\"linkDestination\":\"custom\"} ", format!("<a href=\"{address}\">{image}</a>"))
            }
            _ => ("", image),
        };
        let caption = match caption {
            "" => String::new(),
            words => format!("<figcaption class=\"wp-element-caption\">{}</figcaption>", text::escape(words)),
        };
        self.pictures.push(format!(
            "<!-- wp:image {attributes}-->\n<figure class=\"wp-block-image\">{image}{caption}</figure>\n<!-- /wp:image -->"
        ));
    }

    /// Writes what hangs: pictures below their block, also within a quote; whole blocks outside of everything.
    pub(super) fn hang(&mut self) {
        if self.in_quotes_only() {
            for picture in std::mem::take(&mut self.pictures) {
                self.block(&picture);
            }
        }
        if self.open.is_empty() {
            for raw in std::mem::take(&mut self.kept) {
                self.block(raw);
            }
        }
    }

    /// A mention of a footnote. Within a footnote it is words.
    pub(super) fn mention(&mut self, label: &str) {
        if self.open.iter().any(|open| matches!(open, Open::Note { .. })) {
            return self.say(&text::escape(&format!("[^{label}]")));
        }
        let number = self.labels.iter().position(|one| one == label).unwrap_or_else(|| {
            self.labels.push(label.to_owned());
            self.labels.len() - 1
        }) + 1;
        self.say(&format!("<sup><a href=\"#fn-{number}\">{number}</a></sup>"));
    }

    /// The footnotes, in the order in which they are mentioned.
    pub(super) fn write_notes(&mut self) {
        let mut notes = std::mem::take(&mut self.notes);
        let labels = std::mem::take(&mut self.labels);
        let place = |label: &String| labels.iter().position(|one| one == label);
        notes.sort_by_key(|(label, _)| place(label).unwrap_or(usize::MAX));
        let mut last = labels.len();
        for (label, note) in notes {
            let number = place(&label).map_or_else(
                || {
                    self.left.note(words::ORPHAN);
                    last += 1;
                    last
                },
                |at| at + 1,
            );
            self.apart();
            self.out.push_str(&format!(
                "<!-- wp:paragraph {{\"className\":\"footnote\"}} -->\n<p id=\"fn-{number}\" class=\"footnote\"><sup>{number}</sup> {note}</p>\n<!-- /wp:paragraph -->"
            ));
        }
    }
}
