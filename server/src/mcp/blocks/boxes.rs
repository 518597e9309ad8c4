//! How blocks and links begin: headings, code, and those that hold others: quotes, lists with their items, and tables.

use super::text;
use super::words;
use super::writer::{Open, Writer};
use pulldown_cmark::{Alignment, CodeBlockKind, LinkType};

impl Writer<'_> {
    pub(super) fn open_quote(&mut self) {
        if self.in_item() || self.is_deepest() {
            self.left.note(if self.is_deepest() { words::DEEP } else { words::FLAT });
            self.push(Open::Flat);
            return;
        }
        self.block("<!-- wp:quote -->\n<blockquote class=\"wp-block-quote\">");
        self.push(Open::Quote);
    }

    pub(super) fn open_list(&mut self, first: Option<u64>) {
        let direct = matches!(self.open.last(), None | Some(Open::Quote | Open::Item { .. }));
        if self.is_deepest() || !direct {
            self.left.note(words::DEEP);
            self.push(Open::Flat);
            return;
        }
        match self.open.last_mut() {
            Some(Open::Item { sealed }) => *sealed = true,
            _ => self.apart(),
        }
        let (open, close) = match first {
            None => ("<!-- wp:list -->\n<ul class=\"wp-block-list\">".to_owned(), "</ul>\n<!-- /wp:list -->"),
            Some(0 | 1) => {
                let open = "<!-- wp:list {\"ordered\":true} -->\n<ol class=\"wp-block-list\">";
                (open.to_owned(), "</ol>\n<!-- /wp:list -->")
            }
            Some(n) => {
                let open = format!(
                    "<!-- wp:list {{\"ordered\":true,\"start\":{n}}} -->\n<ol start=\"{n}\" class=\"wp-block-list\">"
                );
                (open, "</ol>\n<!-- /wp:list -->")
            }
        };
        if self.out.ends_with("-->") {
            self.out.push_str("\n\n");
        }
        self.out.push_str(&open);
        self.push(Open::List { close });
    }

    pub(super) fn open_item(&mut self) {
        if let Some(Open::List { .. }) = self.open.last() {
            self.block("<!-- wp:list-item -->\n<li>");
            self.push(Open::Item { sealed: false });
        } else {
            self.line_break();
            self.say("– ");
            self.push(Open::Flat);
        }
    }

    pub(super) fn open_table(&mut self, columns: Vec<Alignment>) {
        if self.in_item() {
            self.left.note(words::FLAT);
            self.push(Open::Flat);
            return;
        }
        self.block("<!-- wp:table {\"hasFixedLayout\":false} -->\n<figure class=\"wp-block-table\"><table>");
        self.push(Open::Table { columns, column: 0, body: false });
    }

    /// Rows of a written table; in a flattened one they become lines.
    pub(super) fn table(&mut self, tag: impl FnOnce(&mut bool) -> &'static str) {
        if let Some(Open::Table { column, body, .. }) = self.open.last_mut() {
            *column = 0;
            let tag = tag(body);
            self.out.push_str(tag);
        } else {
            self.line_break();
        }
    }

    pub(super) fn end_row(&mut self, tag: &str) {
        if let Some(Open::Table { .. }) = self.open.last() {
            self.out.push_str(tag);
        }
    }

    pub(super) fn open_cell(&mut self) {
        let Some(Open::Table { columns, column, body }) = self.open.last_mut() else {
            if !self.out.ends_with("<br>") && !self.out.ends_with("<li>") {
                self.say(" | ");
            }
            return self.push(Open::Flat);
        };
        let align = match columns.get(*column) {
            Some(Alignment::Left) => Some("left"),
            Some(Alignment::Center) => Some("center"),
            Some(Alignment::Right) => Some("right"),
            _ => None,
        };
        *column += 1;
        let (name, close) = if *body { ("td", "</td>") } else { ("th", "</th>") };
        let align = align.map(|a| format!(" class=\"has-text-align-{a}\" data-align=\"{a}\"")).unwrap_or_default();
        self.out.push_str(&format!("<{name}{align}>"));
        self.push(Open::Span(close));
    }

    /// Level 1 is the page's title, so the text begins at 2.
    pub(super) fn open_heading(&mut self, level: usize, id: Option<&str>) {
        if self.in_item() {
            self.left.note(words::FLAT);
            self.line_break();
            return self.span("<strong>", "</strong>");
        }
        let level = level.max(2);
        let attributes = if level == 2 { String::new() } else { format!("{{\"level\":{level}}} ") };
        let id = id.map(text::name).filter(|id| !id.is_empty()).map(|id| format!(" id=\"{id}\"")).unwrap_or_default();
        self.open_block(
            &format!("<!-- wp:heading {attributes}-->\n<h{level} class=\"wp-block-heading\"{id}>"),
            &format!("</h{level}>\n<!-- /wp:heading -->"),
        );
    }

    /// The language is a class of the block, where scripts that colour code look for it.
    pub(super) fn open_code(&mut self, kind: &CodeBlockKind<'_>) {
        let language = match kind {
            CodeBlockKind::Fenced(info) => text::name(info.split_whitespace().next().unwrap_or_default()),
            CodeBlockKind::Indented => String::new(),
        };
        let (attributes, class) = match language.as_str() {
            "" => (String::new(), String::new()),
            _ => (format!("{{\"className\":\"language-{language}\"}} "), format!(" language-{language}")),
        };
        self.open_block(
            &format!("<!-- wp:code {attributes}-->\n<pre class=\"wp-block-code{class}\"><code>"),
            "</code></pre>\n<!-- /wp:code -->",
        );
    }

    pub(super) fn open_link(&mut self, kind: LinkType, address: &str, title: &str) {
        let address = if kind == LinkType::Email { format!("mailto:{address}") } else { address.to_owned() };
        let within = matches!(self.open.last(), Some(Open::Picture { .. }));
        let Some(address) = text::link(&address).filter(|_| !within) else {
            if !within {
                self.left.note(words::LINK);
            }
            return self.push(Open::Flat);
        };
        let title = if title.is_empty() { String::new() } else { format!(" title=\"{}\"", text::attribute(title)) };
        self.say(&format!("<a href=\"{address}\"{title}>"));
        self.push(Open::Link { address, from: self.out.len() });
    }
}
