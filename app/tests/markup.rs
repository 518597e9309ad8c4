//! Somebody's words stay words: on every page in every state, markup and quotes in any text that the portal tells make
//! neither an element nor an attribute, and are shown as they are.

#[path = "../examples/gallery/data.rs"]
mod data;
#[path = "../examples/gallery/house.rs"]
mod house;
#[path = "../examples/gallery/logs.rs"]
mod logs;
#[path = "../examples/gallery/marks.rs"]
mod marks;
#[path = "../examples/gallery/page.rs"]
mod page;
#[path = "../examples/gallery/people.rs"]
mod people;
#[path = "../examples/gallery/scenes.rs"]
mod scenes;
#[path = "../examples/gallery/steps.rs"]
mod steps;
#[path = "../examples/gallery/tokens.rs"]
mod tokens;

use html5ever::tokenizer::{BufferQueue, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::cell::RefCell;

/// What a browser would make of a page: text in one piece, and tags that should not be there.
#[derive(Default)]
struct Seen {
    text: RefCell<String>,
    foreign: RefCell<Vec<String>>,
}

impl TokenSink for Seen {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => {
                let marked = tag.name.contains("slipway-mark");
                if marked || tag.attrs.iter().any(|one| one.name.local.contains("slipway-mark")) {
                    self.foreign.borrow_mut().push(format!("{tag:?}"));
                }
            }
            Token::CharacterTokens(text) => self.text.borrow_mut().push_str(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn seen(html: &str) -> Seen {
    let input = BufferQueue::default();
    input.push_back(html.into());
    let reader = Tokenizer::new(Seen::default(), TokenizerOpts::default());
    let _ = reader.feed(&input);
    reader.end();
    reader.sink
}

#[test]
fn words_stay_words_on_every_page() {
    any_spawner::Executor::init_futures_executor().expect("nobody did before");
    let (mut wrong, mut shown) = (Vec::new(), 0);
    for mut scene in scenes::scenes() {
        scene.marked = true;
        if let Some(me) = &mut scene.who {
            me.name.push_str(marks::MARK);
            me.email.push_str(marks::MARK);
        }
        let name = scene.name;
        let seen = seen(&futures::executor::block_on(page::page(scene, "light")));
        shown += seen.text.borrow().matches(marks::MARK).count();
        wrong.extend(seen.foreign.borrow().iter().map(|tag| format!("{name}: {tag}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(shown > 500, "the words are shown as they are, not left out: {shown}");
}
