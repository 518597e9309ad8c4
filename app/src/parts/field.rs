//! A form field: label, input, help and complaint, tied together for those who cannot see them together.

use super::icon::Icon;
use leptos::prelude::*;

/// What an input takes.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    /// "text", "email", "search".
    pub(crate) kind: &'static str,
    /// Must be filled in.
    pub(crate) required: bool,
    /// Set in the monospaced face, without help for spelling.
    pub(crate) exact: bool,
    /// Regular expression over the whole value.
    pub(crate) pattern: Option<&'static str>,
    /// Most characters.
    pub(crate) longest: u16,
    /// Token of `autocomplete`.
    pub(crate) auto: &'static str,
    /// Id of the `datalist` with values to pick.
    pub(crate) list: Option<&'static str>,
}

/// A required line of text.
pub(crate) const LINE: Rules =
    Rules { kind: "text", required: true, exact: false, pattern: None, longest: 200, auto: "off", list: None };
/// A required e-mail address.
pub(crate) const EMAIL: Rules = Rules { kind: "email", longest: 254, auto: "email", ..LINE };

/// A text input with everything that belongs to it.
#[component]
pub(crate) fn Field(
    /// Element id.
    id: &'static str,
    /// Name in the form, when it is not the id.
    #[prop(optional)]
    name: Option<&'static str>,
    /// What is asked.
    label: &'static str,
    /// Value to start with.
    #[prop(optional, into)]
    value: String,
    /// What is expected, and why.
    #[prop(optional)]
    help: &'static str,
    /// The complaint of the server.
    error: Option<String>,
    /// What it takes.
    rules: Rules,
    /// Ids of further elements that describe it.
    #[prop(optional)]
    also: &'static str,
    /// Further lines between input and help.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let wrong = error.is_some();
    let described = described(id, wrong, also, !help.is_empty());
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <Input id name=name.unwrap_or(id) value rules wrong described />
            {error.map(|say| view! { <Complaint id=format!("{id}-error") say /> })}
            {children.map(|children| children())}
            {(!help.is_empty()).then(|| view! { <small id=format!("{id}-help")>{help}</small> })}
        </div>
    }
}

#[component]
fn Input(
    id: &'static str,
    name: &'static str,
    value: String,
    rules: Rules,
    wrong: bool,
    described: Option<String>,
) -> impl IntoView {
    let exact = rules.exact;
    view! {
        <input
            class="in" class:mono=exact id=id name=name type=rules.kind value=value required=rules.required
            pattern=rules.pattern maxlength=rules.longest autocomplete=rules.auto list=rules.list
            autocapitalize=exact.then_some("none") spellcheck=exact.then_some("false")
            aria-invalid=wrong.then_some("true") aria-describedby=described
        />
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
