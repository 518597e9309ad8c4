//! Where the vault keeps its envelopes. Nothing in here can open one.

use super::{
    Error, Result, Store,
    both::{Tx, one, run, statements},
};
use crate::domain::TenantId;

/// A sealed secret and its version, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Sealed {
    /// Goes up with each replacement.
    pub version: i64,
    /// The envelope.
    pub sealed: Vec<u8>,
}

/// The first secret of a tenant to be, with the data key that it is sealed with. Both are kept in the transaction that makes the
/// tenant, so that an order that comes to nothing leaves neither.
#[derive(Debug, Clone)]
pub struct FirstSecret {
    /// The tenant's wrapped data key.
    pub key: Vec<u8>,
    /// What the secret is for.
    pub purpose: &'static str,
    /// Its envelope, version 1.
    pub sealed: Vec<u8>,
}

pub(super) async fn first(tx: &mut Tx, tenant: TenantId, secret: &FirstSecret) -> Result<()> {
    let id = tenant.to_string();
    run!(&mut *tx, ADD_KEY, &id, &secret.key)?;
    run!(tx, ADD, &id, secret.purpose, &secret.sealed).map(|_| ())
}

statements! {
    KEY = "SELECT sealed FROM vault_key WHERE tenant = $1";
    ANY_KEY = "SELECT tenant, sealed FROM vault_key LIMIT 1";
    ADD_KEY = "INSERT INTO vault_key (tenant, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    GET = "SELECT version, sealed FROM vault WHERE tenant = $1 AND purpose = $2";
    ADD = "INSERT INTO vault (tenant, purpose, version, sealed) VALUES ($1, $2, 1, $3) ON CONFLICT DO NOTHING";
    REPLACE = "UPDATE vault SET version = $3, sealed = $4 WHERE tenant = $1 AND purpose = $2 AND version = $3 - 1";
    SWEEP_CREDENTIALS = "DELETE FROM vault WHERE purpose LIKE 'pairing/%/password'
        AND NOT EXISTS (SELECT 1 FROM intent i WHERE i.id = SUBSTR(vault.purpose, 9, 36))
        AND NOT EXISTS (SELECT 1 FROM pairing p WHERE p.id = SUBSTR(vault.purpose, 9, 36) AND p.status <> 'gone')";
    FORGET = "DELETE FROM vault WHERE tenant = $1 AND purpose = $2";
}

impl Store {
    /// The wrapped data key of a tenant.
    ///
    /// # Errors
    /// The database.
    pub async fn data_key(&self, tenant: TenantId) -> Result<Option<Vec<u8>>> {
        let row: Option<(Vec<u8>,)> = one!(&mut self.read().await?, KEY, tenant.to_string())?;
        Ok(row.map(|(sealed,)| sealed))
    }

    /// Any one wrapped data key and its tenant, if something was ever sealed.
    ///
    /// # Errors
    /// The database.
    pub async fn any_data_key(&self) -> Result<Option<(TenantId, Vec<u8>)>> {
        let row: Option<(String, Vec<u8>)> = one!(&mut self.read().await?, ANY_KEY)?;
        let read = |(tenant, sealed): (String, _)| Some((tenant.parse().ok()?, sealed));
        row.map(|row| read(row).ok_or(Error::Corrupt("vault_key.tenant"))).transpose()
    }

    /// Keeps a wrapped data key unless there is one; read it afterwards.
    ///
    /// # Errors
    /// The database.
    pub async fn add_data_key(&self, tenant: TenantId, sealed: &[u8]) -> Result<()> {
        run!(&mut self.write().await?, ADD_KEY, tenant.to_string(), sealed).map(|_| ())
    }

    /// A sealed secret.
    ///
    /// # Errors
    /// The database.
    pub async fn sealed(&self, tenant: TenantId, purpose: &str) -> Result<Option<Sealed>> {
        one!(&mut self.read().await?, GET, tenant.to_string(), purpose)
    }

    /// Keeps version 1 of a secret; `false` when there is one already.
    ///
    /// # Errors
    /// The database.
    pub async fn add_sealed(&self, tenant: TenantId, purpose: &str, sealed: &[u8]) -> Result<bool> {
        Ok(run!(&mut self.write().await?, ADD, tenant.to_string(), purpose, sealed)? == 1)
    }

    /// Replaces the version before `next`; `false` when another version is there by now.
    ///
    /// # Errors
    /// The database.
    pub async fn replace_sealed(&self, tenant: TenantId, purpose: &str, next: &Sealed) -> Result<bool> {
        let id = tenant.to_string();
        Ok(run!(&mut self.write().await?, REPLACE, id, purpose, next.version, &next.sealed)? == 1)
    }

    /// Forgets the credentials of pairings that never came to be or ended before their first step: a hand-over may stop
    /// at any point after the credential was sealed, and then no step undoes it. While its question is remembered (a
    /// pairing has the id of its question) the hand-over may still be under way.
    pub(super) async fn sweep_credentials(&self) -> Result<u64> {
        run!(&mut self.write().await?, SWEEP_CREDENTIALS)
    }

    /// Forgets a secret.
    ///
    /// # Errors
    /// The database.
    pub async fn forget_sealed(&self, tenant: TenantId, purpose: &str) -> Result<()> {
        run!(&mut self.write().await?, FORGET, tenant.to_string(), purpose).map(|_| ())
    }
}
