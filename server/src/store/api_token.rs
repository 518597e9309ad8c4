//! Tokens of programs. The database knows a token only by its hash, so a stolen copy opens nothing.

use super::{
    Error, Result, Store,
    audit::{self, AuditEntry},
    both::{all, one, run, statements},
    rows::{email, plain},
};
use crate::domain::{
    ApiTokenId, At, Caller, Standing, TenantId,
    api_token::{ApiToken, Grounds, Scope},
    secret::TokenHash,
};
use std::time::Duration;

/// How exact "last used" is; saves a write per request.
const TOUCH: Duration = Duration::from_secs(60);

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    scope: String,
    tenant: Option<String>,
    grounds: String,
    subject: String,
    email: String,
    made_at: i64,
    expires_at: i64,
    confirmed_at: i64,
    used_at: Option<i64>,
    ended_at: Option<i64>,
    issuer: String,
}

macro_rules! columns {
    () => {
        "id, name, scope, tenant, grounds, subject, email, made_at, expires_at, confirmed_at, used_at, ended_at,
         issuer"
    };
}

statements! {
    ADD = concat!("INSERT INTO api_token (", columns!(), ", hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING");
    RETIRE = "UPDATE api_token SET ended_at = expires_at
        WHERE subject = $1 AND name = $2 AND ended_at IS NULL AND expires_at <= $3 AND issuer = $4";
    BY_HASH = concat!("SELECT ", columns!(), " FROM api_token WHERE hash = $1");
    BY_ID = concat!("SELECT ", columns!(), " FROM api_token WHERE id = $1");
    LIST = concat!("SELECT ", columns!(), " FROM api_token WHERE (CAST($1 AS TEXT) IS NULL OR subject = $1 AND issuer = $3)
        ORDER BY CASE WHEN ended_at IS NULL AND expires_at > $2 THEN 0 ELSE 1 END, made_at DESC, id LIMIT 200");
    TOUCHED = "UPDATE api_token SET used_at = $2 WHERE id = $1";
    END = "UPDATE api_token SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    CONFIRM = "UPDATE api_token SET confirmed_at = $2
        WHERE subject = $1 AND issuer = $3 AND ended_at IS NULL AND (grounds <> 'operator' OR $4)";
    GROUNDLESS = concat!("SELECT ", columns!(), " FROM api_token
        WHERE subject = $1 AND issuer = $2 AND grounds = 'operator' AND ended_at IS NULL");
    ADMIN_OF = "SELECT t.slug, t.name FROM tenant t JOIN member m ON m.tenant = t.id
        WHERE t.gone_at IS NULL AND m.role = 'admin' AND (m.subject = $1 AND m.issuer = $3 OR (m.subject IS NULL AND m.email = $2))
        ORDER BY t.name, t.id LIMIT 200";
}

impl Store {
    /// Keeps a new token, with its audit entry; `false` (and no entry) when a living one of this person has its name.
    ///
    /// # Errors
    /// The database.
    pub async fn put_token(&self, token: &ApiToken, hash: &TokenHash, audit: &AuditEntry) -> Result<bool> {
        let t = token;
        let (scope, tenant) = scope_key(t.scope);
        let (id, tenant) = (t.id.to_string(), tenant.map(|id| id.to_string()));
        let (name, subject) = (plain(&t.name), plain(&t.subject));
        let (used_at, ended_at) = (t.used_at.map(|at| at.0), t.ended_at.map(|at| at.0));
        let (made_at, expires_at, confirmed_at) = (t.made_at.0, t.expires_at.0, t.confirmed_at.0);
        let (grounds, email, hash) = (grounds_key(t.grounds), t.email.as_str(), hash.hex());
        let mut tx = self.begin().await?;
        run!(&mut tx, RETIRE, &*subject, &*name, made_at, self.issuer())?;
        let rows = run!(
            &mut tx,
            ADD,
            id,
            &*name,
            scope,
            tenant,
            grounds,
            &*subject,
            email,
            made_at,
            expires_at,
            confirmed_at,
            used_at,
            ended_at,
            self.issuer(),
            hash,
        )?;
        if rows == 0 {
            return Ok(false);
        }
        audit::enter(&mut tx, audit).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The token with this hash, ended or not.
    ///
    /// # Errors
    /// The database.
    pub async fn token_by_hash(&self, hash: &TokenHash) -> Result<Option<ApiToken>> {
        let row: Option<Row> = one!(&mut self.read().await?, BY_HASH, hash.hex())?;
        row.map(|row| row.token(self)).transpose()
    }

    /// The token of this id, ended or not.
    ///
    /// # Errors
    /// The database.
    pub async fn token(&self, id: ApiTokenId) -> Result<Option<ApiToken>> {
        let row: Option<Row> = one!(&mut self.read().await?, BY_ID, id.to_string())?;
        row.map(|row| row.token(self)).transpose()
    }

    /// The tokens of a person, or of everybody (at most 200): those that can still be used, then the newest.
    ///
    /// # Errors
    /// The database.
    pub async fn tokens(&self, of: Option<&str>, now: At) -> Result<Vec<ApiToken>> {
        let of = of.map(plain);
        let rows: Vec<Row> = all!(&mut self.read().await?, LIST, of.as_deref(), now.0, self.issuer())?;
        rows.into_iter().map(|row| row.token(self)).collect()
    }

    /// Notes that a token was used, at most once a minute.
    ///
    /// # Errors
    /// The database.
    pub async fn touch_token(&self, token: &ApiToken, now: At) -> Result<()> {
        if token.used_at.is_some_and(|at| now.since(at) < TOUCH) {
            return Ok(());
        }
        run!(&mut self.write().await?, TOUCHED, token.id.to_string(), now.0).map(|_| ())
    }

    /// Ends a token for ever, with its audit entry; `false` (and no entry) when it had ended before.
    ///
    /// # Errors
    /// The database.
    pub async fn end_token(&self, id: ApiTokenId, audit: &AuditEntry) -> Result<bool> {
        let mut tx = self.begin().await?;
        if run!(&mut tx, END, id.to_string(), audit.at.0)? == 0 {
            return Ok(false);
        }
        audit::enter(&mut tx, audit).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Slug and name of the tenants (at most 200) that a person is an admin of.
    ///
    /// # Errors
    /// The database.
    pub async fn admin_of(&self, caller: &Caller) -> Result<Vec<(String, String)>> {
        let subject = plain(&caller.subject);
        all!(&mut self.read().await?, ADMIN_OF, &*subject, caller.email.as_str(), self.issuer())
    }

    /// At an answer of the provider: the tokens of this person are confirmed, as far as their ground is there. Gives those
    /// that rest on a standing the person has no more; they are to be ended.
    ///
    /// # Errors
    /// The database.
    pub async fn confirm_tokens(&self, caller: &Caller, now: At) -> Result<Vec<ApiToken>> {
        let subject = plain(&caller.subject);
        let operator = caller.standing == Standing::Operator;
        let groundless =
            if operator { Vec::new() } else { all!(&mut self.read().await?, GROUNDLESS, &*subject, self.issuer())? };
        run!(&mut self.write().await?, CONFIRM, &*subject, now.0, self.issuer(), operator)?;
        groundless.into_iter().map(|row: Row| row.token(self)).collect()
    }
}

fn scope_key(scope: Scope) -> (&'static str, Option<TenantId>) {
    match scope {
        Scope::Operator => ("operator", None),
        Scope::Auditor => ("auditor", None),
        Scope::Tenant(id) => ("tenant", Some(id)),
    }
}

fn grounds_key(grounds: Grounds) -> &'static str {
    match grounds {
        Grounds::Operator => "operator",
        Grounds::Admin => "admin",
        Grounds::Machine => "machine",
    }
}

impl Row {
    fn token(self, store: &Store) -> Result<ApiToken> {
        let row = self;
        let tenant = row.tenant.map(|id| id.parse().map_err(|_| Error::Corrupt("api_token.tenant"))).transpose()?;
        let scope = match (row.scope.as_str(), tenant) {
            ("operator", None) => Scope::Operator,
            ("auditor", None) => Scope::Auditor,
            ("tenant", Some(id)) => Scope::Tenant(id),
            _ => return Err(Error::Corrupt("api_token.scope")),
        };
        let grounds = [Grounds::Operator, Grounds::Admin, Grounds::Machine].into_iter();
        Ok(ApiToken {
            id: row.id.parse().map_err(|_| Error::Corrupt("api_token.id"))?,
            name: row.name,
            scope,
            grounds: grounds
                .into_iter()
                .find(|g| grounds_key(*g) == row.grounds)
                .ok_or(Error::Corrupt("api_token.grounds"))?,
            subject: store.known(&row.issuer, row.subject),
            email: email(&row.email)?,
            made_at: At(row.made_at),
            expires_at: At(row.expires_at),
            confirmed_at: At(row.confirmed_at),
            used_at: row.used_at.map(At),
            ended_at: row.ended_at.map(At),
        })
    }
}
