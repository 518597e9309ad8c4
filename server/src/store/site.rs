//! Sites: which tenant a calling WordPress belongs to. Only the hash of its secret is kept.

use super::{
    Result, Store,
    both::{one, statements},
    rows::{TenantRow, tenant_columns},
};
use crate::domain::{Tenant, secret::TokenHash};

statements! {
    BY_SECRET = concat!("SELECT ", tenant_columns!(), " FROM tenant t JOIN site s ON s.tenant = t.id
        WHERE s.secret_hash = $1 AND t.gone_at IS NULL");
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
}
