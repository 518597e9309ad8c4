//! Writes blocks from the parser's events. A stack instead of recursion, so that no text is too deep; what WordPress
//! cannot hold (a table in a list item, a seventh level) is flattened.

use super::page::Page;
use super::text;
use super::words::{self, Left};
use pulldown_cmark::{Alignment, Event, Parser, Tag, TagEnd, TextMergeStream};

/// Lists and quotes deeper than this are flattened: the text stays, the box goes.
const DEEPEST: usize = 6;

/// What is open.
pub(super) enum Open {
    /// A block with its closing text; `from` is where its content begins.
    Block {
        start: usize,
        from: usize,
        close: String,
    },
    /// A list that is written as one.
    List {
        close: &'static str,
    },
    /// An item of a written list; after a nested list no text may follow in the same item.
    Item {
        sealed: bool,
    },
    /// A quote that is written as one.
    Quote,
    Table {
        columns: Vec<Alignment>,
        column: usize,
        body: bool,
    },
    /// Closing text of something within a line.
    Span(&'static str),
    /// The same by a tag in the Markdown; it ends at the latest with what it stands in.
    Tag(&'static str),
    /// A link: its address, and where its words begin.
    Link {
        address: String,
        from: usize,
    },
    /// A picture: its address, its alternative text as it comes, and its caption.
    Picture {
        address: Option<String>,
        alt: String,
        caption: String,
    },
    /// Raw HTML, as it comes.
    Html(String),
    /// Code in a list item, as it comes.
    Lines(String),
    /// A footnote: its label, and what was written before it.
    Note {
        label: String,
        outer: String,
    },
    /// Something flattened.
    Flat,
}

#[derive(Default)]
pub(super) struct Writer<'p> {
    pub(super) out: String,
    pub(super) open: Vec<Open>,
    /// How many items and footnotes, how many lists and quotes, and how many quotes of them are open.
    items: usize,
    boxes: usize,
    quotes: usize,
    /// Blocks that stand below the one they came in.
    pub(super) pictures: Vec<String>,
    /// The stored post that references lead to, those of its blocks that stand below, and the references that lead nowhere.
    pub(super) page: Option<&'p Page<'p>>,
    pub(super) kept: Vec<&'p str>,
    pub(super) lost: Vec<String>,
    /// Labels of footnotes in the order of their first mention, and the footnotes as they come.
    pub(super) labels: Vec<String>,
    pub(super) notes: Vec<(String, String)>,
    /// What was left out, how many links are open, and whether raw HTML is read as Markdown already.
    pub(super) left: Left,
    pub(super) links: usize,
    pub(super) in_html: bool,
}

impl<'p> Writer<'p> {
    pub(super) fn to(page: Option<&'p Page<'p>>) -> Self {
        Self { page, ..Self::default() }
    }

    /// Writes a Markdown text, up to the size that the caller refuses.
    pub(super) fn read(&mut self, markdown: &str) {
        for event in TextMergeStream::new(Parser::new_ext(markdown, super::OPTIONS)) {
            self.take(event);
            if self.out.len() > super::MAX {
                break;
            }
        }
    }

    fn take(&mut self, event: Event<'_>) {
        if self.collect(&event) {
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.close(tag),
            Event::Text(text) => self.text(&text),
            Event::InlineMath(formula) => self.formula(&formula, "$"),
            Event::DisplayMath(formula) => self.formula(&formula, "$$"),
            Event::Code(text) => self.say(&format!("<code>{}</code>", text::escape(&text))),
            Event::SoftBreak => self.say(" "),
            Event::HardBreak => self.say("<br>"),
            Event::InlineHtml(tag) => self.tag(&tag),
            Event::FootnoteReference(label) => self.mention(&label),
            Event::Html(html) => self.paragraphs(&html),
            Event::Rule if self.in_item() => self.left.note(words::FLAT),
            Event::Rule => self.block(
                "<!-- wp:separator -->\n<hr class=\"wp-block-separator has-alpha-channel-opacity\"/>\n<!-- /wp:separator -->",
            ),
            Event::TaskListMarker(done) => self.say(if done { "☑ " } else { "☐ " }),
        }
    }

    /// Closes everything that is still open.
    pub(super) fn end(&mut self) {
        while !self.open.is_empty() {
            self.close_last();
        }
        self.hang();
        self.write_notes();
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.open_block("<!-- wp:paragraph -->\n<p>", "</p>\n<!-- /wp:paragraph -->"),
            Tag::Heading { level, id, .. } => self.open_heading(level as usize, id.as_deref()),
            Tag::CodeBlock(_) if self.in_item() => self.push(Open::Lines(String::new())),
            Tag::CodeBlock(kind) => self.open_code(&kind),
            Tag::FootnoteDefinition(label) => {
                let outer = std::mem::take(&mut self.out);
                self.push(Open::Note { label: label.to_string(), outer });
            }
            Tag::BlockQuote(_) => self.open_quote(),
            Tag::List(first) => self.open_list(first),
            Tag::Item => self.open_item(),
            Tag::Table(columns) => self.open_table(columns),
            Tag::TableHead => self.table(|_| "<thead><tr>"),
            Tag::TableRow => self.table(|body| if std::mem::replace(body, true) { "<tr>" } else { "<tbody><tr>" }),
            Tag::TableCell => self.open_cell(),
            Tag::Emphasis => self.span("<em>", "</em>"),
            Tag::Strong => self.span("<strong>", "</strong>"),
            Tag::Strikethrough => self.span("<s>", "</s>"),
            Tag::Link { link_type, dest_url, title, .. } => self.open_link(link_type, &dest_url, &title),
            Tag::Image { dest_url, title, .. } => {
                let address = text::picture(&dest_url);
                self.push(Open::Picture { address, alt: String::new(), caption: title.to_string() });
            }
            Tag::HtmlBlock => self.push(Open::Html(String::new())),
            _ => self.push(Open::Flat),
        }
    }

