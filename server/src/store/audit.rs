//! The audit: who did what, refusals included. Entries are only ever added, and each carries the hash of the one
//! before it, so that a changed, removed or inserted entry shows. Masking secrets is the caller's duty.
//!
//! The chain's end is a row of its own. Taking that row makes one writer at a time on both databases, and a chain
//! whose last entries were cut off shows as well. Take it last in a transaction: others wait for it.

use super::{
    Error, Result, Store,
    both::{Tx, all, one, run, statements},
    rows::{anywhere, plain},
};
use crate::domain::{At, Slug, TenantId, api_token::masked};
use app::model::audit::{AuditQuery, AuditRow};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::ops::Range;

/// An entry to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: At,
    /// The text of an [`Actor`](crate::domain::Actor).
    pub who: String,
    /// "tenant.order", "pairing.approve", …
    pub what: String,
    /// Tenant it concerns.
    pub tenant: Option<(TenantId, Slug)>,
    /// Allowed or refused.
    pub allowed: bool,
    /// One sentence without secrets.
    pub detail: String,
    /// What was there before, if something changed.
    pub before: Option<String>,
    /// What is there now.
    pub after: Option<String>,
}

impl AuditEntry {
    /// Says what changed; an empty text stands for nothing.
    #[must_use]
    pub fn changed(mut self, before: &str, after: &str) -> Self {
        self.before = (!before.is_empty()).then(|| masked(before));
        self.after = (!after.is_empty()).then(|| masked(after));
        self
    }
}

/// An entry as it is stored and, without its hash, as it is hashed: JSON with the fields in this order.
#[derive(Serialize, sqlx::FromRow)]
struct Link {
    seq: i64,
    at: i64,
    who: String,
    what: String,
    tenant: Option<String>,
    slug: String,
    allowed: bool,
    detail: String,
    /// These two came later: an entry without them hashes as it did before there were any.
    #[serde(skip_serializing_if = "Option::is_none")]
    before_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after_text: Option<String>,
    #[serde(skip)]
    hash: String,
}

macro_rules! columns {
    () => {
        "seq, at, who, what, tenant, slug, allowed, detail, before_text, after_text, hash"
    };
}

/// A page, of all entries or of those that an index finds. What is looked for in texts stands behind: no index helps there.
macro_rules! page {
    ($found:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM audit WHERE ",
            $found,
            "seq < $1 AND LOWER(who) LIKE $2 ESCAPE '!' AND LOWER(what) LIKE $3 ESCAPE '!'
                AND at >= $4 AND at < $5 AND (NOT allowed OR allowed = $6) ORDER BY seq DESC LIMIT $7"
        )
    };
}

