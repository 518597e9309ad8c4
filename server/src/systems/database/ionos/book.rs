//! The book of private addresses, as the driver needs it. Drivers know no store, so it is handed in.

use crate::domain::{Fault, Lan, Reservation, Slug, TenantId};
use async_trait::async_trait;

/// Keeps one address for each tenant, and how far the cluster there is. All of it outlives the process.
#[async_trait]
pub trait AddressBook: Send + Sync {
    /// The tenant's address.
    ///
    /// # Errors
    /// [`Fault::Retry`] when the book cannot be read.
    async fn find(&self, tenant: TenantId) -> Result<Option<Reservation>, Fault>;
    /// The tenant's address, a free one of these networks if it has none. `None`: all are taken.
    ///
    /// # Errors
    /// [`Fault::Retry`] when the book cannot be written.
    async fn take(&self, tenant: TenantId, lans: &[Lan]) -> Result<Option<Reservation>, Fault>;
    /// Writes down how far it is.
    ///
    /// # Errors
    /// [`Fault::Retry`] when the book cannot be written.
    async fn note(&self, tenant: TenantId, reservation: &Reservation) -> Result<(), Fault>;
    /// Writes down an entry for a cluster that is there already. `false`: the tenant or the address has one.
    ///
    /// # Errors
    /// [`Fault::Retry`] when the book cannot be written.
    async fn adopt(&self, tenant: TenantId, reservation: &Reservation) -> Result<bool, Fault>;
    /// Living tenants without an address.
    ///
    /// # Errors
    /// [`Fault::Retry`] when the book cannot be read.
    async fn homeless(&self) -> Result<Vec<(TenantId, Slug)>, Fault>;
    /// Gives the address back.
    ///
    /// # Errors
    /// [`Fault::Retry`] when the book cannot be written.
    async fn free(&self, tenant: TenantId) -> Result<(), Fault>;
    /// All entries.
    ///
    /// # Errors
    /// [`Fault::Retry`] when the book cannot be read.
    async fn all(&self) -> Result<Vec<(TenantId, Reservation)>, Fault>;
    /// Tenants that are gone and still have an address.
    ///
    /// # Errors
    /// [`Fault::Retry`] when the book cannot be read.
    async fn abandoned(&self) -> Result<Vec<TenantId>, Fault>;
}
