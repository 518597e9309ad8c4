//! The book of private addresses, kept in the store: drivers know none.

use crate::{
    domain::{Clock, Fault, Lan, Reservation, Slug, TenantId},
    store::{self, Store},
    systems::database::ionos::AddressBook,
};
use async_trait::async_trait;
use std::{collections::BTreeSet, sync::Arc};

/// The store as a book.
pub struct StoredAddresses {
    /// Where it is kept.
    pub store: Store,
    /// When an address is taken.
    pub clock: Arc<dyn Clock>,
}

fn passing<T>(result: store::Result<T>) -> Result<T, Fault> {
    result.map_err(|error| {
        tracing::warn!(%error, "the book of addresses cannot be used");
        Fault::retry("The portal's database does not answer.")
    })
}

#[async_trait]
impl AddressBook for StoredAddresses {
    async fn find(&self, tenant: TenantId) -> Result<Option<Reservation>, Fault> {
        passing(self.store.address(tenant).await)
    }

    async fn take(&self, tenant: TenantId, lans: &[Lan]) -> Result<Option<Reservation>, Fault> {
        passing(self.store.take_address(tenant, lans, self.clock.now()).await)
    }

    async fn note(&self, tenant: TenantId, reservation: &Reservation) -> Result<(), Fault> {
        passing(self.store.note_address(tenant, reservation).await)
    }

    async fn adopt(&self, tenant: TenantId, reservation: &Reservation) -> Result<bool, Fault> {
        passing(self.store.adopt_address(tenant, reservation).await)
    }

    async fn homeless(&self) -> Result<Vec<(TenantId, Slug)>, Fault> {
        let housed: BTreeSet<TenantId> = self.all().await?.into_iter().map(|(tenant, _)| tenant).collect();
        let living = passing(self.store.living().await)?;
        Ok(living.into_iter().filter(|t| !housed.contains(&t.id)).map(|t| (t.id, t.slug)).collect())
    }

    async fn free(&self, tenant: TenantId) -> Result<(), Fault> {
        passing(self.store.free_address(tenant).await)
    }

    async fn all(&self) -> Result<Vec<(TenantId, Reservation)>, Fault> {
        passing(self.store.addresses().await)
    }

    async fn abandoned(&self) -> Result<Vec<TenantId>, Fault> {
        passing(self.store.abandoned_addresses().await)
    }
}
