//! Sites: which tenant a calling WordPress belongs to. Only the hash of its secret is kept.

use super::{
    Result, Store,
    both::{one, run, statements},
    rows::{TenantRow, tenant_columns},
};
use crate::domain::{Tenant, TenantId, secret::TokenHash};

statements! {
    BY_SECRET = concat!("SELECT ", tenant_columns!(), " FROM tenant t JOIN site s ON s.tenant = t.id
        WHERE s.secret_hash = $1 AND t.gone_at IS NULL");
    SET_HASH = "UPDATE site SET secret_hash = $2 WHERE tenant = $1";
}

impl Store {
    /// The living tenant whose site has the secret with this hash.
    ///
    /// # Errors
    /// The database.
    pub async fn tenant_by_site_secret(&self, hash: &TokenHash) -> Result<Option<Tenant>> {
        let row: Option<TenantRow> = one!(&mut self.read().await?, BY_SECRET, hash.hex())?;
        row.map(Tenant::try_from).transpose()
    }

    /// Replaces the hash; the old secret opens nothing from then on.
    ///
    /// # Errors
    /// The database.
    pub async fn set_site_hash(&self, tenant: TenantId, hash: &TokenHash) -> Result<()> {
        run!(&mut self.write().await?, SET_HASH, tenant.to_string(), hash.hex()).map(|_| ())
    }
}
