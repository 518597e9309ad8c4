//! How large a database server is, and what such servers cost a month. Units are types, because the providers around here
//! count memory in gigabytes at one place and in megabytes at the next.

use super::Plan;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Gigabytes (10^9 bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Gigabytes(pub u16);

impl fmt::Display for Gigabytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} GB", self.0)
    }
}

/// Size of the database cluster that a tenant has for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatabaseSize {
    /// Servers in it: one, or one and its copies.
    pub instances: u16,
    /// Cores of each.
    pub cores: u16,
    /// Memory of each.
    pub ram: Gigabytes,
    /// Storage of each.
    pub storage: Gigabytes,
}

impl DatabaseSize {
    /// The same, with what a plan asks for instead.
    #[must_use]
    pub fn of(self, plan: &Plan) -> Self {
        Self {
            instances: plan.database_instances.unwrap_or(self.instances),
            cores: plan.database_cores.unwrap_or(self.cores),
            ram: plan.database_ram_gb.unwrap_or(self.ram),
            storage: plan.database_storage_gb.unwrap_or(self.storage),
        }
    }
}

/// "2 servers, each 1 core, 4 GB memory, 10 GB storage"
impl fmt::Display for DatabaseSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.instances > 1 {
            write!(f, "{} servers, each ", self.instances)?;
        }
        let cores = if self.cores == 1 { "core" } else { "cores" };
        write!(f, "{} {cores}, {} memory, {} storage", self.cores, self.ram, self.storage)
    }
}

/// A currency by its three letters (ISO 4217).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Currency(String);

impl TryFrom<String> for Currency {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fine = text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
        if fine { Ok(Self(text)) } else { Err("write three capital letters, such as EUR") }
    }
}

/// An amount in some currency, in ten-thousandths of it: prices of a gigabyte are less than a cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Amount(u64);

impl Amount {
    const ONE: u64 = 10_000;

    fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    fn and(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl TryFrom<String> for Amount {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let say = "write an amount with a point and at most four digits behind it, such as \"3.60\"";
        let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
        let digits = |t: &str, most: usize| (1..=most).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole, 9) || !digits(part, 4) {
            return Err(say);
        }
        let number = |t: &str| t.parse::<u64>().map_err(|_| say);
        Ok(Self(number(whole)? * Self::ONE + number(&format!("{part:0<4}"))?))
    }
}

/// To the hundredth, half of one rounded up.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.0.saturating_add(50) / 100;
        write!(f, "{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// Money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
}

/// "23.40 EUR"
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency.0)
    }
}

/// What the parts of a database server cost a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// Of all prices.
    pub currency: Currency,
    /// One core.
    pub core: Amount,
    /// One gigabyte of memory.
    pub ram_gb: Amount,
    /// One gigabyte of storage.
    pub storage_gb: Amount,
}

impl Prices {
    /// What a cluster of this size costs a month.
    pub fn month(&self, size: DatabaseSize) -> Money {
        let ram = self.ram_gb.times(size.ram.0.into());
        let server = self.core.times(size.cores.into()).and(ram).and(self.storage_gb.times(size.storage.0.into()));
        Money { amount: server.times(size.instances.into()), currency: self.currency.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Result<Amount, &'static str> {
        Amount::try_from(text.to_owned())
    }

    #[test]
    fn counts_in_whole_parts_and_rounds_once_at_the_end() {
        let [core, ram_gb, storage_gb] = ["7", "3.6", "0.1995"].map(|text| amount(text).expect("an amount"));
        let prices = Prices { currency: Currency::try_from("EUR".to_owned()).expect("one"), core, ram_gb, storage_gb };
        let size = DatabaseSize { instances: 1, cores: 1, ram: Gigabytes(4), storage: Gigabytes(10) };
        assert_eq!(prices.month(size).to_string(), "23.40 EUR");
        assert_eq!(prices.month(DatabaseSize { instances: 3, ..size }).to_string(), "70.19 EUR");
        assert_eq!(prices.month(DatabaseSize { storage: Gigabytes(4096), ..size }).to_string(), "838.55 EUR");
        assert_eq!(size.to_string(), "1 core, 4 GB memory, 10 GB storage");
        let two = DatabaseSize { instances: 2, cores: 2, ..size };
        assert_eq!(two.to_string(), "2 servers, each 2 cores, 4 GB memory, 10 GB storage");
    }

    #[test]
    fn takes_amounts_and_currencies_and_nothing_that_looks_like_them() {
        for text in ["", ".5", "1.", "-1", "1,50", "1.00001", "1e3", "12345678901", "1.2.3", " 1"] {
            assert!(amount(text).is_err(), "{text}");
        }
        assert_eq!(amount("0.0050").expect("one").to_string(), "0.01");
        for text in ["", "eur", "EURO", "€"] {
            assert!(Currency::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
