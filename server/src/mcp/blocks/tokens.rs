//! HTML as a row of tokens, so that two spellings of one thing are equal: WordPress and its editor write `<br />` for
//! `<br>`, `&#91;` for `[`, attributes in another order, and block comments anew.

use super::grammar::{Mark, mark};
use super::text::JOINER;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, TagKind, Token as Html, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A piece of HTML.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Open {
        name: String,
        attributes: BTreeMap<String, String>,
    },
    Close(String),
    Text(String),
    /// Another comment. Markdown cannot say it, so what holds one is carried over as it is.
    Comment(String),
    /// A block comment. Empty attributes are none: WordPress writes `{}` anew as `[]`.
    Block {
        closes: bool,
        void: bool,
        name: String,
        attributes: Option<Value>,
    },
}

impl Token {
    pub(super) fn opens(&self, tag: &str) -> bool {
        matches!(self, Self::Open { name, .. } if name == tag)
    }

    pub(super) fn is_tag(&self) -> bool {
        matches!(self, Self::Open { .. })
    }

    pub(super) fn closes(&self, tag: &str) -> bool {
        matches!(self, Self::Close(name) if name == tag)
    }

    /// Without what keeps a bracket from being a shortcode.
    fn unjoined(self) -> Self {
        let plain = |text: String| if text.contains(JOINER) { text.replace(&format!("[{JOINER}"), "[") } else { text };
        match self {
            Self::Text(text) => Self::Text(plain(text)),
            Self::Open { name, attributes } => Self::Open {
                name,
                attributes: attributes.into_iter().map(|(key, value)| (key, plain(value))).collect(),
            },
            other => other,
        }
    }

    fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim_ascii().is_empty())
    }
}

/// The tokens of a piece of HTML, without the blanks around block comments.
pub(super) fn tokens(html: &str) -> Vec<Token> {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() });
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let all = tokenizer.sink.found.into_inner();
    let is_block = |at: Option<usize>| at.and_then(|at| all.get(at)).is_none_or(|t| matches!(t, Token::Block { .. }));
    let stays = |at: usize| !(all[at].is_blank() && (is_block(at.checked_sub(1)) || is_block(Some(at + 1))));
    (0..all.len()).filter(|at| stays(*at)).map(|at| all[at].clone().unjoined()).collect()
}

/// The same with a link that shows nothing but its own address as that address: such links are written for addresses that
/// stand in a text, and people type those without.
pub(super) fn compared(tokens: &[Token]) -> Vec<Token> {
    let mut all: Vec<Token> = Vec::new();
    let mut rest = tokens;
    while let Some((first, more)) = rest.split_first() {
        let text = match rest {
            [Token::Open { name, attributes }, Token::Text(text), end, ..]
                if name == "a" && attributes.len() == 1 && attributes.get("href") == Some(text) && end.closes("a") =>
            {
                rest = &rest[3..];
                Some(text)
            }
            _ => {
                rest = more;
                if let Token::Text(text) = first { Some(text) } else { None }
            }
        };
        match (text, all.last_mut()) {
            (Some(text), Some(Token::Text(before))) => before.push_str(text),
            (Some(text), _) => all.push(Token::Text(text.clone())),
            (None, _) => all.push(first.clone()),
        }
    }
    all
}

/// The words in a piece of HTML, as one line; of a picture its alternative text.
pub(super) fn words(tokens: &[Token]) -> String {
    let mut words = String::new();
    for token in tokens {
        match token {
            Token::Text(text) => words.push_str(text),
            Token::Open { attributes, .. } => {
                words.push(' ');
                words.push_str(attributes.get("alt").map_or("", String::as_str));
            }
            Token::Close(name) if !super::strays::is_inline(name) => words.push(' '),
            Token::Close(_) | Token::Comment(_) | Token::Block { .. } => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Sink {
    found: RefCell<Vec<Token>>,
    /// How many `<pre>` are open: there each line end counts.
    raw: RefCell<usize>,
}

impl Sink {
    fn text(&self, more: &str) {
        let more = if *self.raw.borrow() == 0 { more.replace('\n', " ") } else { more.to_owned() };
        if let Some(Token::Text(text)) = self.found.borrow_mut().last_mut() {
            return text.push_str(&more);
        }
        self.found.borrow_mut().push(Token::Text(more));
    }
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Html, _: u64) -> TokenSinkResult<()> {
        match token {
            Html::CharacterTokens(text) => self.text(&text),
            Html::TagToken(tag) => {
                let name = tag.name.to_string();
                let raw = *self.raw.borrow();
                let token = match tag.kind {
                    TagKind::StartTag => {
                        *self.raw.borrow_mut() = raw + usize::from(name == "pre");
                        let pairs = tag.attrs.iter().map(|a| (a.name.local.to_string(), a.value.to_string()));
                        Token::Open { name, attributes: pairs.collect() }
                    }
                    TagKind::EndTag => {
                        *self.raw.borrow_mut() = raw.saturating_sub(usize::from(name == "pre"));
                        Token::Close(name)
                    }
                };
                self.found.borrow_mut().push(token);
            }
            Html::CommentToken(comment) => {
                let token = mark(&comment).map_or_else(|| Token::Comment(comment.to_string()), |mark| block(&mark));
                self.found.borrow_mut().push(token);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn block(mark: &Mark<'_>) -> Token {
    let attributes = serde_json::from_str(mark.attributes).ok();
    let attributes = attributes.filter(|value: &Value| value.as_object().is_some_and(|map| !map.is_empty()));
    Token::Block { closes: mark.closes, void: mark.void, name: mark.name.to_owned(), attributes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_one_thing_are_equal() {
        for (one, two) in [
            ("<p>a<br>b &#91;c]</p>", "<p>a<br />b [c]</p>"),
            ("<img src=\"x\" alt=\"a &quot;b&quot;\"/>", "<img alt='a \"b\"' src='x' />"),
            ("<!-- wp:list {\"a\":1,\"b\":2} -->\n<ul>", "<!-- wp:core/list {\"b\": 2, \"a\": 1} --><ul>"),
            ("<!-- wp:separator {} /-->", "<!-- wp:separator /-->"),
            ("<p>one\ntwo</p>", "<p>one two</p>"),
        ] {
            assert_eq!(tokens(one), tokens(two));
        }
        for (one, two) in [
            ("<pre>a\nb</pre>", "<pre>a b</pre>"),
            ("<p class=\"x\">a</p>", "<p>a</p>"),
            ("<!-- wp:list -->", "<!-- wp:list {\"a\":1} -->"),
            ("<p>a<!-- one --></p>", "<p>a<!-- two --></p>"),
        ] {
            assert_ne!(tokens(one), tokens(two));
        }
        assert_eq!(words(&tokens("<p>One <b>t</b>wo<br>3</p><p>four<img alt=\"five\"></p>")), "One two 3 four five");
    }
}
