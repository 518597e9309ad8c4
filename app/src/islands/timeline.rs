//! The timeline, live: each event brings one step, already rendered, and replaces it. Buttons, an opened log and the
//! focus survive the change; a change of state is said once, politely.

use leptos::prelude::*;

/// Follows the tenant's events from the one after the newest that the page shows.
#[island]
pub fn LiveTimeline() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    live::follow();
}

#[cfg(feature = "hydrate")]
mod live {
    use crate::islands::dom::{attribute, by_id, find, later, now, on, parse, put, text};
    use std::{
        cell::{Cell, RefCell},
        rc::Rc,
    };
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event, EventSource, HtmlElement, MessageEvent};

    /// What is known between two connections.
    struct Feed {
        /// Where the events are, from the one after the newest that the page shows.
        url: String,
        /// Id of the newest batch that came in whole, empty before the first.
        last: RefCell<String>,
        /// Milliseconds until the next try, when the browser gave up.
        wait: Cell<i32>,
        /// Something arrived on this connection.
        heard: Cell<bool>,
        /// Streams arrive late or never, so the page asks every few seconds instead.
        asks: Cell<bool>,
        /// Somebody typed on this page, so it is not loaded again by itself.
        typed: Cell<bool>,
    }

    pub(super) fn follow() {
        let Some(url) = by_id("live").and_then(|live| live.get_attribute("data-events")) else { return };
        let feed = Rc::new(Feed {
            url,
            last: RefCell::default(),
            wait: Cell::new(2000),
            heard: Cell::default(),
            asks: Cell::default(),
            typed: Cell::default(),
        });
        let typing = Rc::clone(&feed);
        on(&leptos::prelude::document(), &["input"], move |_| typing.typed.set(true));
        connect(feed);
    }

    fn connect(feed: Rc<Feed>) {
        let Ok(source) = EventSource::new(&feed.next()) else { return };
        let open = source.clone();
        feed.heard.set(false);
        if !feed.asks.get() {
            let (again, mute) = (Rc::clone(&feed), source.clone());
            later(10_000, move || {
                if !again.heard.get() && mute.ready_state() != EventSource::CLOSED {
                    mute.close();
                    again.asks.set(true);
                    connect(again);
                }
            });
        }
        on(&source, &["open", "here", "step", "head", "settled", "standing_old", "error"], move |event| {
            heard(&feed, &open, &event)
        });
    }

    impl Feed {
        /// Where to go on. The last message of a batch alone carries an id, so a batch that was cut comes again.
        fn next(&self) -> String {
            let (last, base) = (self.last.borrow(), self.url.split('?').next().unwrap_or_default());
            let once = if self.asks.get() { "&once=true" } else { "" };
            if last.is_empty() { [&self.url, once].concat() } else { [base, "?after=", &last, once].concat() }
        }
    }

    fn heard(feed: &Rc<Feed>, source: &EventSource, event: &Event) {
        let kind = event.type_();
        if kind != "open" {
            feed.heard.set(true);
        }
        match kind.as_str() {
            "open" => {
                feed.wait.set(2000);
                say("ready", if feed.asks.get() { "Asking, last event " } else { "Live, last event " }, false);
            }
            "here" => {}
            "error" => {
                // An answer with an end looks like a broken stream; the browser comes again by itself.
                if !feed.asks.get() {
                    say("retrying", "Reconnecting, last update ", false);
                }
                if source.ready_state() == EventSource::CLOSED {
                    let (again, wait) = (Rc::clone(feed), (feed.wait.get() * 2).min(60_000));
                    feed.wait.set(wait);
                    later(wait, move || connect(again));
                }
            }
            "settled" => {
                source.close();
                later(400, || drop(leptos::prelude::window().location().reload()));
            }
            // The way by the sign-in service is a page's, and the page begins the stream anew.
            "standing_old" => {
                source.close();
                match feed.typed.get() {
                    true => say("retrying", "Reload the page to follow on, last update ", false),
                    false => drop(leptos::prelude::window().location().reload()),
                }
            }
            kind => message(feed, kind == "step", event.unchecked_ref()),
        }
    }

    /// One step or the strip arrived.
    fn message(feed: &Feed, step: bool, event: &MessageEvent) {
        feed.last.replace(event.last_event_id());
        let Some(data) = parse(&event.data()) else { return };
        let Some(html) = text(&data, "html") else { return };
        say("ready", "Live, last event ", true);
        let name = if step { text(&data, "name").unwrap_or_default() } else { "strip".to_owned() };
        match by_id(&name) {
            Some(old) if step => swap(&old, &name, &html),
            Some(strip) => strip.set_outer_html(&html),
            None => {}
        }
    }

    /// Replaces a step and carries over what belongs to the person: buttons, an opened log, the focus.
    fn swap(old: &Element, name: &str, html: &str) {
        let before = find(old, ".state").and_then(|state| state.text_content());
        let acts = find(old, ".acts");
        let opened = find(old, "details").is_some_and(|log| log.has_attribute("open"));
        let focused = leptos::prelude::document().active_element().filter(|element| old.contains(Some(element)));
        let spot = focused.as_ref().map(|element| element.local_name());
        old.set_outer_html(html);
        let Some(new) = by_id(name) else { return };
        let log = find(&new, "details");
        if let Some(acts) = acts {
            let _ = new.insert_before(&acts, log.as_deref());
        }
        if let Some(log) = log.filter(|_| opened) {
            put(&log, "open", "");
        }
        if let Some(spot) = spot {
            let kept = focused.filter(|element| new.contains(Some(element))).or_else(|| find(&new, &spot));
            if let Some(element) = kept.or_else(|| find(&new, "h3 a")).and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
                let _ = element.focus();
            }
        }
        announce(&new, before.as_deref());
    }

    fn announce(step: &Element, before: Option<&str>) {
        let word = |part: &str| find(step, part).and_then(|part| part.text_content()).unwrap_or_default();
        let state = word(".state");
        if let (Some(said), true) = (by_id("said-step"), before != Some(state.as_str())) {
            said.set_text_content(Some(&[&word("h3"), ": ", &state].concat()));
        }
    }

    /// How fresh the page is, in words; the page's script keeps the clock behind them running.
    fn say(tone: &str, words: &str, fresh: bool) {
        let Some(live) = by_id("live") else { return };
        let at = if fresh { now() } else { attribute(&live, "data-last") };
        put(&live, "data-last", &at);
        put(&live, "data-s", tone);
        if let Some(word) = find(&live, "[data-word]") {
            word.set_text_content(Some(words));
        }
        if let Some(time) = find(&live, "time") {
            put(&time, "data-at", &at);
            put(&time, "data-tick", "ago");
            let _ = time.remove_attribute("title");
        }
    }
}
