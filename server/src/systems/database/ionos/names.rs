//! What a tenant's cluster is called: the same for the same tenant, different for different ones. The API has no labels, so
//! a cluster carries its mark in its name and, from version 2 on, in its description.

use crate::domain::{Slug, TenantId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Ids of clusters are UUIDs by name (version 5) in this namespace. Never changed: it would orphan every cluster.
const NAMESPACE: Uuid = uuid::uuid!("1b6f1e34-64a5-4f1c-9a2e-0f7a3d6c5e21");

/// Letters and digits of user names: base 32 (RFC 4648) in lower case.
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Id of the tenant's cluster. A cluster that failed is made anew under the next generation.
pub(super) fn id(environment: &str, tenant: TenantId, generation: u32) -> Uuid {
    Uuid::new_v5(&NAMESPACE, format!("{environment}/{tenant}/{generation}").as_bytes())
}

/// What names of an environment begin with.
pub(super) fn prefix(environment: &str) -> String {
    format!("slipway-{environment}-")
}

/// The part of the name that is known before the tenant has an id.
pub(super) fn stem(environment: &str, slug: &Slug) -> String {
    format!("{}{slug}", prefix(environment))
}

/// Name of the cluster: `slipway-<environment>-<slug>-<8 hex digits of the tenant's id>`, at most 60 characters.
pub(super) fn cluster(environment: &str, tenant: TenantId, slug: &Slug) -> String {
    format!("{}-{}", stem(environment, slug), tail(tenant))
}

fn tail(tenant: TenantId) -> String {
    let id = tenant.0.simple().to_string();
    id[id.len() - 8..].to_owned()
}

/// May this be the name of the tenant's cluster, whatever its slug?
pub(super) fn is_of(name: &str, tenant: TenantId) -> bool {
    name.ends_with(&format!("-{}", tail(tenant)))
}

/// The mark in the description.
pub(super) fn mark(environment: &str, tenant: TenantId) -> String {
    format!("slipway:{environment}:{tenant}")
}

/// The account that the cluster comes with: `o` and 15 characters of a hash (75 bits). Version 1 takes letters and digits
/// and single underscores, at most 16.
pub(super) fn owner(tenant: TenantId) -> String {
    let digest = Sha256::new().chain_update("owner/").chain_update(tenant.0.as_bytes()).finalize();
    let tail: String = digest[..15].iter().map(|b| char::from(BASE32[usize::from(b & 31)])).collect();
    format!("o{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn tenant(id: u128) -> TenantId {
        TenantId(Uuid::from_u128(id))
    }

    #[test]
    fn reads_like_this() {
        let (id_, slug) = (tenant(0x0190_1234_5678_7abc_9def_0123_4567_89ab), Slug::parse("acme-north").expect("one"));
        assert_eq!(cluster("prod", id_, &slug), "slipway-prod-acme-north-456789ab");
        assert_eq!(mark("prod", id_), "slipway:prod:01901234-5678-7abc-9def-0123456789ab");
        // A changed id would be a second cluster beside the first.
        assert_eq!(id("prod", id_, 1).to_string(), "10732441-31b2-5d99-a0c1-c705483f18ba");
    }

    proptest! {
        #[test]
        fn fits_both_versions(raw: u128, slug in "[a-z][a-z0-9]{1,14}-?[a-z0-9]{1,13}", env in "[a-z][a-z0-9]{0,11}") {
            prop_assume!(Slug::parse(&slug).is_ok());
            let slug = Slug::parse(&slug).expect("a slug");
            let name = cluster(&env, tenant(raw), &slug);
            prop_assert!((2..=63).contains(&name.len()) && name.starts_with(&stem(&env, &slug)));
            prop_assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{}", name);
            prop_assert!(name.starts_with('s') && !name.ends_with('-'));
            let user = owner(tenant(raw));
            prop_assert!(user.len() == 16 && user.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
            prop_assert!(user.starts_with('o'), "it begins with a letter");
        }

        #[test]
        fn differ_for_different_tenants_environments_and_generations(ids in proptest::collection::hash_set(any::<u128>(), 2..100)) {
            let users: HashSet<_> = ids.iter().map(|id| owner(tenant(*id))).collect();
            prop_assert_eq!(users.len(), ids.len());
            let all = ids.iter().flat_map(|i| ["a", "b"].map(|e| [1, 2].map(|g| id(e, tenant(*i), g)))).flatten();
            prop_assert_eq!(all.collect::<HashSet<_>>().len(), ids.len() * 4);
        }
    }
}
