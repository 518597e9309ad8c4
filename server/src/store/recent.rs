//! What happened last, over all tenants that somebody sees.

use super::{
    Result, Store,
    both::{all, statements},
    log::EventRow,
    rows::{TenantRow, plain, tenant_columns},
    tenant::Sight,
};
use crate::domain::{Event, Slug, Tenant};

#[derive(sqlx::FromRow)]
struct RecentRow {
    #[sqlx(flatten)]
    tenant: TenantRow,
    #[sqlx(flatten)]
    event: EventRow,
}

/// The newest events, with the tenant's row before each; `$1`: how many.
macro_rules! recent {
    ($($of:expr),+) => {
        concat!("SELECT ", tenant_columns!(), ", e.seq, e.flow, e.step, e.kind, e.body, e.at ", $($of),+,
            " ORDER BY e.at DESC, e.tenant, e.seq DESC LIMIT $1")
    };
}

/// No tenant has more among the newest `$1` than its own newest `$1`, which lie together.
macro_rules! newest {
    () => {
        "FROM tenant t JOIN event e ON e.tenant = t.id
            AND e.seq > (SELECT MAX(last.seq) FROM event last WHERE last.tenant = t.id) - $1"
    };
}

/// The tenants of a person; `$2` to `$4`: subject, issuer, verified address.
macro_rules! theirs {
    () => {
        "t.id IN (SELECT tenant FROM member WHERE subject = $2 AND issuer = $3
            UNION SELECT tenant FROM member WHERE email = $4 AND subject IS NULL)"
    };
}

statements! {
    RECENT = recent!("FROM event e JOIN tenant t ON t.id = e.tenant");
    RECENT_OF_SLUG = recent!(newest!(), " WHERE t.slug = $2");
    RECENT_OF_ONE = recent!(newest!(), " WHERE t.id = $2");
    RECENT_OF_PERSON = recent!(newest!(), " WHERE ", theirs!());
    RECENT_OF_PERSON_IN = recent!(newest!(), " WHERE ", theirs!(), " AND t.slug = $5");
}

impl Store {
    /// The newest events over all tenants in sight, or of one slug.
    ///
    /// # Errors
    /// The database, or an event that this version cannot read.
    pub async fn recent(&self, sight: &Sight, slug: Option<&Slug>, limit: u32) -> Result<Vec<(Tenant, Event)>> {
        let (limit, slug, mut link) = (i64::from(limit.min(1_000)), slug.map(Slug::as_str), self.read().await?);
        let rows: Vec<RecentRow> = match (sight, slug) {
            (Sight::All, None) => all!(&mut link, RECENT, limit)?,
            (Sight::All, Some(slug)) => all!(&mut link, RECENT_OF_SLUG, limit, slug)?,
            (Sight::Only(id), _) => all!(&mut link, RECENT_OF_ONE, limit, id.to_string())?,
            (Sight::Of(subject, email), None) => {
                all!(&mut link, RECENT_OF_PERSON, limit, &*plain(subject), self.issuer(), email.as_str())?
            }
            (Sight::Of(subject, email), Some(slug)) => {
                all!(&mut link, RECENT_OF_PERSON_IN, limit, &*plain(subject), self.issuer(), email.as_str(), slug)?
            }
        };
        let fits = |tenant: &Tenant| slug.is_none_or(|slug| tenant.slug.as_str() == slug);
        let read = |row: RecentRow| Ok((Tenant::try_from(row.tenant)?, row.event.try_into()?));
        rows.into_iter().map(read).filter(|row| row.as_ref().map_or(true, |(tenant, _)| fits(tenant))).collect()
    }
}
