//! Accounts that were made in a tenant's WordPress and that nobody in the portal knows: who manages people is told, and
//! can end them.

use crate::{
    model::{
        person::LocalAccount,
        tenant::{Status, TenantPage},
    },
    parts::{note::Note, sheet::Sheet, time::Day},
};
use leptos::prelude::*;

/// The sentence at the top of the page while one of them is an administrator.
#[component]
pub(super) fn Unknown(page: TenantPage) -> impl IntoView {
    let there = !matches!(page.status, Status::Deleting | Status::Deleted);
    let unknown = page.locals.iter().filter(|account| account.administrator);
    let names = unknown.map(|account| account.login.clone()).collect::<Vec<_>>();
    (there && !names.is_empty()).then(|| {
        let said = match names.len() {
            1 => format!(
                "{} is an administrator of this WordPress, and nobody here knows whose account it is.",
                names[0]
            ),
            _ => format!(
                "{} are administrators of this WordPress, and nobody here knows whose accounts they are.",
                names.join(", ")
            ),
        };
        view! {
            <Note tone="degraded">
                <p>{said}</p>
                <p class="row"><a class="btn" href="#locals">"Show local accounts"</a></p>
            </Note>
        }
    })
}

/// The panel.
#[component]
pub(super) fn Locals(page: TenantPage, now: i64) -> impl IntoView {
    let shown = page.may.manage_people && !page.locals.is_empty();
    shown.then(|| {
        let slug = page.slug.clone();
        let sheets = page.locals.iter().map(|account| sheet(&slug, account)).collect::<Vec<_>>();
        let more = page.more_locals.then(|| {
            view! { <p class="foot soft small">"There are more. WordPress lists all of them under Users."</p> }
        });
        let lines = page.locals.into_iter().map(|account| line(account, now)).collect::<Vec<_>>();
        view! {
            <section class="panel" aria-labelledby="locals">
                <div class="cap"><h2 id="locals">"Local accounts"</h2><span class="small soft">"Made in WordPress, with passwords of their own"</span></div>
                <div class="wrap">
                    <table>
                        <thead><tr>
                            <th scope="col">"Login"</th>
                            <th scope="col">"In WordPress"</th>
                            <th scope="col">"Since"</th>
                            <th scope="col"><span class="sr">"Actions"</span></th>
                        </tr></thead>
                        <tbody>{lines}</tbody>
                    </table>
                </div>
                {more}
                {sheets}
            </section>
        }
    })
}

fn line(account: LocalAccount, now: i64) -> AnyView {
    let LocalAccount { id, login, administrator, role, since, moved } = account;
    let role = match (role.is_empty(), administrator) {
        (true, true) => "May administer".to_owned(),
        (true, false) => "May write".to_owned(),
        (false, _) => role,
    };
    let moved = moved.then(|| {
        view! { <small>"Its e-mail address belongs to somebody who signed in, and was given to them."</small> }
    });
    view! {
        <tr data-row=id>
            <td><b>{login.clone()}</b>{moved}</td>
            <td data-l="In WordPress">{role}</td>
            <td data-l="Since" class="nw"><Day at=since now /></td>
            <td class="num wide">
                <div class="row acts-row">
                    <button class="btn mini" type="button" popovertarget=format!("end-{id}")>"End…"<span class="sr">" "{login}</span></button>
                </div>
            </td>
        </tr>
    }
    .into_any()
}

/// The question before one is ended.
fn sheet(slug: &str, account: &LocalAccount) -> AnyView {
    let (id, login) = (account.id, account.login.clone());
    let action = format!("/tenants/{slug}/accounts/{id}/end");
    view! {
        <Sheet id=format!("end-{id}") title=format!("End the account {login}") action verb="End" risk=true>
            <p class="soft">"It is signed out everywhere, its passwords open nothing any more, and it has no role. What it wrote stays. Who it belongs to can be added as a person here."</p>
        </Sheet>
    }
    .into_any()
}
