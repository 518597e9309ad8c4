//! Questions before something that cannot be taken back. A sheet is a popover: it opens, closes and returns the focus
//! without a script.

use leptos::prelude::*;

/// A question with its form.
#[component]
pub(crate) fn Sheet(
    /// Element id, also what the opening button names as its target.
    id: String,
    /// The question as a sentence that says what happens.
    title: String,
    /// Where the form goes.
    action: String,
    /// Word of the button.
    verb: &'static str,
    /// It destroys something.
    #[prop(optional)]
    risk: bool,
    /// What happens, what stays, and the fields.
    children: Children,
) -> impl IntoView {
    let (heading, label, target) = (format!("{id}-h"), format!("{id}-h"), id.clone());
    view! {
        <div class="sheet" id=id popover role="dialog" aria-labelledby=label>
            <form class="form" method="post" action=action>
                <h2 id=heading>{title}</h2>
                {children()}
                <div class="row">
                    <button class="btn main" class:risk=risk>{verb}</button>
                    <button class="btn" type="button" popovertarget=target popovertargetaction="hide">"Leave as it is"</button>
                </div>
            </form>
        </div>
    }
}

/// The field that asks for the slug before something is destroyed.
#[component]
pub(crate) fn TypedSlug(
    /// Element id.
    #[prop(into)]
    id: String,
    /// What must be typed.
    slug: String,
    /// Why the last answer was refused.
    error: Option<String>,
) -> impl IntoView {
    let wrong = error.is_some();
    let error_id = format!("{id}-error");
    view! {
        <div class="field">
            <label for=id.clone()>"Type "<code>{slug.clone()}</code>" to go on"</label>
            <input
                class="in mono" id=id name="typed" required autofocus pattern=slug.clone() title=format!("Exactly {slug}")
                autocomplete="off" autocapitalize="none" spellcheck="false"
                aria-invalid=wrong.then_some("true") aria-describedby=wrong.then(|| error_id.clone())
            />
            {error.map(|say| view! { <p class="error small" id=error_id>{say}</p> })}
        </div>
    }
}