    fn close(&mut self, tag: TagEnd) {
        while let Some(Open::Tag(_)) = self.open.last() {
            self.close_last();
        }
        match tag {
            TagEnd::TableHead => self.end_row("</tr></thead>"),
            TagEnd::TableRow => self.end_row("</tr>"),
            _ => self.close_last(),
        }
    }

    pub(super) fn close_last(&mut self) {
        let last = self.open.pop();
        self.count(last.as_ref(), usize::wrapping_sub);
        match last {
            Some(Open::Block { start, from, close }) => self.close_block(start, from, &close),
            Some(Open::List { close }) => self.out.push_str(close),
            Some(Open::Item { .. }) => {
                self.out.truncate(self.out.trim_end_matches(' ').len());
                self.out.push_str("</li>\n<!-- /wp:list-item -->");
            }
            Some(Open::Quote) => self.out.push_str("</blockquote>\n<!-- /wp:quote -->"),
            Some(Open::Table { body, .. }) => {
                self.out.push_str(if body { "</tbody></table></figure>" } else { "</table></figure>" });
                self.out.push_str("\n<!-- /wp:table -->");
            }
            Some(Open::Span(close) | Open::Tag(close)) => self.out.push_str(close),
            Some(Open::Link { from, .. }) if self.out.len() == from => {
                self.out.truncate(self.out.rfind("<a ").unwrap_or(from)); // only a picture was in it
            }
            Some(Open::Link { .. }) => self.out.push_str("</a>"),
            Some(Open::Picture { address: Some(address), alt, caption }) => self.picture(&address, &alt, &caption),
            Some(Open::Picture { address: None, alt, .. }) => {
                self.left.note(words::PICTURE);
                self.say(&text::escape(&alt));
            }
            Some(Open::Html(html)) => self.paragraphs(&html),
            Some(Open::Lines(code)) => self.code_lines(&code),
            Some(Open::Note { label, outer }) => {
                let note = std::mem::replace(&mut self.out, outer);
                self.notes.push((label, note));
            }
            Some(Open::Flat) | None => {}
        }
        self.hang();
    }

    fn close_block(&mut self, start: usize, from: usize, close: &str) {
        if self.out[from..].trim().is_empty() {
            return self.out.truncate(start); // only a picture was in it
        }
        if close.starts_with("</code>") {
            self.out.truncate(self.out.trim_end_matches('\n').len());
        } else {
            let words = self.out.split_off(from);
            self.out.push_str(words.trim_matches(' ')); // blanks beside a picture that hangs below
        }
        self.out.push_str(close);
    }

    pub(super) fn push(&mut self, open: Open) {
        self.count(Some(&open), usize::wrapping_add);
        self.open.push(open);
    }

    /// Counted, not searched: a text may open a hundred thousand things.
    fn count(&mut self, open: Option<&Open>, step: fn(usize, usize) -> usize) {
        match open {
            Some(Open::Item { .. } | Open::Note { .. }) => self.items = step(self.items, 1),
            Some(Open::List { .. }) => self.boxes = step(self.boxes, 1),
            Some(Open::Link { .. }) => self.links = step(self.links, 1),
            Some(Open::Quote) => {
                self.boxes = step(self.boxes, 1);
                self.quotes = step(self.quotes, 1);
            }
            _ => {}
        }
    }

    pub(super) fn in_item(&self) -> bool {
        self.items > 0
    }

    pub(super) fn in_quotes_only(&self) -> bool {
        self.open.len() == self.quotes
    }

    pub(super) fn is_deepest(&self) -> bool {
        self.boxes >= DEEPEST
    }

    /// A blank line between blocks of one container.
    pub(super) fn apart(&mut self) {
        if self.out.ends_with("-->") {
            self.out.push_str("\n\n");
        }
    }

    pub(super) fn block(&mut self, html: &str) {
        self.apart();
        self.out.push_str(html);
    }

    pub(super) fn open_block(&mut self, open: &str, close: &str) {
        if self.in_item() {
            self.line_break();
            self.push(Open::Flat);
            return;
        }
        let start = self.out.len();
        self.block(open);
        self.push(Open::Block { start, from: self.out.len(), close: close.to_owned() });
    }
}
