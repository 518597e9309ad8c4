//! The little of the browser that the island touches, without the weight of a reactive tree.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, Event, EventTarget};

/// An element by its id.
pub(super) fn by_id(id: &str) -> Option<Element> {
    leptos::prelude::document().get_element_by_id(id)
}

/// The first element inside another that a selector matches.
pub(super) fn find(within: &Element, selector: &str) -> Option<Element> {
    within.query_selector(selector).ok().flatten()
}

/// An attribute, or nothing as text.
pub(super) fn attribute(element: &Element, name: &str) -> String {
    element.get_attribute(name).unwrap_or_default()
}

/// Writes an attribute.
pub(super) fn put(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

/// Listens for as long as the page lives.
pub(super) fn on(target: &EventTarget, events: &[&str], act: impl FnMut(Event) + 'static) {
    let heard = Closure::<dyn FnMut(Event)>::new(act);
    for event in events {
        let _ = target.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
    }
    heard.forget();
}

/// Does something once, after some milliseconds; gives the handle that calls it off.
pub(super) fn later(wait: i32, act: impl FnOnce() + 'static) -> i32 {
    let due = Closure::once_into_js(act);
    leptos::prelude::window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(due.unchecked_ref(), wait)
        .unwrap_or(0)
}

/// A text in an object.
pub(super) fn text(object: &JsValue, key: &str) -> Option<String> {
    Reflect::get(object, &JsValue::from_str(key)).ok()?.as_string()
}

/// A yes or no in an object.
pub(super) fn yes(object: &JsValue, key: &str) -> bool {
    Reflect::get(object, &JsValue::from_str(key)).is_ok_and(|value| value.is_truthy())
}
