//! Names of a tenant's database and user: the same for the same tenant, different for different tenants; and the mark by
//! which a database tells whose it is.

use crate::domain::{Fault, Slug, TenantId};
use sha2::{Digest, Sha256};

/// What the tenant's user may do in the tenant's database: what WordPress and its plugins need, and nothing that reaches
/// beyond it. Sorted, as `information_schema` names them.
pub(super) const GRANTS_SORTED: [&str; 11] = [
    "ALTER",
    "CREATE",
    "CREATE TEMPORARY TABLES",
    "DELETE",
    "DROP",
    "INDEX",
    "INSERT",
    "LOCK TABLES",
    "REFERENCES",
    "SELECT",
    "UPDATE",
];

/// Letters and digits of user names: base 32 (RFC 4648) in lower case.
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The two names, of letters, digits and underscores only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Names {
    /// `slipway_<slug>_<6 hex digits of the tenant's id>`, at most 45 characters (MariaDB takes 64).
    pub(super) database: String,
    /// `s_` and 14 characters of a hash of the tenant's id (70 bits): 16 characters, which every MariaDB takes.
    pub(super) user: String,
}

impl Names {
    pub(super) fn of(tenant: TenantId, slug: &Slug) -> Self {
        let digest = Sha256::digest(tenant.0.as_bytes());
        let tail: String = digest[..14].iter().map(|b| char::from(BASE32[usize::from(b & 31)])).collect();
        let head = tenant.0.simple().to_string();
        Self { database: format!("{}_{}", stem(slug), &head[head.len() - 6..]), user: format!("s_{tail}") }
    }
}

/// The part of the database's name that is known before the tenant has an id.
pub(super) fn stem(slug: &Slug) -> String {
    format!("slipway_{}", slug.as_str().replace('-', "_"))
}

/// The mark: the comment of a tenant's database.
pub(super) fn mark(tenant: TenantId) -> String {
    format!("slipway tenant {tenant}")
}

/// Refuses a database with another mark than the tenant's.
pub(super) fn ours(found: &str, tenant: TenantId, database: &str) -> Result<(), Fault> {
    if found == mark(tenant) { Ok(()) } else { Err(not_ours(database)) }
}

/// The fault of a database that is somebody else's.
pub(super) fn not_ours(database: &str) -> Fault {
    Fault::fail(
        "database_not_ours",
        format!("The database {database} is there, but it does not belong to this tenant."),
        "Rename or remove that database by hand, then press Retry now.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;
    use uuid::Uuid;

    #[test]
    fn reads_like_this() {
        let id = TenantId(Uuid::from_u128(0x0190_1234_5678_7abc_9def_0123_4567_89ab));
        let names = Names::of(id, &Slug::parse("acme-north").expect("a slug"));
        assert_eq!(names.database, "slipway_acme_north_6789ab");
        assert_eq!(names.user.len(), 16);
    }

    proptest! {
        #[test]
        fn fits_the_server_and_needs_no_quotes(id: u128, slug in "[a-z][a-z0-9]{1,14}-?[a-z0-9]{1,13}") {
            prop_assume!(Slug::parse(&slug).is_ok());
            let names = Names::of(TenantId(Uuid::from_u128(id)), &Slug::parse(&slug).expect("a slug"));
            prop_assert!(names.database.len() <= 63 && names.user.len() <= 16);
            for name in [&names.database, &names.user] {
                prop_assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{}", name);
            }
        }

        #[test]
        fn differ_for_different_tenants_of_one_slug(ids in proptest::collection::hash_set(any::<u128>(), 2..200)) {
            let slug = Slug::parse("acme").expect("a slug");
            let users: HashSet<_> = ids.iter().map(|id| Names::of(TenantId(Uuid::from_u128(*id)), &slug).user).collect();
            prop_assert_eq!(users.len(), ids.len());
        }
    }
}
