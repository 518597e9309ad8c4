//! A form field: label, input, help and complaint, tied together for those who cannot see them together.

use super::icon::Icon;
use leptos::prelude::*;

/// A text input with everything that belongs to it.
#[component]
pub(crate) fn Field(
    /// Element id.
    id: &'static str,
    /// Name in the form.
    #[prop(optional)]
    name: Option<&'static str>,
    /// What is asked.
    label: &'static str,
    /// Value to start with.
    #[prop(optional, into)]
    value: String,
    /// "text", "email", "search".
    #[prop(optional, default = "text")]
    kind: &'static str,
    /// What is expected, and why.
    #[prop(optional)]
    help: &'static str,
    /// The complaint of the server.
    #[prop(optional_no_strip)]
    error: Option<String>,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// Pattern, longest value and autocomplete token.
    #[prop(optional)]
    rules: (Option<&'static str>, Option<u16>, Option<&'static str>),
    /// Ids of further elements that describe it.
    #[prop(optional)]
    also: &'static str,
    /// Set in the monospaced face, without spelling help.
    #[prop(optional)]
    exact: bool,
    /// Further lines between input and help.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let wrong = error.is_some();
    let described = described(id, wrong, also, !help.is_empty());
    let (pattern, longest, auto) = rules;
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                class="in" class:mono=exact id=id name=name.unwrap_or(id) type=kind value=value required=required
                pattern=pattern maxlength=longest autocomplete=auto
                autocapitalize=exact.then_some("none") spellcheck=exact.then_some("false")
                aria-invalid=wrong.then_some("true") aria-describedby=described
            />
            {error.map(|say| view! { <Complaint id=format!("{id}-error") say /> })}
            {children.map(|children| children())}
            {(!help.is_empty()).then(|| view! { <small id=format!("{id}-help")>{help}</small> })}
        </div>
    }
}

/// What is wrong with a field, and the cure.
#[component]
pub(crate) fn Complaint(
    /// Element id, for `aria-describedby`.
    id: String,
    /// The sentence.
    say: String,
) -> impl IntoView {
    view! { <p class="error small" id=id><Icon name="attention" /><span>{say}</span></p> }
}

/// The ids that describe an input, complaint first.
fn described(id: &str, wrong: bool, also: &str, help: bool) -> Option<String> {
    let parts = [
        wrong.then(|| format!("{id}-error")),
        (!also.is_empty()).then(|| also.to_owned()),
        help.then(|| format!("{id}-help")),
    ];
    let all: Vec<String> = parts.into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join(" "))
}

#[cfg(test)]
mod tests {
    use super::described;

    #[test]
    fn complaint_is_read_first() {
        assert_eq!(described("slug", true, "slug-live", true).as_deref(), Some("slug-error slug-live slug-help"));
        assert_eq!(described("slug", false, "", false), None);
    }
}
