//! Pairings: whose WordPress account is linked with whose chat. The credential itself is in the vault.

use super::{
    Error, Result, Store,
    both::{Tx, all, one, run, statements},
    held::Held,
    rows::{email as read_email, pairing_status, plain},
};
use crate::domain::{At, Pairing, PairingId, TenantId, pairing::PairingStatus};

#[derive(sqlx::FromRow)]
struct PairingRow {
    id: String,
    tenant: String,
    subject: String,
    email: String,
    name: String,
    wp_user: i64,
    wp_login: String,
    password_uuid: String,
    chat_user: Option<String>,
    status: String,
    note: String,
    made_at: i64,
    proof_at: Option<i64>,
    proof_ms: Option<i64>,
    issuer: String,
}

macro_rules! columns {
    () => {
        "id, tenant, subject, email, name, wp_user, wp_login, password_uuid, chat_user, status, note, made_at,
         proof_at, proof_ms, issuer"
    };
}

statements! {
    PUT = concat!("INSERT INTO pairing (", columns!(), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, email = excluded.email, name = excluded.name,
            wp_user = excluded.wp_user, wp_login = excluded.wp_login, password_uuid = excluded.password_uuid,
            chat_user = excluded.chat_user, status = excluded.status, note = excluded.note,
            proof_at = excluded.proof_at, proof_ms = excluded.proof_ms,
            issuer = excluded.issuer
        WHERE pairing.tenant = excluded.tenant");
    BY_ID = concat!("SELECT ", columns!(), " FROM pairing WHERE id = $1");
    OF_TENANT = concat!("SELECT ", columns!(), " FROM pairing WHERE tenant = $1
        ORDER BY made_at DESC, id");
    OF_SUBJECT = concat!("SELECT ", columns!(), " FROM pairing
        WHERE subject = $1 AND issuer = $2 AND status <> 'gone' ORDER BY made_at DESC, id");
    OF_CHAT_USER = concat!("SELECT ", columns!(), " FROM pairing
        WHERE tenant = $1 AND chat_user = $2 AND status = 'connected' ORDER BY made_at DESC, id LIMIT 1");
    CHAT_USERS = "SELECT chat_user FROM (
            SELECT chat_user, made_at FROM pairing WHERE subject = $1 AND issuer = $2 AND chat_user IS NOT NULL
            UNION ALL SELECT chat_user, 0 AS made_at FROM chat_account WHERE subject = $1 AND issuer = $2) AS known
        GROUP BY chat_user ORDER BY MAX(made_at) DESC, chat_user LIMIT 10";
    SET_STATUS = "UPDATE pairing SET status = $2, note = $3 WHERE id = $1";
}

impl Held {
    /// See [`Store::put_pairing`].
    ///
    /// # Errors
    /// The database, or the id belongs to another tenant.
    pub async fn put_pairing(&mut self, pairing: &Pairing) -> Result<()> {
        put(&mut self.tx, self.store.issuer(), pairing).await
    }

    /// See [`Store::pairings`].
    ///
    /// # Errors
    /// The database.
    pub async fn pairings(&mut self) -> Result<Vec<Pairing>> {
        let rows: Vec<PairingRow> = all!(&mut self.tx, OF_TENANT, self.tenant.to_string())?;
        rows.into_iter().map(|row| row.pairing(&self.store)).collect()
    }
}

impl Store {
    /// Makes or replaces a pairing's record; its tenant and age never change.
    ///
    /// # Errors
    /// The database, or the id belongs to another tenant.
    pub async fn put_pairing(&self, pairing: &Pairing) -> Result<()> {
        let mut tx = self.begin().await?;
        put(&mut tx, self.issuer(), pairing).await?;
        tx.commit().await
    }

    /// The pairing of this id.
    ///
    /// # Errors
    /// The database.
    pub async fn pairing(&self, id: PairingId) -> Result<Option<Pairing>> {
        let row: Option<PairingRow> = one!(&mut self.read().await?, BY_ID, id.to_string())?;
        row.map(|row| row.pairing(self)).transpose()
    }

    /// The pairings of a tenant, the newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn pairings(&self, tenant: TenantId) -> Result<Vec<Pairing>> {
        let rows: Vec<PairingRow> = all!(&mut self.read().await?, OF_TENANT, tenant.to_string())?;
        rows.into_iter().map(|row| row.pairing(self)).collect()
    }

    /// The pairings of a person that are not gone, over all tenants, the newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn pairings_of(&self, subject: &str) -> Result<Vec<Pairing>> {
        let rows: Vec<PairingRow> = all!(&mut self.read().await?, OF_SUBJECT, &*plain(subject), self.issuer())?;
        rows.into_iter().map(|row| row.pairing(self)).collect()
    }

    /// The accounts in the chat on which this person's pairings ever stood, in any tenant, removed
    /// ones too; the newest first, at most 10.
    ///
    /// # Errors
    /// The database.
    pub async fn chat_accounts_of(&self, subject: &str) -> Result<Vec<String>> {
        let rows: Vec<(String,)> = all!(&mut self.read().await?, CHAT_USERS, &*plain(subject), self.issuer())?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// The newest connected pairing of a person of the chat.
    ///
    /// # Errors
    /// The database.
    pub async fn pairing_for_chat_user(&self, tenant: TenantId, chat_user: &str) -> Result<Option<Pairing>> {
        let row: Option<PairingRow> =
            one!(&mut self.read().await?, OF_CHAT_USER, tenant.to_string(), &*plain(chat_user))?;
        row.map(|row| row.pairing(self)).transpose()
    }

    /// Sets the state of a pairing outside its flow (safe mode, a revoked password that was noticed).
    ///
    /// # Errors
    /// The database.
    pub async fn set_pairing_status(&self, id: PairingId, status: PairingStatus, note: &str) -> Result<()> {
        run!(&mut self.write().await?, SET_STATUS, id.to_string(), status.key(), &*plain(note)).map(|_| ())
    }
}

async fn put(tx: &mut Tx, issuer: &str, p: &Pairing) -> Result<()> {
    let rows = run!(
        tx,
        PUT,
        p.id.to_string(),
        p.tenant.to_string(),
        &*plain(&p.subject),
        p.email.as_str(),
        &*plain(&p.name),
        p.wp_user,
        &*plain(&p.wp_login),
        &*plain(&p.password_uuid),
        p.chat_user.as_deref(),
        p.status.key(),
        &*plain(&p.note),
        p.made_at.0,
        p.proof_at.map(|at| at.0),
        p.proof_ms,
        issuer,
    )?;
    if rows == 1 { Ok(()) } else { Err(Error::Corrupt("a pairing of another tenant")) }
}

impl PairingRow {
    fn pairing(self, store: &Store) -> Result<Pairing> {
        let row = self;
        Ok(Pairing {
            id: row.id.parse().map_err(|_| Error::Corrupt("pairing.id"))?,
            tenant: row.tenant.parse().map_err(|_| Error::Corrupt("pairing.tenant"))?,
            subject: store.known(&row.issuer, row.subject),
            email: read_email(&row.email)?,
            name: row.name,
            wp_user: row.wp_user,
            wp_login: row.wp_login,
            password_uuid: row.password_uuid,
            chat_user: row.chat_user,
            status: pairing_status(&row.status)?,
            note: row.note,
            made_at: At(row.made_at),
            proof_at: row.proof_at.map(At),
            proof_ms: row.proof_ms,
        })
    }
}
