//! Who a subject belongs to. A provider's subject means a person only together with its issuer, so every row that keeps a
//! subject keeps the issuer too, and a row of another issuer matches nobody.

use super::{
    Result, Store,
    both::{all, run, statements},
};

statements! {
    ADOPT_MEMBERS = "UPDATE member SET issuer = $1 WHERE issuer = '' AND subject IS NOT NULL";
    ADOPT_PAIRINGS = "UPDATE pairing SET issuer = $1 WHERE issuer = ''";
    ADOPT_SESSIONS = "UPDATE session SET issuer = $1 WHERE issuer = ''";
    ADOPT_TOKENS = "UPDATE api_token SET issuer = $1 WHERE issuer = '' OR grounds = 'machine'";
    END_SESSIONS = "DELETE FROM session WHERE issuer <> $1";
    END_CODES = "DELETE FROM intent WHERE subject IS NOT NULL AND redeemed_at IS NULL";
    REST_TOKENS = "UPDATE api_token SET confirmed_at = 0 WHERE issuer <> $1";
    // Their sites put what carries such a subject aside before somebody new with the same one comes.
    WAKE = "UPDATE tenant SET wake_at = 0, look_asked = look_asked + 1 WHERE gone_at IS NULL AND EXISTS (SELECT 1
        FROM member m WHERE m.tenant = tenant.id AND m.subject IS NOT NULL AND m.issuer <> $1)";
    ELSEWHERE = "SELECT issuer, COUNT(DISTINCT subject) FROM member
        WHERE subject IS NOT NULL AND issuer <> $1 GROUP BY issuer ORDER BY issuer";
}

impl Store {
    /// The store at this issuer. Subjects that were written down before issuers were become its own. When it is another
    /// issuer than before, sessions and codes of the other one end, and tokens rest until their makers sign in here.
    ///
    /// # Errors
    /// The database.
    pub async fn at_issuer(mut self, issuer: &str) -> Result<Self> {
        self.issuer = issuer.into();
        let mut tx = self.begin().await?;
        for sql in [ADOPT_MEMBERS, ADOPT_PAIRINGS, ADOPT_SESSIONS, ADOPT_TOKENS] {
            run!(&mut tx, sql, issuer)?;
        }
        if run!(&mut tx, END_SESSIONS, issuer)? > 0 {
            run!(&mut tx, END_CODES)?;
        }
        run!(&mut tx, REST_TOKENS, issuer)?;
        run!(&mut tx, WAKE, issuer)?;
        tx.commit().await?;
        Ok(self)
    }

    /// The issuer whose subjects are people here.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Other issuers, and how many people of each have a place here and nobody who can take it.
    ///
    /// # Errors
    /// The database.
    pub async fn other_issuers(&self) -> Result<Vec<(String, u64)>> {
        let rows: Vec<(String, i64)> = all!(&mut self.read().await?, ELSEWHERE, self.issuer())?;
        Ok(rows.into_iter().map(|(issuer, people)| (issuer, people.unsigned_abs())).collect())
    }

    /// The subject as the house compares it: one of another issuer comes with its issuer, so that it equals none of here.
    pub(super) fn known(&self, issuer: &str, subject: String) -> String {
        if issuer == self.issuer() { subject } else { format!("{issuer} {subject}") }
    }
}
