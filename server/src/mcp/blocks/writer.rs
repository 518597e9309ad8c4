//! Writes blocks from the parser's events. A stack instead of recursion, so that no text is too deep; what WordPress
//! cannot hold (code in a list item, a seventh level) is flattened.

use super::text;
use pulldown_cmark::{Alignment, Event, HeadingLevel, LinkType, Tag, TagEnd};

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
    /// A picture: its address, and its alternative text as it comes.
    Picture {
        address: Option<String>,
        alt: String,
    },
    /// Raw HTML, as it comes.
    Html(String),
    /// Something flattened.
    Flat,
}

#[derive(Default)]
pub(super) struct Writer {
    pub(super) out: String,
    pub(super) open: Vec<Open>,
    /// How many items, how many lists and quotes, and how many quotes of them are open.
    items: usize,
    boxes: usize,
    quotes: usize,
    pub(super) pictures: Vec<(String, String)>,
}

impl Writer {
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    pub(super) fn take(&mut self, event: Event<'_>) {
        if self.collect(&event) {
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.close(tag),
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.say(&text::escape(&text)),
            Event::Code(text) => self.say(&format!("<code>{}</code>", text::escape(&text))),
            Event::SoftBreak => self.say(" "),
            Event::HardBreak => self.say("<br>"),
            Event::InlineHtml(tag) if is_break(&tag) => self.say("<br>"),
            Event::InlineHtml(_) | Event::FootnoteReference(_) => {}
            Event::Html(html) => self.paragraphs(&html),
            Event::Rule if self.in_item() => {}
            Event::Rule => self.block(
                "<!-- wp:separator -->\n<hr class=\"wp-block-separator has-alpha-channel-opacity\"/>\n<!-- /wp:separator -->",
            ),
            Event::TaskListMarker(done) => self.say(if done { "☑ " } else { "☐ " }),
        }
    }

    /// All blocks, with everything closed that was still open.
    pub(super) fn end(mut self) -> String {
        while !self.open.is_empty() {
            self.close_last();
        }
        self.hang_pictures();
        self.out
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.open_block("<!-- wp:paragraph -->\n<p>", "</p>\n<!-- /wp:paragraph -->"),
            Tag::Heading { level, .. } => self.open_heading(level),
            Tag::CodeBlock(_) if self.in_item() => {
                self.line_break();
                self.span("<code>", "</code>");
            }
            Tag::CodeBlock(_) => self.open_block(
                "<!-- wp:code -->\n<pre class=\"wp-block-code\"><code>",
                "</code></pre>\n<!-- /wp:code -->",
            ),
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
            Tag::Link { link_type, dest_url, .. } => self.open_link(link_type, &dest_url),
            Tag::Image { dest_url, .. } => {
                self.push(Open::Picture { address: text::picture(&dest_url), alt: String::new() });
            }
            Tag::HtmlBlock => self.push(Open::Html(String::new())),
            _ => self.push(Open::Flat),
        }
    }

    fn close(&mut self, tag: TagEnd) {
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
            Some(Open::Block { start, from, close }) => {
                if self.out[from..].trim().is_empty() {
                    self.out.truncate(start); // only a picture was in it
                } else {
                    if close.starts_with("</code>") {
                        self.out.truncate(self.out.trim_end_matches('\n').len());
                    }
                    self.out.push_str(&close);
                }
            }
            Some(Open::List { close }) => self.out.push_str(close),
            Some(Open::Item { .. }) => self.out.push_str("</li>\n<!-- /wp:list-item -->"),
            Some(Open::Quote) => self.out.push_str("</blockquote>\n<!-- /wp:quote -->"),
            Some(Open::Table { body, .. }) => {
                self.out.push_str(if body { "</tbody>" } else { "" });
                self.out.push_str("</table></figure>\n<!-- /wp:table -->");
            }
            Some(Open::Span(close)) => self.out.push_str(close),
            Some(Open::Picture { address: Some(address), alt }) => self.pictures.push((address, alt)),
            Some(Open::Picture { address: None, alt }) => self.say(&text::escape(&alt)),
            Some(Open::Html(html)) => self.paragraphs(&html),
            Some(Open::Flat) | None => {}
        }
        if self.open.len() == self.quotes {
            self.hang_pictures();
        }
    }

    pub(super) fn push(&mut self, open: Open) {
        self.count(Some(&open), usize::wrapping_add);
        self.open.push(open);
    }

    /// Counted, not searched: a text may open a hundred thousand things.
    fn count(&mut self, open: Option<&Open>, step: fn(usize, usize) -> usize) {
        match open {
            Some(Open::Item { .. }) => self.items = step(self.items, 1),
            Some(Open::List { .. }) => self.boxes = step(self.boxes, 1),
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

    pub(super) fn is_deepest(&self) -> bool {
        self.boxes >= DEEPEST
    }

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
        if !self.out.ends_with("<li>") && !self.out.ends_with("<br>") {
            self.out.push_str("<br>");
        }
    }

    fn span(&mut self, open: &str, close: &'static str) {
        if let Some(Open::Picture { .. }) = self.open.last() {
            self.push(Open::Flat);
            return;
        }
        self.say(open);
        self.push(Open::Span(close));
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

    /// Level 1 is the page's title, so the text begins at 2.
    fn open_heading(&mut self, level: HeadingLevel) {
        if self.in_item() {
            self.line_break();
            return self.span("<strong>", "</strong>");
        }
        let level = (level as usize).max(2);
        let attributes = if level == 2 { String::new() } else { format!("{{\"level\":{level}}} ") };
        self.open_block(
            &format!("<!-- wp:heading {attributes}-->\n<h{level} class=\"wp-block-heading\">"),
            &format!("</h{level}>\n<!-- /wp:heading -->"),
        );
    }

    fn open_link(&mut self, kind: LinkType, address: &str) {
        let address = if kind == LinkType::Email { format!("mailto:{address}") } else { address.to_owned() };
        match text::link(&address) {
            Some(address) => self.span(&format!("<a href=\"{address}\">"), "</a>"),
            None => self.push(Open::Flat),
        }
    }
}

fn is_break(tag: &str) -> bool {
    let name = tag.trim_matches(['<', '>', '/', ' ']);
    name.eq_ignore_ascii_case("br")
}
