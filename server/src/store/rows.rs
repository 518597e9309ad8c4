//! Between columns and the words of the house. What cannot be read is an error, never a guess.

use super::{Error, Result};
use crate::domain::{At, Email, Role, SiteLanguage, Slug, Tenant, TimeZone, pairing::PairingStatus, tenant::Status};
use std::borrow::Cow;

/// Columns of a [`TenantRow`]; `t` is the table's alias.
macro_rules! tenant_columns {
    () => {
        "t.id, t.slug, t.name, t.plan, t.language, t.time_zone, t.site_url, t.admin, t.ordered_by, t.ordered_at, t.status, t.gone_at"
    };
}
pub(super) use tenant_columns;

#[derive(sqlx::FromRow)]
pub(super) struct TenantRow {
    id: String,
    slug: String,
    name: String,
    plan: String,
    language: String,
    time_zone: String,
    site_url: String,
    admin: String,
    ordered_by: String,
    ordered_at: i64,
    status: String,
    gone_at: Option<i64>,
}

impl TryFrom<TenantRow> for Tenant {
    type Error = Error;
    fn try_from(row: TenantRow) -> Result<Self> {
        Ok(Self {
            id: row.id.parse().map_err(|_| Error::Corrupt("tenant.id"))?,
            slug: slug(&row.slug)?,
            name: row.name,
            plan: row.plan,
            language: SiteLanguage::from_key(&row.language).ok_or(Error::Corrupt("tenant.language"))?,
            time_zone: TimeZone::on_record(row.time_zone),
            site_url: row.site_url,
            admin: email(&row.admin)?,
            ordered_by: row.ordered_by,
            ordered_at: At(row.ordered_at),
            status: status(&row.status)?,
            gone_at: row.gone_at.map(At),
        })
    }
}

pub(super) fn slug(text: &str) -> Result<Slug> {
    Slug::parse(text).map_err(|_| Error::Corrupt("a slug"))
}

pub(super) fn email(text: &str) -> Result<Email> {
    Email::on_record(text).map_err(|_| Error::Corrupt("an e-mail address"))
}

pub(super) fn status(key: &str) -> Result<Status> {
    Status::from_key(key).ok_or(Error::Corrupt("tenant.status"))
}

/// Rank in lists: who needs a person comes first.
pub(super) fn urgency(status: Status) -> i64 {
    match status {
        Status::NeedsAttention => 0,
        Status::Degraded => 1,
        Status::Provisioning => 2,
        Status::Deleting => 3,
        Status::Ready => 4,
        Status::Suspended => 5,
        Status::Draft => 6,
        Status::Deleted => 7,
    }
}

pub(super) fn role_key(role: Role) -> &'static str {
    match role {
        Role::Admin => "admin",
        Role::Member => "member",
    }
}

pub(super) fn role(key: &str) -> Result<Role> {
    match key {
        "admin" => Ok(Role::Admin),
        "member" => Ok(Role::Member),
        _ => Err(Error::Corrupt("a role")),
    }
}

pub(super) fn pairing_status(key: &str) -> Result<PairingStatus> {
    use PairingStatus as P;
    [P::Working, P::Connected, P::Broken, P::SafeMode, P::Leaving, P::Gone]
        .into_iter()
        .find(|s| s.key() == key)
        .ok_or(Error::Corrupt("pairing.status"))
}

/// Text from outside without the NUL character, which PostgreSQL refuses.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "").into() } else { text.into() }
}

/// A pattern for `LIKE … ESCAPE '!'` that finds `part` anywhere, in lower case.
pub(super) fn anywhere(part: &str) -> String {
    let mut pattern = String::from("%");
    for c in plain(part).chars().flat_map(char::to_lowercase) {
        if matches!(c, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
