//! Reads the HTML of blocks as Markdown. Tags become the events that a Markdown parser would have given, and a library
//! writes those down, with all escapes. It need not know every tag: whoever asks compares what comes of the Markdown with
//! what was read (`page`).

use super::tokens::{Token, words};
use super::{OPTIONS, page};
use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, LinkType, Tag, TagEnd};
use pulldown_cmark_to_cmark::{Options, cmark_with_options};
use std::collections::BTreeMap;

/// The Markdown for some HTML. `plain` writes emphasis as tags: `**` beside letters does not always mean what it should.
pub(super) fn markdown(tokens: &[Token], plain: bool) -> Option<String> {
    let mut reader = Reader { tokens, at: 0, plain, events: Vec::new(), open: Vec::new() };
    while let Some(token) = reader.tokens.get(reader.at) {
        reader.at += 1;
        reader.take(token);
        if reader.open.len() > DEEPEST {
            return None;
        }
    }
    reader.close_to(0);
    let mut text = String::new();
    let options = Options {
        list_token: '-',
        increment_ordered_list_bullets: true,
        code_block_token_count: 3,
        ..Options::default()
    };
    cmark_with_options(reader.events.iter(), &mut text, OPTIONS, options).ok()?;
    let mut text = text.trim_end().trim_start_matches('\n');
    while let Some(rest) = text.strip_prefix(" > \n") {
        text = rest; // the library begins quotes and code with an empty line
    }
    Some(text.to_owned())
}

/// Most tags that are open at once. Each line of a nested list repeats the indentation of all of them.
const DEEPEST: usize = 40;
/// A paragraph that no tag asked for.
const IMPLIED: &str = "(paragraph)";
/// Tags whose content is blocks, so that words in them are a paragraph.
const BOXES: [&str; 6] = ["ul", "ol", "blockquote", "table", "tr", "note"];

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
    plain: bool,
    events: Vec<Event<'t>>,
    /// Tags that are open, with the event that closes them.
    open: Vec<(&'t str, TagEnd)>,
}

type Attributes = BTreeMap<String, String>;

impl<'t> Reader<'t> {
    fn take(&mut self, token: &'t Token) {
        match token {
            Token::Open { name, attributes } => self.tag(name, attributes),
            Token::Close(name) => self.close(name),
            Token::Text(text) => self.text(text),
            Token::Comment(_) | Token::Block { .. } => {}
        }
    }

    fn tag(&mut self, name: &'t str, attributes: &'t Attributes) {
        let has = |key: &str| attributes.get(key).map_or("", String::as_str);
        match name {
            "p" => self.paragraph(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = HeadingLevel::try_from(usize::from(name.as_bytes()[1] - b'0')).unwrap_or(HeadingLevel::H2);
                let id = attributes.get("id").map(|id| id.as_str().into());
                self.begin(name, Tag::Heading { level, id, classes: Vec::new(), attrs: Vec::new() });
            }
            "ul" => self.begin(name, Tag::List(None)),
            "ol" => self.begin(name, Tag::List(Some(has("start").parse().unwrap_or(1)))),
            "li" => self.begin(name, Tag::Item),
            "blockquote" => self.begin(name, Tag::BlockQuote(None::<BlockQuoteKind>)),
            "pre" => self.code(attributes),
            "table" => self.table(),
            "tr" | "th" | "td" => self.row(name),
            "hr" => {
                self.end_implied();
                self.events.push(Event::Rule);
            }
            "figure" | "div" | "section" => self.end_implied(),
            "figcaption" | "script" | "style" => self.at = self.end_of(name) + 1,
            "img" => self.picture(attributes),
            "a" => self.link(has("href"), has("title")),
            "strong" | "b" => self.span(name, "<strong>", Tag::Strong),
            "em" | "i" => self.span(name, "<em>", Tag::Emphasis),
            "s" | "del" | "strike" => self.span(name, "<s>", Tag::Strikethrough),
            "sup" | "sub" | "kbd" | "mark" | "code" | "br" => self.inline_tag(name),
            _ => {}
        }
    }

    /// Begins a block.
    fn begin(&mut self, name: &'t str, tag: Tag<'t>) {
        self.end_implied();
        self.push(name, tag);
    }

    fn push(&mut self, name: &'t str, tag: Tag<'t>) {
        self.open.push((name, tag.to_end()));
        self.events.push(Event::Start(tag));
    }

    fn end_implied(&mut self) {
        if let Some(at) = self.open.iter().rposition(|(name, _)| *name == IMPLIED) {
            self.close_to(at);
        }
    }

