//! The people of a tenant, those who are invited, and their pairings with the chat: one row a person.

mod line;

use crate::{
    context::{Visit, query},
    model::{
        pairing::{Pairing, PairingStatus},
        person::Member,
        tenant::{Status, TenantPage},
    },
    parts::{
        field::{EMAIL, Field},
        note::Empty,
        pager::{Pager, cut, search},
    },
};
use leptos::prelude::*;
use line::{line, sheets};

/// From this many people on they can be searched.
const MANY: usize = 8;
/// Rows of one page.
const ROWS: u32 = 100;

/// A person with what links them to the chat.
#[derive(Clone)]
struct Row {
    name: String,
    email: String,
    member: Option<Member>,
    pairing: Option<Pairing>,
}

impl Row {
    fn who(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }

    fn is_found(&self, sought: &str) -> bool {
        [&self.name, &self.email].iter().any(|text| text.to_lowercase().contains(sought))
    }
}

/// One row a person; a pairing whose person is gone keeps its own row. Of several pairings the living one counts.
fn rows(members: Vec<Member>, pairings: Vec<Pairing>) -> Vec<Row> {
    let mut rows: Vec<Row> = members
        .into_iter()
        .map(|m| Row { name: m.name.clone(), email: m.email.clone(), member: Some(m), pairing: None })
        .collect();
    for pairing in pairings {
        match rows.iter_mut().find(|row| row.email == pairing.email) {
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
    let all = rows(page.members.clone(), page.pairings.clone());
    let connected =
        all.iter().filter(|r| r.pairing.as_ref().is_some_and(|p| p.status == PairingStatus::Connected)).count();
    let (nobody, many) = (all.is_empty(), all.len() >= MANY);
    let said = (!nobody).then(|| format!("{connected} of {} connected", all.len()));
    let sought = query("people").trim().to_lowercase();
    let mut rows: Vec<Row> = all.into_iter().filter(|row| row.is_found(&sought)).collect();
    let pager = pager(&mut rows, &page.slug, &sought);
    let may = (manage, page.may.operate);
    let sheets = rows.iter().enumerate().map(|(n, row)| sheets(&page.slug, n, row, may)).collect::<Vec<_>>();
    let hint = (connected == 0 && ready && !nobody).then(|| {
        view! { <p class="foot soft small">"Nobody is connected yet. Open WordPress, go to Slipway, and press Connect there."</p> }
    });
    let find = (many || !sought.is_empty()).then(|| find(&page.slug, &sought));
    let table = match (nobody, rows.is_empty()) {
        (true, _) => empty(manage),
        (_, true) => no_match(&page.slug, &sought),
        _ => {
            let slug = page.slug.clone();
            let line = |(n, row)| line(&slug, n, row, may, visit.now);
            table(rows.into_iter().enumerate().map(line).collect())
        }
    };
    let add = manage.then(|| add(&visit, &page.slug));
    view! {
        <section class="panel" aria-labelledby="people">
            <div class="cap"><h2 id="people">"People and pairings"</h2><span class="small soft">{said}</span>{find}</div>
            {table}
            {pager}
            {hint}
            {add}
            {sheets}
        </section>
    }
}

/// Cuts the rows to the page that is asked for, and leads to the others.
fn pager(rows: &mut Vec<Row>, slug: &str, sought: &str) -> Option<AnyView> {
    let (total, page) = (rows.len() as u64, query("at").parse().unwrap_or(1));
    let cut = cut(total, ROWS, page);
    let (first, last) = cut.rows;
    let index = |row: u64| usize::try_from(row).unwrap_or(usize::MAX);
    rows.truncate(index(last));
    rows.drain(..index(first.saturating_sub(1)).min(rows.len()));
    let to = |page: u32| format!("/tenants/{slug}{}#people", search(&[("people", sought), ("at", &page.to_string())]));
    (total > u64::from(ROWS)).then(|| {
        let said = format!("{first}–{last} of {total}");
        view! { <Pager said back=cut.back.map(to) next=cut.next.map(to) /> }.into_any()
    })
}

/// Filters the rows while one types; without a script it asks the server.
fn find(slug: &str, sought: &str) -> AnyView {
    view! {
        <form class="seek" role="search" action=format!("/tenants/{slug}#people")>
            <label class="sr" for="find">"Search people"</label>
            <input class="in" id="find" name="people" type="search" placeholder="Name or address" value=sought.to_owned()
                autocomplete="off" data-finds="people-rows" />
        </form>
    }
    .into_any()
}

fn empty(manage: bool) -> AnyView {
    let text = if manage {
        "Add the first one by e-mail address. They get an e-mail, sign in as usual, and press Connect in WordPress."
    } else {
        "An operator or an admin of this tenant adds them."
    };
    view! { <Empty title="No people yet".to_owned() text=text.to_owned() /> }.into_any()
}

fn no_match(slug: &str, sought: &str) -> AnyView {
    let (title, all) = (format!("Nobody matches “{sought}”"), format!("/tenants/{slug}#people"));
    view! { <Empty title text="Search for a part of a name or an address.".to_owned()><a class="btn" href=all>"Show everybody"</a></Empty> }
        .into_any()
}

fn table(lines: Vec<AnyView>) -> AnyView {
    view! {
        <div class="wrap">
            <table>
                <thead><tr>
                    <th scope="col">"Person"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"In WordPress"</th>
                    <th scope="col">"Last proof"</th>
                    <th scope="col"><span class="sr">"Actions"</span></th>
                </tr></thead>
                <tbody id="people-rows">{lines}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn add(visit: &Visit, slug: &str) -> AnyView {
    let role = query("role");
    view! {
        <form class="foot add" method="post" action=format!("/tenants/{slug}/members") aria-label="Add a person">
            <Field
                id="add-email" name="email" label="Add a person" rules=EMAIL value=query("email")
                error=visit.complaint("email")
            />
            <div class="field">
                <label for="add-role">"As"</label>
                <select class="in" id="add-role" name="role">
                    <option value="member">"Member, writes"</option>
                    <option value="admin" selected=role == "admin">"Admin, manages people too"</option>
                </select>
            </div>
            <button class="btn"><crate::parts::icon::Icon name="mail" />"Invite"</button>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::person::Role;

    fn member(email: &str) -> Member {
        Member {
            key: email.to_owned(),
            email: email.to_owned(),
            name: String::new(),
            role: Role::Member,
            signed_in: true,
            invited: None,
            replaced: false,
        }
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
            pairing("ada@x", Connected),
            pairing("old@x", Gone),
            pairing("left@x", Connected),
        ];
        let rows = rows(vec![member("ada@x"), member("ben@x")], all);
        let said: Vec<_> =
            rows.iter().map(|row| (row.email.as_str(), row.pairing.as_ref().map(|p| p.status))).collect();
        assert_eq!(said, [("ada@x", Some(Connected)), ("ben@x", None), ("left@x", Some(Connected))]);
        assert_eq!(rows[0].name, "Ada");
        assert!(rows[0].is_found("ada") && rows[1].is_found("ben@") && !rows[1].is_found("ada"));
    }
}
