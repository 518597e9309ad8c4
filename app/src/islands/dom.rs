//! The little of the browser that the islands touch, without the weight of a reactive tree.

use js_sys::{JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, convert::FromWasmAbi};
use web_sys::{Element, EventTarget, MessageEvent};

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

/// The server's clock, milliseconds since 1970: the page's script has written down how far this machine is off.
pub(super) fn now() -> f64 {
    let root = leptos::prelude::document().document_element();
    let skew = root.map(|root| attribute(&root, "data-skew")).and_then(|skew| skew.parse::<f64>().ok()).unwrap_or(0.0);
    (js_sys::Date::now() + skew).round()
}

/// Listens for as long as the page lives.
pub(super) fn on<E: FromWasmAbi + 'static>(target: &EventTarget, event: &str, act: impl FnMut(E) + 'static) {
    let heard = Closure::<dyn FnMut(E)>::new(act);
    let _ = target.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
    heard.forget();
}

/// Does something once, after some milliseconds; gives the handle that calls it off.
pub(super) fn later(wait: i32, act: impl FnOnce() + 'static) -> i32 {
    let due = Closure::once_into_js(act);
    leptos::prelude::window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(due.unchecked_ref(), wait)
        .unwrap_or(0)
}

/// The data of a message.
pub(super) fn parse(event: &MessageEvent) -> Option<JsValue> {
    JSON::parse(&event.data().as_string()?).ok()
}

/// A text in an object.
pub(super) fn text(object: &JsValue, key: &str) -> Option<String> {
    Reflect::get(object, &JsValue::from_str(key)).ok()?.as_string()
}

/// A number in an object, or 0.
pub(super) fn number(object: &JsValue, key: &str) -> f64 {
    Reflect::get(object, &JsValue::from_str(key)).ok().and_then(|value| value.as_f64()).unwrap_or(0.0)
}

/// A yes or no in an object.
pub(super) fn yes(object: &JsValue, key: &str) -> bool {
    Reflect::get(object, &JsValue::from_str(key)).is_ok_and(|value| value.is_truthy())
}