    /// Sees that words may follow.
    fn inline(&mut self) {
        if self.open.last().is_none_or(|(name, _)| BOXES.contains(name)) {
            self.push(IMPLIED, Tag::Paragraph);
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(at) = self.open.iter().rposition(|(open, _)| *open == name) {
            let note = at > 0 && name == "p" && self.open[at - 1].0 == "note";
            self.close_to(at - usize::from(note));
        } else if matches!(name, "sup" | "sub" | "kbd" | "mark" | "code")
            || self.plain && super::strays::is_inline(name)
        {
            let tag = match name {
                "b" => "strong",
                "i" => "em",
                "del" | "strike" => "s",
                _ => name,
            };
            self.events.push(Event::InlineHtml(format!("</{tag}>").into()));
        }
    }

    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            if let Some((_, end)) = self.open.pop() {
                self.events.push(Event::End(end));
            }
        }
    }

    fn text(&mut self, text: &'t str) {
        let loose = self.open.last().is_none_or(|(name, _)| BOXES.contains(name));
        if loose && text.trim_ascii().is_empty() {
            return;
        }
        self.inline();
        let task =
            [("☐ ", false), ("☑ ", true)].into_iter().find_map(|(mark, done)| Some((text.strip_prefix(mark)?, done)));
        match (self.events.last(), task) {
            (Some(Event::Start(Tag::Item)), Some((rest, done))) => {
                self.events.push(Event::TaskListMarker(done));
                self.events.push(Event::Text(rest.into()));
            }
            _ => self.words(text),
        }
    }

    /// Text with formulas, which are Markdown's own: signs in them are not escaped.
    fn words(&mut self, text: &'t str) {
        let mut rest = text;
        while let Some((from, to, sign)) = super::words::formula(rest) {
            let inside = &rest[from + sign..to - sign];
            self.events.push(Event::Text(rest[..from].into()));
            self.events.push(match sign {
                1 => Event::InlineMath(inside.into()),
                _ => Event::DisplayMath(inside.into()),
            });
            rest = &rest[to..];
        }
        self.events.push(Event::Text(rest.into()));
    }

    /// Where the tag that is open now closes.
    fn end_of(&self, name: &str) -> usize {
        let rest = &self.tokens[self.at..];
        self.at + rest.iter().position(|token| token.closes(name)).unwrap_or(rest.len())
    }

    fn paragraph(&mut self) {
        let here = &self.tokens[self.at - 1..];
        let Some(number) = page::note(&here[..1]) else { return self.begin("p", Tag::Paragraph) };
        self.begin("note", Tag::FootnoteDefinition(number.into()));
        self.push("p", Tag::Paragraph);
        // Its own number, which Markdown writes by itself.
        if let [_, sup, Token::Text(own), end, Token::Text(text), ..] = here
            && sup.opens("sup")
            && end.closes("sup")
            && own == number
        {
            self.at += 4;
            self.events.push(Event::Text(text.strip_prefix(' ').unwrap_or(text).into()));
        }
    }

    fn code(&mut self, attributes: &'t Attributes) {
        self.end_implied();
        let end = self.end_of("pre");
        let text = self.tokens[self.at..end].iter().filter_map(|token| match token {
            Token::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let text: String = text.collect::<String>() + "\n";
        let classes = attributes.get("class").map_or("", String::as_str);
        let language = classes.split(' ').find_map(|class| class.strip_prefix("language-")).unwrap_or_default();
        let tag = Tag::CodeBlock(CodeBlockKind::Fenced(language.into()));
        let close = tag.to_end();
        self.events.extend([Event::Start(tag), Event::Text(text.into()), Event::End(close)]);
        self.at = (end + 1).min(self.tokens.len());
    }

    fn table(&mut self) {
        let end = self.end_of("tr");
        let cells = self.tokens[self.at..end].iter().filter_map(|token| match token {
            Token::Open { name, attributes } if name == "th" || name == "td" => Some(attributes),
            _ => None,
        });
        let align = |cell: &Attributes| match cell.get("data-align").map(String::as_str) {
            Some("left") => Alignment::Left,
            Some("center") => Alignment::Center,
            Some("right") => Alignment::Right,
            _ => Alignment::None,
        };
        let columns = cells.map(align).collect();
        self.begin("table", Tag::Table(columns));
    }

    fn row(&mut self, name: &'t str) {
        let first = matches!(self.events.last(), Some(Event::Start(Tag::Table(_))));
        match name {
            _ if !self.open.iter().any(|(open, _)| *open == "table") => {}
            "tr" if first => self.begin(name, Tag::TableHead),
            "tr" => self.begin(name, Tag::TableRow),
            _ => self.begin(name, Tag::TableCell),
        }
    }

    fn picture(&mut self, attributes: &'t Attributes) {
        self.inline();
        let has = |key: &str| attributes.get(key).map_or("", String::as_str);
        let caption = self.tokens[self.at..].iter().take_while(|token| !token.closes("figure") && !token.opens("img"));
        let caption = caption.skip_while(|token| !token.opens("figcaption")).cloned().collect::<Vec<_>>();
        let tag = Tag::Image {
            link_type: LinkType::Inline,
            dest_url: has("src").into(),
            title: words(&caption).into(),
            id: "".into(),
        };
        let close = tag.to_end();
        self.events.extend([Event::Start(tag), Event::Text(has("alt").into()), Event::End(close)]);
    }

    fn link(&mut self, address: &'t str, title: &'t str) {
        self.inline();
        let alone =
            matches!(self.tokens.get(self.at), Some(Token::Text(text)) if text == address && address.contains("://"));
        let link_type = if alone && title.is_empty() { LinkType::Autolink } else { LinkType::Inline };
        self.push("a", Tag::Link { link_type, dest_url: address.into(), title: title.into(), id: "".into() });
    }

    fn span(&mut self, name: &'t str, html: &'static str, tag: Tag<'t>) {
        self.inline();
        match self.plain {
            true => self.events.push(Event::InlineHtml(html.into())),
            false => self.push(name, tag),
        }
    }

    /// What Markdown has no signs for, and code and mentions of footnotes, for which it has.
    fn inline_tag(&mut self, name: &'t str) {
        self.inline();
        let event = match (name, &self.tokens[self.at..]) {
            ("code", [Token::Text(code), end, ..]) if end.closes("code") => {
                self.at += 2;
                Event::Code(code.as_str().into())
            }
            ("sup", [link @ Token::Open { attributes, .. }, Token::Text(number), end, up, ..])
                if link.opens("a")
                    && end.closes("a")
                    && up.closes("sup")
                    && attributes.get("href").is_some_and(|to| *to == format!("#fn-{number}")) =>
            {
                self.at += 4;
                Event::FootnoteReference(number.as_str().into())
            }
            _ => Event::InlineHtml(format!("<{name}>").into()),
        };
        self.events.push(event);
    }
}
