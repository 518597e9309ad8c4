//! Who is signed in, and the end of other people's sessions.

use super::{Bound, internal};
use app::{
    model::session::{PersonHere, SessionQuery, SessionsPage},
    portal::Answer,
};

/// People a page has.
const PAGE: u32 = 50;

impl Bound {
    pub(super) async fn people_here(&self, query: SessionQuery) -> Answer<SessionsPage> {
        let skip = u64::from(query.page.max(1) - 1) * u64::from(PAGE);
        let (rows, total) =
            self.house.store.people_here(&query.q, self.house.now(), skip, PAGE).await.map_err(internal)?;
        let mine = |subject: &str| self.pass.is_none() && subject == self.caller.subject;
        let row = |row: crate::store::HereRow| PersonHere {
            me: mine(&row.subject),
            subject: row.subject,
            name: if row.name.is_empty() { row.email.clone() } else { row.name },
            email: row.email,
            standing: row.standing,
            sessions: row.sessions,
            since: row.since.0,
            seen_at: row.seen_at.0,
        };
        let may_end = self.caller.standing == crate::domain::Standing::Operator;
        Ok(SessionsPage { query, rows: rows.into_iter().map(row).collect(), total, per_page: PAGE, may_end })
    }

    pub(super) async fn end_theirs(&self, person: &str) -> Answer<()> {
        let Some(email) = self.house.store.address_here(person, self.house.now()).await.map_err(internal)? else {
            return Ok(());
        };
        let audit = self.house.entry(&self.actor, "session.end", None, true, format!("All sessions of {email}."));
        self.house.store.end_all_sessions(person, &audit).await.map_err(internal).map(drop)
    }
}
