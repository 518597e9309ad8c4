//! A person's row, what can be done about them, and the questions before it.

use super::Row;
use crate::{
    model::{
        pairing::PairingStatus,
        person::{Invited, Member, Role},
    },
    parts::{
        icon::Icon,
        sheet::Sheet,
        state::Link,
        time::{Ago, Day, In},
    },
};
use leptos::prelude::*;

/// The row.
pub(super) fn line(slug: &str, n: usize, row: Row, may: (bool, bool), now: i64) -> AnyView {
    let who = row.who().to_owned();
    let actions = actions(slug, n, &row, may);
    let Row { name, email, member, pairing } = row;
    let over = member.as_ref().and_then(|m| m.invited.as_ref()).is_some_and(|invited| invited.over);
    let role = match &member {
        Some(member) if !over => member.role.word(),
        Some(_) => "Not yet a member",
        None => "No longer a member",
    };
    let live = pairing.as_ref().filter(|pairing| pairing.status != PairingStatus::Gone);
    let login = live.map(|pairing| pairing.wp_login.clone());
    let proof = live.and_then(|pairing| pairing.proof_at.map(|at| (at, pairing.proof_ms)));
    let none = proof.is_none();
    let proof = proof.map(|(at, ms)| view! { <Ago at now />{ms.map(|ms| view! { <small>{ms}" ms"</small> })} });
    let sought = format!("{name} {email}").to_lowercase();
    let whose = email.clone();
    let note = pairing.as_ref().map(|pairing| pairing.note.clone()).filter(|note| !note.is_empty());
    let status = pairing.as_ref().map(|pairing| pairing.status);
    let replaced = member.as_ref().is_some_and(|member| member.replaced);
    let replaced =
        replaced.then(|| view! { <small>"Another account has this address now, so this one cannot come in."</small> });
    let state = match member.filter(|member| !member.signed_in && live.is_none()) {
        Some(member) => waiting(member, now),
        None => view! { <Link status />{note.map(|note| view! { <small class="says">{note}</small> })} }.into_any(),
    };
    view! {
        <tr data-sought=sought data-row=whose>
            <td><b>{who}</b>{(!name.is_empty()).then(|| view! { <small>{email}</small> })}</td>
            <td>{state}{replaced}</td>
            <td data-l="In WordPress">{role}{login.map(|login| view! { <small>{login}</small> })}</td>
            <td data-l="Last proof" class="nw">{proof}{none.then(|| view! { <span class="soft">"None"</span> })}</td>
            <td class="num wide">{actions}</td>
        </tr>
    }
    .into_any()
}

/// How it stands with somebody who never signed in.
fn waiting(member: Member, now: i64) -> AnyView {
    let Some(invited) = member.invited else {
        return view! { <span class="state"><Icon name="draft" />"Has not signed in yet"</span> }.into_any();
    };
    let Invited { by, until, over, sent_at, problem, next_at } = invited;
    if over {
        return view! {
            <span class="state" data-s="gone"><Icon name="gone" />"Invitation ended"</span>
            <small><Day at=until now /></small>
        }
        .into_any();
    }
    let (tone, word) = match (sent_at.is_some(), problem.is_empty()) {
        (true, _) => ("waiting", "Invited"),
        (false, true) => ("running", "E-mail on its way"),
        (false, false) if next_at.is_some() => ("retrying", "Not sent yet"),
        (false, false) => ("attention", "Not sent"),
    };
    let letter = match sent_at {
        Some(at) => view! { <small>"E-mail sent "<Ago at now /></small> }.into_any(),
        None if problem.is_empty() => ().into_any(),
        None => view! { <small>{problem}{next_at.map(|at| view! { " Next try "<In at now />"." })}</small> }.into_any(),
    };
    view! {
        <span class="state" data-s=tone title=format!("Invited by {by}")><Icon name="mail" />{word}</span>
        <small>"until "<Day at=until now /></small>
        {letter}
    }
    .into_any()
}

/// Disconnect, and a menu for the rest.
fn actions(slug: &str, n: usize, row: &Row, (manage, operate): (bool, bool)) -> AnyView {
    let who = row.who().to_owned();
    let leaves = |status| matches!(status, PairingStatus::Gone | PairingStatus::Leaving);
    let part = row.pairing.as_ref().is_some_and(|p| p.may_disconnect && !leaves(p.status)).then(|| {
        view! { <button class="btn mini" type="button" popovertarget=format!("part-{n}")>"Disconnect…"<span class="sr">" "{who.clone()}</span></button> }
    });
    let menu = row.member.clone().filter(|_| manage).map(|member| {
        view! {
            <button class="btn bare mini" type="button" popovertarget=format!("manage-{n}")>
                "Manage"<span class="sr">" "{who}</span><Icon name="down" />
            </button>
            {menu(slug, n, &member, operate)}
        }
    });
    view! { <div class="row acts-row">{part}{menu}</div> }.into_any()
}

