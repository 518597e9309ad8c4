//! Tenants: ordering one, finding them, listing them.

use super::{
    Error, Result, Store,
    audit::{self, AuditEntry},
    both::{Tx, all, one, run, statements},
    log,
    rows::{TenantRow, anywhere, plain, role_key, slug as read_slug, status as read_status, tenant_columns, urgency},
    sealed::{self, FirstSecret},
};
use crate::domain::{At, Email, Event, Fact, Flow, Role, Slug, Tenant, TenantId, secret::TokenHash, tenant::Status};

/// A tenant to be.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its record.
    pub tenant: Tenant,
    /// Key of the form that ordered it; empty means that a repetition is a new order.
    pub key: String,
    /// The log's first fact.
    pub opened: Fact,
    /// Hash of the secret with which its site will call.
    pub site_hash: TokenHash,
    /// That secret, unless the vault has it already.
    pub secret: Option<FirstSecret>,
}

/// What an order came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ordered {
    /// It is in the books.
    Made(Tenant),
    /// The same person sent the same form before; nothing changed.
    Same(Tenant),
    /// A living tenant has this slug.
    SlugTaken,
}

/// Which tenants somebody sees at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Sight {
    /// All.
    #[default]
    All,
    /// Those of a person: subject and verified address.
    Of(String, Email),
    /// One.
    Only(TenantId),
}

impl Sight {
    /// Subject, address and tenant as statements take them; all null means all.
    pub(super) fn columns(&self) -> (Option<String>, Option<&str>, Option<String>) {
        match self {
            Self::All => (None, None, None),
            Self::Of(subject, email) => (Some(plain(subject).into_owned()), Some(email.as_str()), None),
            Self::Only(id) => (None, None, Some(id.to_string())),
        }
    }
}

/// Which tenants to list.
#[derive(Debug, Clone, Default)]
pub struct ListFilter {
    /// Only those in sight.
    pub sight: Sight,
    /// Substring of name or slug, any case.
    pub q: String,
    /// Only this state; `None` shows all but the deleted ones.
    pub state: Option<Status>,
    /// 1-based.
    pub page: u32,
    /// Rows a page, 1 to 500.
    pub per_page: u32,
}

/// One page of tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Those that need a person first, then degraded, provisioning, deleting, ready; the newest first among equals.
    pub rows: Vec<ListedTenant>,
    /// How many have each state (`q` and visibility applied), in the same order; states without tenants are left out.
    pub counts: Vec<(Status, u64)>,
    /// Rows over all pages.
    pub total: u64,
}

/// A tenant with what its log says in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTenant {
    /// Its record.
    pub tenant: Tenant,
    /// What happens now, or why a person is needed.
    pub now: String,
    /// Step that needs a person.
    pub stuck_step: Option<String>,
    /// Steps done.
    pub done: u32,
    /// Steps in all.
    pub steps: u32,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    tenant: TenantRow,
    now_text: String,
    stuck_step: Option<String>,
    done: i64,
    steps: i64,
}

/// `$1`, `$2`: the person, or nulls; `$3`: pattern; `$4`: the only tenant, or null; `$5`: the issuer.
macro_rules! visible {
    () => {
        "(CAST($1 AS TEXT) IS NULL OR t.id IN (SELECT tenant FROM member WHERE subject = $1 AND issuer = $5
            UNION SELECT tenant FROM member WHERE email = $2 AND subject IS NULL))
         AND t.search LIKE $3 ESCAPE '!'
         AND (CAST($4 AS TEXT) IS NULL OR t.id = $4)"
    };
}

