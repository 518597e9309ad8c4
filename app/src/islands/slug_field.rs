//! The slug field: proposes a slug from the name while nobody has touched it, and asks the server for a verdict. The
//! page's own checks and the Update button do the same without it.

use leptos::prelude::*;

/// Keeps the verdict beside the slug field current.
#[island]
pub fn SlugField() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    watch::begin();
}

#[cfg(feature = "hydrate")]
mod watch {
    use crate::{
        islands::dom::{attribute, by_id, find, later, on, put, text, yes},
        model::slug::propose,
    };
    use js_sys::JsString;
    use std::{cell::Cell, rc::Rc};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{HtmlInputElement, Response};

    /// The field, and the timer of the next question.
    struct Field {
        slug: HtmlInputElement,
        touched: Cell<bool>,
        timer: Cell<i32>,
        answered: Closure<dyn FnMut(JsValue)>,
        lost: Closure<dyn FnMut(JsValue)>,
    }

    fn input(id: &str) -> Option<HtmlInputElement> {
        by_id(id)?.dyn_into().ok()
    }

    pub(super) fn begin() {
        let (Some(name), Some(slug), Some(take)) = (input("name"), input("slug"), by_id("slug-take")) else { return };
        let field = Rc::new(Field {
            touched: Cell::new(!slug.value().is_empty()),
            timer: Cell::new(0),
            answered: answered(&slug),
            lost: Closure::new(|_| ()),
            slug: slug.clone(),
        });
        let typed = Rc::clone(&field);
        on(&slug, &["input"], move |_| {
            typed.touched.set(!typed.slug.value().is_empty());
            soon(&typed);
        });
        let (named, from) = (Rc::clone(&field), name.clone());
        on(&name, &["input"], move |_| {
            if !named.touched.get() {
                let small = JsString::from(from.value()).to_lower_case();
                named.slug.set_value(&propose(&String::from(small)));
                soon(&named);
            }
        });
        let (taken, button) = (field, take.clone());
        on(&take, &["click"], move |_| {
            taken.slug.set_value(&attribute(&button, "data-take"));
            taken.touched.set(true);
            let _ = taken.slug.focus();
            ask(&taken);
        });
    }

    /// Asks when the typing pauses.
    fn soon(field: &Rc<Field>) {
        leptos::prelude::window().clear_timeout_with_handle(field.timer.get());
        let due = Rc::clone(field);
        field.timer.set(later(300, move || ask(&due)));
    }

    fn ask(field: &Field) {
        let slug = field.slug.value();
        if slug.is_empty() {
            show("", "", None);
            return;
        }
        let url = ["/api/v1/slugs/", &String::from(js_sys::encode_uri_component(&slug))].concat();
        let _ = leptos::prelude::window().fetch_with_str(&url).then2(&field.answered, &field.lost);
    }

    /// Reads the answer; one that is about an older text is dropped.
    fn answered(slug: &HtmlInputElement) -> Closure<dyn FnMut(JsValue)> {
        let slug = slug.clone();
        let read = Closure::<dyn FnMut(JsValue)>::new(move |verdict: JsValue| {
            if text(&verdict, "slug").is_some_and(|judged| judged == slug.value()) {
                let tone = if yes(&verdict, "free") { "done" } else { "attention" };
                show(tone, &text(&verdict, "say").unwrap_or_default(), text(&verdict, "suggestion"));
            }
        });
        Closure::new(move |answer: JsValue| {
            let answer: Response = answer.unchecked_into();
            if let (true, Ok(body)) = (answer.ok(), answer.json()) {
                let _ = body.then(&read);
            }
        })
    }

    fn show(tone: &str, say: &str, suggestion: Option<String>) {
        let (Some(line), Some(take)) = (by_id("slug-live"), by_id("slug-take")) else { return };
        put(&line, "data-s", tone);
        if let Some(words) = find(&line, "[role=status]") {
            words.set_text_content(Some(say));
        }
        let _ = take.toggle_attribute_with_force("hidden", suggestion.is_none());
        let suggestion = suggestion.unwrap_or_default();
        put(&take, "data-take", &suggestion);
        if let Some(code) = find(&take, "code") {
            code.set_text_content(Some(&suggestion));
        }
    }
}
