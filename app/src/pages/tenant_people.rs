//! The people of a tenant and their pairings with the chat: one row a person.

use crate::{
    context::Visit,
    model::{
        pairing::{Pairing, PairingStatus},
        person::Member,
        tenant::{Status, TenantPage},
    },
    parts::{
        field::{EMAIL, Field},
        note::Empty,
        sheet::Sheet,
        state::Link,
        time::Ago,
    },
};
use leptos::prelude::*;

/// A person with what links them to the chat.
struct Row {
    name: String,
    email: String,
    member: Option<Member>,
    pairing: Option<Pairing>,
}

/// One row a person; a pairing whose person is gone keeps its own row. Of several pairings the living one counts.
fn rows(members: Vec<Member>, pairings: Vec<Pairing>) -> Vec<Row> {
    let mut rows: Vec<Row> = members
        .into_iter()
        .map(|m| Row { name: m.name.clone(), email: m.email.clone(), member: Some(m), pairing: None })
        .collect();
    for pairing in pairings {
        match rows.iter_mut().find(|row| row.email.eq_ignore_ascii_case(&pairing.email)) {
            Some(row) => {
                if row.name.is_empty() {
                    row.name.clone_from(&pairing.name);
                }
                if row.pairing.as_ref().is_none_or(|known| known.status == PairingStatus::Gone) {
                    row.pairing = Some(pairing);
                }
            }
            None if pairing.status == PairingStatus::Gone => {}
            None => rows.push(Row {
                name: pairing.name.clone(),
                email: pairing.email.clone(),
                member: None,
                pairing: Some(pairing),
            }),
        }
    }
    rows
}

/// The panel.
#[component]
pub(super) fn People(visit: Visit, page: TenantPage) -> impl IntoView {
    let manage = page.may.manage_people && page.status != Status::Deleting;
    let ready = matches!(page.status, Status::Ready | Status::Degraded);
    let rows = rows(page.members.clone(), page.pairings.clone());
    let connected =
        rows.iter().filter(|r| r.pairing.as_ref().is_some_and(|p| p.status == PairingStatus::Connected)).count();
    let nobody = rows.is_empty();
    let said = (!nobody).then(|| format!("{connected} of {} connected", rows.len()));
    let sheets = rows.iter().enumerate().map(|(n, row)| sheets(&page.slug, n, row, manage)).collect::<Vec<_>>();
    let table = if rows.is_empty() {
        let text = if manage {
            "Add the first one by e-mail address. They sign in as everywhere, and press Connect in WordPress."
        } else {
            "An operator or an admin of this tenant adds them."
        };
        view! { <Empty title="No people yet".to_owned() text=text.to_owned() /> }.into_any()
    } else {
        let lines = rows.into_iter().enumerate().map(|(n, row)| line(n, row, manage, visit.now)).collect::<Vec<_>>();
        table(lines)
    };
    let hint = (connected == 0 && ready && !nobody).then(|| {
        view! { <p class="foot soft small">"Nobody is connected yet. Open WordPress, go to Slipway, and press Connect there."</p> }
    });
    let add = manage.then(|| add(&visit, &page.slug));
    view! {
        <section class="panel" aria-labelledby="people">
            <div class="cap"><h2 id="people">"People and pairings"</h2><span class="small soft">{said}</span></div>
            {table}
            {hint}
            {add}
            {sheets}
        </section>
    }
}