statements! {
    TAKE_HEAD = "UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash";
    ADD = concat!("INSERT INTO audit (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
    SET_HEAD = "UPDATE audit_head SET hash = $1 WHERE id = 1";
    HEAD = "SELECT seq, hash FROM audit_head WHERE id = 1";
    PAGE = page!("");
    PAGE_OF = page!("slug = $8 AND ");
    FIRST_DRAFT = "UPDATE tenant SET first_draft_at = $2 WHERE id = $1 AND first_draft_at IS NULL";
    DRAFTED = "SELECT first_draft_at FROM tenant WHERE id = $1";
    WALK = concat!("SELECT ", columns!(), " FROM audit WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT 1000");
}

impl Store {
    /// Adds an entry that belongs to no other change, such as a refusal.
    ///
    /// # Errors
    /// The database.
    pub async fn audit(&self, e: &AuditEntry) -> Result<()> {
        let mut tx = self.begin().await?;
        enter(&mut tx, e).await?;
        tx.commit().await
    }

    /// The same for a draft that the chat wrote; the tenant's first one is kept with it.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_draft(&self, e: &AuditEntry) -> Result<()> {
        let mut tx = self.begin().await?;
        if let Some((tenant, _)) = &e.tenant {
            run!(&mut tx, FIRST_DRAFT, tenant.to_string(), e.at.0)?;
        }
        enter(&mut tx, e).await?;
        tx.commit().await
    }

    /// When the chat wrote the tenant's first draft.
    ///
    /// # Errors
    /// The database.
    pub async fn first_draft(&self, tenant: TenantId) -> Result<Option<At>> {
        let row: Option<(Option<i64>,)> = one!(&mut self.read().await?, DRAFTED, tenant.to_string())?;
        Ok(row.and_then(|(at,)| at).map(At))
    }

    /// Entries that fit, the newest first, and whether there are older ones. The days of the query are not looked at.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_page(&self, q: &AuditQuery, limit: u32) -> Result<(Vec<AuditRow>, bool)> {
        self.audit_between(q, At(i64::MIN)..At(i64::MAX), limit).await
    }

    /// The same within a span of time.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_between(&self, q: &AuditQuery, span: Range<At>, limit: u32) -> Result<(Vec<AuditRow>, bool)> {
        let before = if q.before > 0 { q.before } else { i64::MAX };
        let limit = limit.clamp(1, 1_000) as usize;
        let (who, what) = (anywhere(&q.who), anywhere(&q.what));
        let (from, to, allowed) = (span.start.0, span.end.0, !q.refused);
        let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let mut link = self.read().await?;
        let mut rows: Vec<Link> = match &*plain(&q.tenant) {
            "" => all!(&mut link, PAGE, before, who, what, from, to, allowed, most)?,
            slug => all!(&mut link, PAGE_OF, before, who, what, from, to, allowed, most, slug)?,
        };
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok((rows.into_iter().map(AuditRow::from).collect(), more))
    }

    /// Walks the whole chain: the number of entries, or the number of the first one that is missing or not as written.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_verify(&self) -> Result<std::result::Result<u64, i64>> {
        let mut link = self.read().await?;
        let head: Option<(i64, String)> = one!(&mut link, HEAD)?;
        let (end, last) = head.ok_or(Error::Corrupt("audit_head"))?;
        let (mut seq, mut hash) = (0, String::new());
        while seq < end {
            let rows: Vec<Link> = all!(&mut link, WALK, seq, end)?;
            if rows.is_empty() {
                return Ok(Err(seq + 1));
            }
            for row in rows {
                if row.seq != seq + 1 || row.hash != row.chained(&hash)? {
                    return Ok(Err(seq + 1));
                }
                (seq, hash) = (row.seq, row.hash);
            }
        }
        Ok(if hash == last { Ok(seq.unsigned_abs()) } else { Err(seq.max(1)) })
    }
}

/// Adds an entry in the transaction of the change it tells of.
pub(super) async fn enter(tx: &mut Tx, e: &AuditEntry) -> Result<()> {
    let head: Option<(i64, String)> = one!(&mut *tx, TAKE_HEAD)?;
    let (seq, before) = head.ok_or(Error::Corrupt("audit_head"))?;
    let mut link = Link {
        seq,
        at: e.at.0,
        who: plain(&e.who).into_owned(),
        what: plain(&e.what).into_owned(),
        tenant: e.tenant.as_ref().map(|(id, _)| id.to_string()),
        slug: e.tenant.as_ref().map(|(_, slug)| slug.to_string()).unwrap_or_default(),
        allowed: e.allowed,
        detail: plain(&e.detail).into_owned(),
        before_text: e.before.as_deref().map(|text| plain(text).into_owned()),
        after_text: e.after.as_deref().map(|text| plain(text).into_owned()),
        hash: String::new(),
    };
    link.hash = link.chained(&before)?;
    let l = &link;
    let (before, after) = (&l.before_text, &l.after_text);
    run!(
        &mut *tx, ADD, l.seq, l.at, &l.who, &l.what, &l.tenant, &l.slug, l.allowed, &l.detail, before, after, &l.hash
    )?;
    run!(&mut *tx, SET_HEAD, &l.hash).map(|_| ())
}

impl Link {
    /// SHA-256, in hex, of the hash before (as text, empty at the start) and this entry as JSON.
    fn chained(&self, before: &str) -> Result<String> {
        let json = serde_json::to_string(self).map_err(|_| Error::Corrupt("an audit entry"))?;
        let digest = Sha256::new().chain_update(before).chain_update(json).finalize();
        Ok(digest.iter().map(|b| format!("{b:02x}")).collect())
    }
}

impl From<Link> for AuditRow {
    fn from(l: Link) -> Self {
        Self {
            seq: l.seq,
            at: l.at,
            who: l.who,
            what: l.what,
            tenant: l.slug,
            allowed: l.allowed,
            detail: l.detail,
            before: l.before_text,
            after: l.after_text,
        }
    }
}
