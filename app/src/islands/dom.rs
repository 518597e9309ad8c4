//! The little of the browser that the islands touch, without the weight of a reactive tree. Numbers are read and written by
//! the browser: its own code for them costs nothing, Rust's would be a quarter of the file.

use js_sys::{JSON, Reflect};
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

/// The server's clock, milliseconds since 1970, as text: the page's script has written down how far this machine is off.
pub(super) fn now() -> String {
    let root = leptos::prelude::document().document_element();
    let skew = root.and_then(|root| JSON::parse(&attribute(&root, "data-skew")).ok()).and_then(|skew| skew.as_f64());
    let now = js_sys::Date::now() + skew.unwrap_or(0.0);
    JSON::stringify(&JsValue::from_f64(now)).map(String::from).unwrap_or_default()
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

/// The object that a message carries.
pub(super) fn parse(data: &JsValue) -> Option<JsValue> {
    JSON::parse(&data.as_string()?).ok()
}

/// A text in an object.
pub(super) fn text(object: &JsValue, key: &str) -> Option<String> {
    Reflect::get(object, &JsValue::from_str(key)).ok()?.as_string()
}

/// A yes or no in an object.
pub(super) fn yes(object: &JsValue, key: &str) -> bool {
    Reflect::get(object, &JsValue::from_str(key)).is_ok_and(|value| value.is_truthy())
}
