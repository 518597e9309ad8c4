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
    use crate::islands::dom::{attribute, by_id, find, later, now, number, on, parse, text};
    use std::{cell::Cell, rc::Rc};
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event, EventSource, HtmlElement, MessageEvent};

    /// What is known between two connections.
    struct Feed {
        /// Address without the number.
        base: String,
        /// Number of the newest event shown.
        seq: Cell<f64>,
        /// Milliseconds until the next try, when the browser gave up.
        wait: Cell<i32>,
    }

    pub(super) fn follow() {
        let Some(url) = by_id("live").and_then(|live| live.get_attribute("data-events")) else { return };
        let (base, after) = url.split_once("?after=").unwrap_or((&url, "0"));
        let feed = Feed { base: base.to_owned(), seq: Cell::new(after.parse().unwrap_or(0.0)), wait: Cell::new(2000) };
        connect(&Rc::new(feed));
    }

    fn connect(feed: &Rc<Feed>) {
        let Ok(source) = EventSource::new(&format!("{}?after={}", feed.base, feed.seq.get())) else { return };
        let known = Rc::clone(feed);
        on(&source, "open", move |_: Event| {
            known.wait.set(2000);
            say("ready", "Live, last event ", false);
        });
        let known = Rc::clone(feed);
        on(&source, "step", move |event: MessageEvent| step(&known, &event));
        on(&source, "head", |event: MessageEvent| {
            let html = parse(&event).and_then(|data| text(&data, "html"));
            if let (Some(html), Some(strip)) = (html, by_id("strip")) {
                strip.set_outer_html(&html);
            }
        });
        let ended = source.clone();
        on(&source, "settled", move |_: Event| {
            ended.close();
            later(400, || drop(leptos::prelude::window().location().reload()));
        });
        let (known, broken) = (Rc::clone(feed), source.clone());
        on(&source, "error", move |_: Event| {
            say("retrying", "Reconnecting, last update ", false);
            if broken.ready_state() == EventSource::CLOSED {
                let again = Rc::clone(&known);
                known.wait.set((known.wait.get() * 2).min(60_000));
                later(known.wait.get(), move || connect(&again));
            }
        });
    }

    /// One step arrived.
    fn step(feed: &Feed, event: &MessageEvent) {
        let Some(data) = parse(event) else { return };
        let (Some(name), Some(html)) = (text(&data, "name"), text(&data, "html")) else { return };
        let seq = number(&data, "seq");
        if seq < feed.seq.get() {
            return;
        }
        feed.seq.set(seq);
        say("ready", "Live, last event ", true);
        if let Some(old) = by_id(&name) {
            swap(&old, &name, &html);
        }
    }

    /// Replaces a step and carries over what belongs to the person: buttons, an opened log, the focus.
    fn swap(old: &Element, name: &str, html: &str) {
        let before = find(old, ".state").and_then(|state| state.text_content());
        let acts = find(old, ".acts");
        let opened = find(old, "details").is_some_and(|log| log.has_attribute("open"));
        let focused = leptos::prelude::document().active_element().filter(|element| old.contains(Some(element)));
        let spot = focused.as_ref().map(|element| element.tag_name().to_lowercase());
        old.set_outer_html(html);
        let Some(new) = by_id(name) else { return };
        let log = find(&new, "details");
        if let Some(acts) = acts {
            let _ = new.insert_before(&acts, log.as_deref());
        }
        if let Some(log) = log.filter(|_| opened) {
            let _ = log.set_attribute("open", "");
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
        let state = find(step, ".state").and_then(|state| state.text_content()).unwrap_or_default();
        let title = find(step, "h3").and_then(|title| title.text_content()).unwrap_or_default();
        if let (Some(said), true) = (by_id("said-step"), before != Some(state.as_str())) {
            said.set_text_content(Some(&format!("{title}: {state}")));
        }
    }

    /// How fresh the page is, in words; the page's script keeps the clock behind them running.
    fn say(tone: &str, words: &str, fresh: bool) {
        let Some(live) = by_id("live") else { return };
        let at = if fresh { now() } else { attribute(&live, "data-last").parse().unwrap_or_else(|_| now()) };
        attribute_set(&live, "data-last", &at.to_string());
        attribute_set(&live, "data-s", tone);
        if let Some(word) = find(&live, "[data-word]") {
            word.set_text_content(Some(words));
        }
        if let Some(time) = find(&live, "time") {
            attribute_set(&time, "data-at", &at.to_string());
            attribute_set(&time, "data-tick", "ago");
            time.remove_attribute("title").unwrap_or_default();
        }
    }

    fn attribute_set(element: &Element, name: &str, value: &str) {
        element.set_attribute(name, value).unwrap_or_default();
    }
}
