//! What databases cost. Nobody's prices are known here, so without this section no estimate is shown.

use super::{
    section::{Setting, section},
    table::Tables,
};
use crate::domain::{Amount, Currency, Prices};

section! {
    /// Prices of a managed database's parts for one month, from the price list of your contract. With them each plan and each tenant shows an estimate, where a tenant has a cluster of its own. Set all four, or none: then none is shown.
    PriceList at "prices";
    /// Currency, by three letters such as `EUR`.
    currency: Option<Currency>;
    /// One core, as text such as `"21.60"`.
    core: Option<Amount>;
    /// One gigabyte (10^9 bytes) of memory.
    ram_gb: Option<Amount>;
    /// One gigabyte (10^9 bytes) of storage.
    storage_gb: Option<Amount>;
}

impl Setting for Currency {}
impl Setting for Amount {}

/// The prices, if they are set; half a list is a problem.
pub(super) fn read(tables: &mut Tables) -> Option<Option<Prices>> {
    let PriceList { currency, core, ram_gb, storage_gb } = PriceList::read(tables)?;
    match (currency, core, ram_gb, storage_gb) {
        (None, None, None, None) => Some(None),
        (Some(currency), Some(core), Some(ram_gb), Some(storage_gb)) => {
            Some(Some(Prices { currency, core, ram_gb, storage_gb }))
        }
        _ => {
            tables.problems.push("prices: set currency, core, ram_gb and storage_gb, or none of them.".to_owned());
            None
        }
    }
}