fn menu(slug: &str, n: usize, member: &Member, operate: bool) -> AnyView {
    let (key, over) = (member.key.clone(), member.invited.as_ref().is_some_and(|invited| invited.over));
    let (role, word) = match member.role {
        Role::Admin => ("member", "Make a member"),
        Role::Member => ("admin", "Make an admin"),
    };
    let change = (!over).then(|| {
        view! {
            <form method="post" action=format!("/tenants/{slug}/members")>
                <input type="hidden" name="email" value=key.clone() />
                <button class="btn bare" name="role" value=role>{word}</button>
            </form>
        }
    });
    let invite = (!member.signed_in).then(|| {
        let verb = if member.invited.is_some() { "Invite again" } else { "Send an invitation" };
        view! {
            <form method="post" action=format!("/tenants/{slug}/members/invite")>
                <input type="hidden" name="email" value=key.clone() />
                <button class="btn bare">{verb}</button>
            </form>
        }
    });
    let verb = if member.invited.is_some() { "Withdraw the invitation…" } else { "Remove…" };
    let replaced = (operate && member.signed_in).then(|| {
        view! { <button class="btn bare" type="button" popovertarget=format!("new-{n}")>"Their account was replaced…"</button> }
    });
    view! {
        <div class="menu" id=format!("manage-{n}") popover role="dialog" aria-label=format!("Manage {}", member.email)>
            {change}
            {invite}
            {replaced}
            <button class="btn bare risk" type="button" popovertarget=format!("leave-{n}")>{verb}</button>
        </div>
    }
    .into_any()
}

/// The questions behind Disconnect and Remove.
pub(super) fn sheets(slug: &str, n: usize, row: &Row, (manage, operate): (bool, bool)) -> AnyView {
    let who = row.who().to_owned();
    let may_part = row.pairing.as_ref().filter(|p| p.may_disconnect && p.status != PairingStatus::Gone);
    let part = may_part.map(|pairing| {
        let action = format!("/tenants/{slug}/pairings/{}/disconnect", pairing.id);
        view! {
            <Sheet id=format!("part-{n}") title=format!("Disconnect {who}") action verb="Disconnect" risk=true>
                <p class="soft">"The chat can no longer write drafts in this name. Drafts that exist stay, and so do the account and all conversations in the chat. Connect can be pressed again at any time."</p>
            </Sheet>
        }
    });
    let leave = row.member.as_ref().filter(|_| manage).map(|member| {
        let key = member.key.clone();
        let (title, verb, what) = match member.invited {
            Some(_) => (
                format!("Withdraw the invitation of {who}"),
                "Withdraw",
                "The link in their e-mail no longer works. They can be invited again at any time.",
            ),
            None => (
                format!("Remove {who}"),
                "Remove",
                "They can no longer sign in to this WordPress, and their pairing ends. What they wrote stays, here and in the chat.",
            ),
        };
        view! {
            <Sheet id=format!("leave-{n}") title action=format!("/tenants/{slug}/members/remove") verb risk=true>
                <input type="hidden" name="email" value=key />
                <p class="soft">{what}</p>
            </Sheet>
        }
    });
    let replaced = row.member.as_ref().filter(|member| operate && member.signed_in);
    let replaced = replaced.map(|member| replaced_sheet(slug, n, member));
    view! { {part}{leave}{replaced} }.into_any()
}

/// An operator's word that the person has a new account.
fn replaced_sheet(slug: &str, n: usize, member: &Member) -> AnyView {
    let (id, action) = (format!("new-{n}"), format!("/tenants/{slug}/members/replaced"));
    let (key, email) = (member.key.clone(), member.email.clone());
    let (title, field) = (format!("The account of {email} was replaced"), format!("new-{n}-typed"));
    view! {
        <Sheet id title action verb="Let the new account take over" risk=true>
            <p class="soft">
                "Whoever signs in next with this address takes over this person’s places in all tenants, their connections and their WordPress account. Do this only when you know that the address is still theirs. They get an e-mail, and the audit records it."
            </p>
            <input type="hidden" name="email" value=key />
            <div class="field">
                <label for=field.clone()>"Type "<code>{email}</code>" to go on"</label>
                <input class="in mono" id=field name="typed" type="email" required autocomplete="off" spellcheck="false" />
            </div>
        </Sheet>
    }
    .into_any()
}
