//! People, pairings and an account, as example data.

use crate::data::{HOUR, MINUTE, NOW, SECOND};
use app::model::{
    account::{AccountPage, Paired, SessionView},
    pairing::{Pairing, PairingStatus},
    person::{Invited, Language, Me, Member, Role, Standing},
    session::{PersonHere, SessionQuery, SessionsPage},
};

fn member(name: &str, role: Role, signed_in: bool) -> Member {
    let first = name.split(' ').next().unwrap_or_default().to_lowercase();
    let name = if signed_in { name.to_owned() } else { String::new() };
    Member {
        key: String::new(),
        email: format!("{first}@example.org"),
        name,
        role,
        signed_in,
        invited: None,
        replaced: false,
    }
}

fn guest(name: &str, sent: Option<i64>, problem: &str, over: bool) -> Member {
    let until = if over { NOW - 2 * 24 * HOUR } else { NOW + 13 * 24 * HOUR };
    let invited = Invited {
        by: "ada@example.org".to_owned(),
        until,
        over,
        sent_at: sent.map(|ago| NOW - ago),
        problem: problem.to_owned(),
        next_at: (!problem.is_empty()).then_some(NOW + 40 * SECOND),
    };
    Member { invited: Some(invited), ..member(name, Role::Member, false) }
}

fn pairing(name: &str, status: PairingStatus, note: &str, ago: i64) -> Pairing {
    let first = name.split(' ').next().unwrap_or_default().to_lowercase();
    Pairing {
        id: format!("p-{first}"),
        name: name.to_owned(),
        email: format!("{first}@example.org"),
        wp_login: first,
        status,
        note: note.to_owned(),
        proof_at: Some(NOW - ago),
        proof_ms: Some(212),
        may_disconnect: true,
    }
}

pub(crate) fn people() -> (Vec<Member>, Vec<Pairing>) {
    let members = vec![
        member("Ada Byrne", Role::Admin, true),
        member("Olivia Hart", Role::Admin, true),
        member("Ben Okafor", Role::Member, true),
        guest("Mia Lindt", Some(3 * HOUR), "", false),
        guest(
            "Noor Haddad",
            None,
            "The mail server at mail.example.org:587 does not take letters now (Connection refused).",
            false,
        ),
        guest("Per Dahl", Some(16 * 24 * HOUR), "", true),
        member("Quinn Shaw", Role::Member, false),
        member("Rosa Marin", Role::Member, true),
    ];
    let pairings = vec![
        pairing("Ada Byrne", PairingStatus::Connected, "", 3 * MINUTE),
        pairing(
            "Olivia Hart",
            PairingStatus::SafeMode,
            "The address of the site changed. Press Connect again.",
            20 * HOUR,
        ),
    ];
    (members, pairings)
}

pub(crate) fn sessions(query: SessionQuery, may_end: bool) -> SessionsPage {
    let row = |name: &str, standing, sessions, since, seen| {
        let first = name.split(' ').next().unwrap_or_default().to_lowercase();
        PersonHere {
            subject: format!("sub-{first}"),
            name: name.to_owned(),
            email: format!("{first}@example.org"),
            standing,
            sessions,
            since: NOW - since,
            seen_at: NOW - seen,
            me: first == "olivia",
        }
    };
    let rows = vec![
        row("Olivia Hart", Standing::Operator, 2, 3 * HOUR, 2 * MINUTE),
        row("Ben Okafor", Standing::Auditor, 1, 5 * HOUR, 12 * MINUTE),
        row("Ada Byrne", Standing::Person, 3, 22 * HOUR, 2 * HOUR),
    ];
    SessionsPage { query, rows, total: 3, per_page: 50, may_end }
}

pub(crate) fn account(me: Me) -> AccountPage {
    let session = |id: &str, device: &str, made: i64, seen: i64| SessionView {
        id: id.to_owned(),
        device: device.to_owned(),
        made_at: NOW - made,
        seen_at: NOW - seen,
    };
    let paired = |slug: &str, name: &str, pairing| Paired { tenant: (slug.to_owned(), name.to_owned()), pairing };
    AccountPage {
        me,
        sessions: vec![
            session("s1", "Firefox on Linux", 3 * HOUR, 2 * MINUTE),
            session("s2", "Safari on iPhone", 20 * HOUR, 5 * HOUR),
            session("s3", "Edge on Windows", 23 * HOUR, 22 * HOUR),
        ],
        pairings: vec![
            paired("acme", "Acme", pairing("Ada Byrne", PairingStatus::Connected, "", 3 * MINUTE)),
            paired(
                "harbor-bakery",
                "Harbor Bakery",
                pairing(
                    "Ada Byrne2",
                    PairingStatus::SafeMode,
                    "The address of the site changed. Press Connect again.",
                    20 * HOUR,
                ),
            ),
        ],
        language: Language::En,
    }
}