fn table(lines: Vec<AnyView>) -> AnyView {
    view! {
        <div class="wrap">
            <table>
                <thead><tr>
                    <th scope="col">"Person"</th>
                    <th scope="col">"Pairing"</th>
                    <th scope="col">"In WordPress"</th>
                    <th scope="col">"Last proof"</th>
                    <th scope="col"><span class="sr">"Actions"</span></th>
                </tr></thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn line(n: usize, row: Row, manage: bool, now: i64) -> AnyView {
    let Row { name, email, member, pairing } = row;
    let unnamed = name.is_empty();
    let who = if unnamed { email.clone() } else { name.clone() };
    let role = member.as_ref().map_or("No longer a member", |member| member.role.word());
    let fresh = member.as_ref().is_some_and(|member| !member.signed_in);
    let live = pairing.as_ref().filter(|pairing| pairing.status != PairingStatus::Gone);
    let login = live.map(|pairing| pairing.wp_login.clone());
    let proof = live.and_then(|pairing| pairing.proof_at.map(|at| (at, pairing.proof_ms)));
    let proof = proof.map(|(at, ms)| {
        view! { <Ago at now />{ms.map(|ms| view! { <small>{ms}" ms"</small> })} }
    });
    let none = proof.is_none();
    let note = pairing.as_ref().map(|pairing| pairing.note.clone()).filter(|note| !note.is_empty());
    let may_part = live.is_some_and(|pairing| pairing.may_disconnect && pairing.status != PairingStatus::Leaving);
    let status = pairing.as_ref().map(|pairing| pairing.status);
    view! {
        <tr>
            <td>
                <b>{who.clone()}</b>
                {(!unnamed).then(|| view! { <small>{email}</small> })}
                {fresh.then(|| view! { <small>"Has not signed in yet"</small> })}
            </td>
            <td><Link status />{note.map(|note| view! { <small>{note}</small> })}</td>
            <td data-l="In WordPress">{role}{login.map(|login| view! { <small>{login}</small> })}</td>
            <td data-l="Last proof" class="nw">{proof}{none.then(|| view! { <span class="soft">"None"</span> })}</td>
            <td class="num wide"><div class="row acts-row">
                {may_part.then(|| view! { <button class="btn mini" type="button" popovertarget=format!("part-{n}")>"Disconnect…"<span class="sr">" "{who.clone()}</span></button> })}
                {(manage && member.is_some()).then(|| view! { <button class="btn bare mini" type="button" popovertarget=format!("leave-{n}")>"Remove…"<span class="sr">" "{who}</span></button> })}
            </div></td>
        </tr>
    }
    .into_any()
}

fn sheets(slug: &str, n: usize, row: &Row, manage: bool) -> AnyView {
    let who = if row.name.is_empty() { row.email.clone() } else { row.name.clone() };
    let may_part = row.pairing.as_ref().filter(|p| p.may_disconnect && p.status != PairingStatus::Gone);
    let part = may_part.map(|pairing| {
        let action = format!("/tenants/{slug}/pairings/{}/disconnect", pairing.id);
        view! {
            <Sheet id=format!("part-{n}") title=format!("Disconnect {who}") action verb="Disconnect" risk=true>
                <p class="soft">"The chat can no longer write drafts in this name. Drafts that exist stay. Connect can be pressed again at any time."</p>
            </Sheet>
        }
    });
    let leave = (manage && row.member.is_some()).then(|| {
        let email = row.email.clone();
        view! {
            <Sheet id=format!("leave-{n}") title=format!("Remove {who}") action=format!("/tenants/{slug}/members/remove") verb="Remove" risk=true>
                <input type="hidden" name="email" value=email />
                <p class="soft">"They can no longer sign in to this WordPress, and their pairing ends. What they wrote stays."</p>
            </Sheet>
        }
    });
    view! { {part}{leave} }.into_any()
}

fn add(visit: &Visit, slug: &str) -> AnyView {
    view! {
        <form class="foot add" method="post" action=format!("/tenants/{slug}/members") aria-label="Add a person">
            <Field
                id="add-email" name="email" label="Add a person" rules=EMAIL
                error=visit.complaint("email")
            />
            <div class="field">
                <label for="add-role">"As"</label>
                <select class="in" id="add-role" name="role">
                    <option value="member">"Member, writes"</option>
                    <option value="admin">"Admin, manages people too"</option>
                </select>
            </div>
            <button class="btn">"Add"</button>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::person::Role;

    fn member(email: &str) -> Member {
        Member { email: email.to_owned(), name: String::new(), role: Role::Member, signed_in: true }
    }

    fn pairing(email: &str, status: PairingStatus) -> Pairing {
        let text = String::new;
        Pairing {
            id: email.to_owned(),
            name: "Ada".to_owned(),
            email: email.to_owned(),
            wp_login: text(),
            status,
            note: text(),
            proof_at: None,
            proof_ms: None,
            may_disconnect: false,
        }
    }

    #[test]
    fn one_row_a_person() {
        use PairingStatus::{Connected, Gone};
        let all = vec![
            pairing("ada@x", Gone),
            pairing("ADA@x", Connected),
            pairing("old@x", Gone),
            pairing("left@x", Connected),
        ];
        let rows = rows(vec![member("ada@x"), member("ben@x")], all);
        let said: Vec<_> =
            rows.iter().map(|row| (row.email.as_str(), row.pairing.as_ref().map(|p| p.status))).collect();
        assert_eq!(said, [("ada@x", Some(Connected)), ("ben@x", None), ("left@x", Some(Connected))]);
        assert_eq!(rows[0].name, "Ada");
    }
}