statements! {
    ADD = "INSERT INTO tenant (id, slug, name, search, plan, site_url, admin, ordered_by, ordered_at, order_key,
            status, urgency, language, time_zone, now_text, done, steps, wake_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', 0, 0, $9) ON CONFLICT DO NOTHING";
    ADD_MEMBER = "INSERT INTO member (tenant, email, name, role) VALUES ($1, $2, '', $3)";
    ADD_SITE = "INSERT INTO site (tenant, secret_hash, url) VALUES ($1, $2, $3)";
    BY_KEY = concat!("SELECT ", tenant_columns!(), " FROM tenant t
        WHERE t.ordered_by = $1 AND t.order_key = $2 AND t.order_key <> ''");
    BY_SLUG = concat!("SELECT ", tenant_columns!(), " FROM tenant t WHERE t.slug = $1
        ORDER BY CASE WHEN t.gone_at IS NULL THEN 0 ELSE 1 END, t.gone_at DESC, t.id LIMIT 1");
    BY_ID = concat!("SELECT ", tenant_columns!(), " FROM tenant t WHERE t.id = $1");
    LIVING = concat!("SELECT ", tenant_columns!(), " FROM tenant t WHERE t.gone_at IS NULL ORDER BY t.ordered_at, t.id");
    SLUG_TAKEN = "SELECT slug FROM tenant WHERE slug = $1 AND gone_at IS NULL";
    LIST = concat!("SELECT ", tenant_columns!(), ", t.now_text, t.stuck_step, t.done, t.steps FROM tenant t WHERE ",
        visible!(), " AND (t.status = $6 OR (CAST($6 AS TEXT) IS NULL AND t.status <> 'deleted'))
        ORDER BY t.urgency, t.ordered_at DESC, t.id LIMIT $7 OFFSET $8");
    COUNT = concat!("SELECT t.status, COUNT(*) FROM tenant t WHERE ", visible!(),
        " GROUP BY t.status, t.urgency ORDER BY t.urgency");
}

impl Store {
    /// Orders a tenant: its row (awake at once), first admin, first event, site and audit entry, or none of them.
    ///
    /// # Errors
    /// The database.
    pub async fn order(&self, new: &NewTenant, audit: &AuditEntry) -> Result<Ordered> {
        let mut tx = self.begin().await?;
        if !add(&mut tx, new).await? {
            let before: Option<TenantRow> = one!(&mut tx, BY_KEY, &*plain(&new.tenant.ordered_by), &*plain(&new.key))?;
            return before.map_or(Ok(Ordered::SlugTaken), |row| Tenant::try_from(row).map(Ordered::Same));
        }
        let id = new.tenant.id.to_string();
        let (admin, site) = (new.tenant.admin.as_str(), new.site_hash.hex());
        run!(&mut tx, ADD_MEMBER, &id, admin, role_key(Role::Admin))?;
        run!(&mut tx, ADD_SITE, &id, &site, &new.tenant.site_url)?;
        if let Some(secret) = &new.secret {
            sealed::first(&mut tx, new.tenant.id, secret).await?;
        }
        let opened = Event {
            seq: 1,
            flow: Flow::Tenant,
            step: String::new(),
            fact: new.opened.clone(),
            at: new.tenant.ordered_at,
        };
        log::write(&mut tx, new.tenant.id, None, &opened).await?;
        audit::enter(&mut tx, audit).await?;
        tx.commit().await?;
        self.changed_at(new.tenant.id, Some(opened.seq));
        Ok(Ordered::Made(new.tenant.clone()))
    }

    /// The living tenant of this slug, else the newest one that is gone.
    ///
    /// # Errors
    /// The database.
    pub async fn tenant_by_slug(&self, slug: &Slug) -> Result<Option<Tenant>> {
        let row: Option<TenantRow> = one!(&mut self.read().await?, BY_SLUG, slug.as_str())?;
        row.map(Tenant::try_from).transpose()
    }

    /// The tenant of this id, gone or not.
    ///
    /// # Errors
    /// The database.
    pub async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>> {
        let row: Option<TenantRow> = one!(&mut self.read().await?, BY_ID, id.to_string())?;
        row.map(Tenant::try_from).transpose()
    }

    /// Does a living tenant have this slug?
    ///
    /// # Errors
    /// The database.
    pub async fn slug_taken(&self, slug: &Slug) -> Result<bool> {
        let row: Option<(String,)> = one!(&mut self.read().await?, SLUG_TAKEN, slug.as_str())?;
        row.map_or(Ok(false), |(found,)| read_slug(&found).map(|found| found == *slug))
    }

    /// One page of tenants, and how many there are of each state. Two queries.
    ///
    /// # Errors
    /// The database.
    pub async fn list(&self, f: &ListFilter) -> Result<Listed> {
        let (subject, email, only) = f.sight.columns();
        let (q, state) = (anywhere(&f.q), f.state.map(Status::key));
        let (issuer, limit) = (self.issuer(), i64::from(f.per_page.clamp(1, 500)));
        let offset = i64::from(f.page.max(1) - 1) * limit;
        let mut link = self.read().await?;
        let counts: Vec<(String, i64)> = all!(&mut link, COUNT, &subject, email, &q, &only, issuer)?;
        let rows: Vec<ListedRow> = all!(&mut link, LIST, &subject, email, &q, &only, issuer, state, limit, offset)?;
        let counts: Vec<(Status, u64)> =
            counts.into_iter().map(|(key, n)| Ok((read_status(&key)?, n.unsigned_abs()))).collect::<Result<_>>()?;
        let shown = |s: Status| f.state.map_or(s != Status::Deleted, |wanted| s == wanted);
        let total = counts.iter().filter(|(s, _)| shown(*s)).map(|(_, n)| n).sum();
        let rows = rows.into_iter().map(ListedTenant::try_from).collect::<Result<_>>()?;
        Ok(Listed { rows, counts, total })
    }

    /// All tenants that are not gone, the oldest order first.
    ///
    /// # Errors
    /// The database.
    pub async fn living(&self) -> Result<Vec<Tenant>> {
        let rows: Vec<TenantRow> = all!(&mut self.read().await?, LIVING)?;
        rows.into_iter().map(Tenant::try_from).collect()
    }
}

/// The tenant's row; `false` when its slug or its form's key is there already.
async fn add(tx: &mut Tx, new: &NewTenant) -> Result<bool> {
    let t = &new.tenant;
    let (At(ordered_at), name) = (t.ordered_at, plain(&t.name));
    let search = format!("{}\n{}", t.slug, name.to_lowercase());
    let rows = run!(
        tx,
        ADD,
        t.id.to_string(),
        t.slug.as_str(),
        &*name,
        search,
        &t.plan,
        &t.site_url,
        t.admin.as_str(),
        &*plain(&t.ordered_by),
        ordered_at,
        &*plain(&new.key),
        t.status.key(),
        urgency(t.status),
        t.language.key(),
        t.time_zone.as_str(),
    )?;
    Ok(rows == 1)
}

impl TryFrom<ListedRow> for ListedTenant {
    type Error = Error;
    fn try_from(row: ListedRow) -> Result<Self> {
        let count = |n: i64| u32::try_from(n).map_err(|_| Error::Corrupt("tenant.done"));
        Ok(Self {
            tenant: row.tenant.try_into()?,
            now: row.now_text,
            stuck_step: row.stuck_step,
            done: count(row.done)?,
            steps: count(row.steps)?,
        })
    }
}
