//! What a page has to say at its top, once: a problem with its next action, or that something was done.

use super::{icon::Icon, time::At};
use crate::{context::Unconfirmed, model::oops::Oops};
use leptos::prelude::*;

/// One message with its colour, icon and words.
#[component]
pub(crate) fn Note(
    /// Key of colour and icon: "attention", "degraded", "ready", "provisioning".
    tone: &'static str,
    /// Sentences and at most one row of actions.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="note" data-s=tone>
            <Icon name=tone />
            <div class="stack">{children()}</div>
        </div>
    }
}

/// What the page says after a form was done and the browser was sent back to it; unknown keys say nothing.
#[component]
pub(crate) fn Done(
    /// The key in the address.
    key: String,
) -> impl IntoView {
    sentence(&key).map(|said| {
        view! {
            <div class="note" data-s="ready" role="status" data-done="">
                <Icon name="ready" />
                <p>{said}</p>
            </div>
        }
    })
}

fn sentence(key: &str) -> Option<&'static str> {
    Some(match key {
        "ordered" => "Ordered. The steps run by themselves, and this page follows them.",
        "retried" => "It tries again now.",
        "skipped" => "Skipped. Your reason is in the audit.",
        "removing" => "The removal has begun. It is finished when each absence was seen.",
        "member-saved" => "Saved. New people get an e-mail with a link.",
        "member-invited" => "Invited again. The e-mail is on its way.",
        "member-removed" => {
            "Removed. A pairing ends with it, at once in the chat and as soon as the site can be reached."
        }
        "member-rebinds" => "The next sign-in with this address takes over the account. The person is told by e-mail.",
        "account-ended" => "Ended. It is signed out there, and nothing opens it any more.",
        "adopted" => "Adopted. The cluster is on record again; nothing was changed at the provider.",
        "kept" => "You were signed out in between, so nothing was sent. What you typed is still here.",
        "session-ended" => "Signed out there.",
        "person-ended" => {
            "Signed out everywhere. Whoever still has an account can sign in again, with the rights they have then."
        }
        "sessions-ended" => "Signed out everywhere else.",
        "language-saved" => "Saved. E-mails to you will be in this language.",
        "revoked" => "Revoked. Programs that send this token are refused from now on.",
        "disconnected" => "Disconnected. The chat can no longer write drafts there.",
        _ => return None,
    })
}

/// The sign-in service does not answer: what that means for the person, and until when.
#[component]
pub(crate) fn Unheard(
    /// What is known.
    unconfirmed: Unconfirmed,
    /// Address of the platform team, may be empty.
    support: String,
    /// The server's clock.
    now: i64,
) -> impl IntoView {
    let Unconfirmed { confirmed, until, over } = unconfirmed;
    let last = view! { "Your rights were last confirmed at "<b><At at=confirmed now />" UTC"</b> };
    let said = match until {
        None => view! { "Slipway cannot ask whether you are still signed in there. You can go on; a new sign-in has to wait." }
            .into_any(),
        Some(until) if !over => {
            view! { {last}"; until "<b><At at=until now />" UTC"</b>" you can go on. New tokens, new admins and removals have to wait." }
                .into_any()
        }
        Some(_) => {
            view! { {last}", which is too long ago: until it answers you may do what a person without a role may. Reload the page to ask again." }
                .into_any()
        }
    };
    let ask = (over && !support.is_empty()).then(|| {
        view! { <p>"If it stays like this, write to "<a href=format!("mailto:{support}")>{support.clone()}</a>"."</p> }
    });
    view! {
        <div class="note" data-s=if over { "attention" } else { "degraded" } role="status">
            <Icon name=if over { "attention" } else { "degraded" } />
            <div class="stack">
                <h2>"Your sign-in service does not answer."</h2>
                <p>{said}</p>
                {ask}
            </div>
        </div>
    }
}

/// Why a form was refused. It takes the focus, and leads to each field that needs a change.
#[component]
pub(crate) fn Refusal(
    /// The refusal.
    oops: Oops,
    /// Element ids of the fields, by their names in the form.
    #[prop(optional)]
    ids: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    let fields: Vec<_> = oops
        .fields
        .iter()
        .map(|complaint| {
            let say = complaint.say.clone();
            match ids.iter().find(|(name, _)| *name == complaint.field) {
                Some((_, id)) => view! { <li><a class="reach" href=format!("#{id}")>{say}</a></li> }.into_any(),
                None => view! { <li>{say}</li> }.into_any(),
            }
        })
        .collect();
    let list = (!fields.is_empty()).then(|| view! { <ul class="dots-list">{fields}</ul> });
    view! {
        <div class="note" data-s="attention" role="alert" tabindex="-1" autofocus id="refused">
            <Icon name="attention" />
            <div class="stack">
                <h2>{oops.say}</h2>
                {list}
                <p>{oops.next}</p>
            </div>
        </div>
    }
}

/// Nothing to show: why, and what to do.
#[component]
pub(crate) fn Empty(
    /// What there is not.
    title: String,
    /// Why, or what would bring something here.
    text: String,
    /// At most one action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p><b>{title}</b></p>
            <p class="soft">{text}</p>
            {children.map(|children| view! { <p class="row">{children()}</p> })}
        </div>
    }
}
