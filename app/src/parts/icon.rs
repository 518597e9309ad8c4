//! Icons: one grid of 24, one stroke. They carry their own drawing, so a fragment from the event stream is complete.

use leptos::prelude::*;

/// An icon; always beside a word, never instead of one.
#[component]
pub(crate) fn Icon(
    /// Key of a state ("ready", "attention", …), of a kind ("database", …) or of an action ("retry", "copy", …).
    name: &'static str,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let class = if class.is_empty() { "i".to_owned() } else { format!("i {class}") };
    view! { <svg class=class viewBox="0 0 24 24" aria-hidden="true" inner_html=drawing(name)></svg> }
}

/// The mark of the house: a hull on a slipway.
#[component]
pub(crate) fn Mark() -> impl IntoView {
    view! { <svg class="i" viewBox="0 0 24 24" aria-hidden="true" inner_html=MARK></svg> }
}

/// The icon of an outside system or of a thing that will exist, by the words the server uses.
pub(crate) fn kind(what: &str) -> &'static str {
    let what = what.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| what.contains(word));
    match () {
        () if has(&["database", "schema"]) => "database",
        () if has(&["identity", "sign-in", "client"]) => "identity",
        () if has(&["chat", "connection", "group", "model"]) => "chat",
        () if has(&["wordpress", "blueprint"]) => "wordpress",
        () if has(&["mail", "welcome", "message"]) => "mail",
        () if has(&["site", "namespace", "address"]) => "site",
        () => "store",
    }
}

const MARK: &str = r#"<path d="M2 14.5l20 6M2 20.5h7"/><path class="hull" d="M3.6 10.2 20 15.1c1.1-1.5 1.9-3 2.3-4.6L3.3 4.8c-.4 1.9-.3 3.7.3 5.4zM9.5 6.7l1-3.3 5 1.5-.9 3.3"/>"#;

/// States and actions.
fn drawing(name: &str) -> &'static str {
    match name {
        "attention" => r#"<path d="M6 21V4h12l-3 4.5 3 4.5H6"/>"#,
        "check" | "done" => r#"<path d="m5.5 12.5 4.2 4.2L18.5 7.5"/>"#,
        "degraded" => r#"<path d="M12 4.5 20.5 19h-17zM12 10v4M12 16.4v.1"/>"#,
        "deleted" | "gone" => r#"<circle cx="12" cy="12" r="8"/><path d="M8.5 12h7"/>"#,
        "deleting" => r#"<path d="M4.5 7h15M10 7V4.5h4V7M6.5 7l1 12.5h9l1-12.5M10 11v5M14 11v5"/>"#,
        "down" => r#"<path d="m6.5 9.5 5.5 5.5 5.5-5.5"/>"#,
        "draft" => r#"<circle cx="12" cy="12" r="8" stroke-dasharray="3 3.28"/>"#,
        "help" => r#"<circle cx="12" cy="12" r="8"/><path d="M9.8 10a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.5M12 16v.1"/>"#,
        "left" => r#"<path d="M14.5 6.5 9 12l5.5 5.5"/>"#,
        "no" => r#"<path d="m7 7 10 10M17 7 7 17"/>"#,
        "plus" => r#"<path d="M12 5v14M5 12h14"/>"#,
        "provisioning" | "running" => r#"<path d="M12 4a8 8 0 1 1-8 8"/>"#,
        "ready" => r#"<circle cx="12" cy="12" r="8"/><path d="m8.5 12.2 2.5 2.5 4.5-5.2"/>"#,
        "retry" | "retrying" => r#"<path d="M19.5 9A8 8 0 1 0 20 12M19.7 4.3V9H15"/>"#,
        "right" => r#"<path d="m9.5 6.5 5.5 5.5-5.5 5.5"/>"#,
        "skipped" => r#"<path d="m7 6.5 6 5.5-6 5.5zM17 6.5v11"/>"#,
        "suspended" => r#"<circle cx="12" cy="12" r="8"/><path d="M10 9v6M14 9v6"/>"#,
        other => thing(other),
    }
}

/// Outside systems and other things one can point at.
fn thing(name: &str) -> &'static str {
    match name {
        "chat" => {
            r#"<path d="M5.5 5h13A1.5 1.5 0 0 1 20 6.5v8a1.5 1.5 0 0 1-1.5 1.5H12l-4.5 4v-4h-2A1.5 1.5 0 0 1 4 14.5v-8A1.5 1.5 0 0 1 5.5 5z"/>"#
        }
        "copy" => {
            r#"<rect x="9" y="9" width="11" height="11" rx="2"/><path d="M15 5.5A1.5 1.5 0 0 0 13.5 4h-8A1.5 1.5 0 0 0 4 5.5v8A1.5 1.5 0 0 0 5.5 15"/>"#
        }
        "database" => {
            r#"<ellipse cx="12" cy="6" rx="7" ry="2.5"/><path d="M5 6v12c0 1.4 3.1 2.5 7 2.5s7-1.1 7-2.5V6M5 12c0 1.4 3.1 2.5 7 2.5s7-1.1 7-2.5"/>"#
        }
        "identity" => r#"<circle cx="8" cy="15.5" r="4"/><path d="M11 12.5 19.5 4M16 7.5l2.5 2.5"/>"#,
        "mail" => r#"<rect x="4" y="5.5" width="16" height="13" rx="1.5"/><path d="m4.5 7.5 7.5 6 7.5-6"/>"#,
        "open" => {
            r#"<path d="M14 4h6v6M20 4l-9 9M18 14v4.5A1.5 1.5 0 0 1 16.5 20h-11A1.5 1.5 0 0 1 4 18.5v-11A1.5 1.5 0 0 1 5.5 6H10"/>"#
        }
        "plug" => r#"<path d="M9 4v4M15 4v4M6.5 8h11v3a5.5 5.5 0 0 1-11 0zM12 16.5V21"/>"#,
        "site" => {
            r#"<circle cx="12" cy="12" r="8"/><path d="M4 12h16M12 4c2.5 2.3 3.5 5 3.5 8s-1 5.7-3.5 8c-2.5-2.3-3.5-5-3.5-8s1-5.7 3.5-8"/>"#
        }
        "store" => r#"<path d="M4 7.5 12 4l8 3.5-8 3.5zM4 12l8 3.5 8-3.5M4 16.5 12 20l8-3.5"/>"#,
        "wordpress" => {
            r#"<path d="M13.5 4h-7A1.5 1.5 0 0 0 5 5.5v13A1.5 1.5 0 0 0 6.5 20h11a1.5 1.5 0 0 0 1.5-1.5V9.5zM13.5 4v5.5H19M8.5 13.5h7M8.5 16.5h4"/>"#
        }
        _ => r#"<circle cx="12" cy="12" r="3"/>"#,
    }
}
