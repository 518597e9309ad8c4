//! The slug field: proposes a slug from the name while nobody has touched it, and asks the server for a verdict. The
//! page's own checks and the Update button do the same without it.

use leptos::prelude::*;

/// Longest slug.
#[cfg(any(feature = "hydrate", test))]
const LONGEST: usize = 30;

/// Keeps the verdict beside the slug field current.
#[island]
pub fn SlugField() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    watch::begin();
}

/// A slug from a name in small letters: letters a to z, digits and single hyphens, a letter first. Empty when the name has
/// none. The browser makes the letters small; the tables for that would weigh more than the rest.
#[cfg(any(feature = "hydrate", test))]
fn propose(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars() {
        match plain(letter) {
            "" if letter.is_ascii_alphanumeric() => add(&mut slug, letter),
            "" if matches!(letter, '\'' | '’') => {}
            "" => add(&mut slug, '-'),
            more => more.chars().for_each(|letter| add(&mut slug, letter)),
        }
    }
    if slug.ends_with('-') {
        slug.pop();
    }
    slug
}

/// Adds a letter where a slug may have it.
#[cfg(any(feature = "hydrate", test))]
fn add(slug: &mut String, letter: char) {
    let fits = match letter {
        '-' => !slug.is_empty() && !slug.ends_with('-'),
        _ => !slug.is_empty() || letter.is_ascii_lowercase(),
    };
    if fits && slug.len() < LONGEST {
        slug.push(letter);
    }
}

/// How a letter with a mark is written without it; empty when it is not one of them.
#[cfg(any(feature = "hydrate", test))]
fn plain(letter: char) -> &'static str {
    match letter {
        'ä' | 'æ' => "ae",
        'ö' | 'ø' | 'œ' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'á' | 'à' | 'â' | 'ã' | 'å' => "a",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'ó' | 'ò' | 'ô' | 'õ' => "o",
        'ú' | 'ù' | 'û' => "u",
        'ñ' => "n",
        'ç' => "c",
        '&' => "-and-",
        _ => "",
    }
}

#[cfg(feature = "hydrate")]
mod watch {
    use super::propose;
    use crate::islands::dom::{attribute, by_id, find, later, on, put, text, yes};
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

#[cfg(test)]
mod tests {
    use super::propose;

    #[test]
    fn names_become_slugs() {
        for (name, slug) in [
            ("Quayside Books", "quayside-books"),
            ("Müller & Söhne GmbH", "mueller-and-soehne-gmbh"),
            ("  3rd Café — Zürich ", "rd-cafe-zuerich"),
            ("Ada’s Tools", "adas-tools"),
            ("北京", ""),
            ("An extremely long name of a company", "an-extremely-long-name-of-a-co"),
        ] {
            assert_eq!(propose(&name.to_lowercase()), slug, "{name}");
        }
    }
}
