//! The stand-ins for databases and sites keep the promises of their ports, or proofs built on them prove nothing.

use crate::sim::{
    database::MemoryDatabases,
    faults::{Effects, Faults, Trouble},
    site::MemorySites,
    wordpress::WordPress,
};
use secrecy::SecretString;
use slipway::domain::{Email, Fault, Gone, Plan, Seen, SiteLanguage, Slug, TenantId, TimeZone};
use slipway::systems::database::{self, Databases, Details};
use slipway::systems::{
    identity,
    site::{self, Sites},
};
use uuid::Uuid;

fn database() -> database::Wanted {
    database::Wanted {
        tenant: TenantId(Uuid::from_u128(1)),
        slug: Slug::parse("acme").expect("a slug"),
        password: SecretString::from("p"),
        owner_password: None,
        plan: None,
    }
}

fn site(sites: &MemorySites) -> site::Wanted {
    let (tenant, slug) = (TenantId(Uuid::from_u128(1)), Slug::parse("acme").expect("a slug"));
    let secret = || SecretString::from("s");
    site::Wanted {
        tenant,
        name: "Acme".to_owned(),
        language: SiteLanguage::En,
        time_zone: TimeZone::utc(),
        site_url: sites.address(tenant, &slug),
        slug,
        plan: Plan {
            key: "small".to_owned(),
            label: "Small".to_owned(),
            about: String::new(),
            cost: None,
            php_workers: 2,
            upload_mb: 1,
            memory_mb: 512,
            cpu_millicores: 100,
            disk_gb: 5,
            database_instances: None,
            database_cores: None,
            database_ram_gb: None,
            database_storage_gb: None,
        },
        database: Details { host: "h".to_owned(), port: 1, name: "n".to_owned(), user: "u".to_owned() },
        database_password: secret(),
        client: identity::Client { client_id: "c".to_owned(), issuer: "i".to_owned() },
        client_secret: secret(),
        site_secret: secret(),
        salt: secret(),
        admin_email: Email::parse("ada@example.org").expect("an address"),
        admin_password: secret(),
    }
}

#[tokio::test]
async fn databases_count_their_effects_exactly() {
    let databases = MemoryDatabases::new(Faults::default(), Effects::default());
    let wanted = database();
    assert_eq!(databases.look(&wanted).await, Ok(Seen::Absent));
    for (trouble, made) in [(Trouble::LostRequest, None), (Trouble::Denied, None), (Trouble::LostAnswer, Some(&1))] {
        databases.faults.arm("database.ensure", trouble, 1);
        assert!(databases.ensure(&wanted).await.is_err());
        assert_eq!(databases.effects.world().made.get("database"), made);
    }
    for _ in 0..2 {
        assert!(matches!(databases.ensure(&wanted).await, Ok(Seen::Ready(_))));
    }
    assert_eq!(databases.effects.world().made["database"], 1);
    databases.spoil();
    assert!(matches!(databases.look(&wanted).await, Ok(Seen::Drifted { .. })));
    assert!(matches!(databases.ensure(&wanted).await, Ok(Seen::Ready(_))));
    databases.faults.arm("database.remove", Trouble::LostAnswer, 1);
    assert!(matches!(databases.remove(&wanted).await, Err(Fault::Retry { .. })));
    assert!(matches!(databases.remove(&wanted).await, Ok(Gone::Seen { .. })));
    assert!(databases.effects.world().objects.is_empty());
    assert!(databases.health().await.ok && databases.preview(&wanted.slug).0.contains("acme"));
}

#[tokio::test]
async fn sites_open_and_close_their_wordpress() {
    let effects = Effects::default();
    let wordpress = WordPress::serve(Faults::default(), effects.clone()).await;
    let sites = MemorySites::new(wordpress.sites.clone(), Faults::default(), effects.clone());
    let wanted = site(&sites);
    assert_eq!(sites.look(&wanted).await, Ok(Seen::Absent));
    for _ in 0..2 {
        assert!(matches!(sites.ensure(&wanted).await, Ok(Seen::Ready(_))));
    }
    sites.fall();
    assert!(matches!(sites.look(&wanted).await, Ok(Seen::Drifted { .. })));
    assert!(matches!(sites.ensure(&wanted).await, Ok(Seen::Ready(_))));
    let changed = site::Wanted { client_secret: SecretString::from("other"), ..wanted.clone() };
    assert!(matches!(sites.look(&changed).await, Ok(Seen::Drifted { .. })));
    let (_, password) = wordpress.sites.connect(wanted.tenant, 2, "mia");
    assert!(effects.world().objects.contains(&format!("password {password}")));
    sites.faults.arm("site.remove", Trouble::TooMany(1), 1);
    assert!(sites.remove(wanted.tenant, &wanted.slug).await.is_err());
    for _ in 0..2 {
        assert!(matches!(sites.remove(wanted.tenant, &wanted.slug).await, Ok(Gone::Seen { .. })));
    }
    assert!(effects.world().objects.is_empty(), "{:?}", effects.world());
    assert_eq!(effects.world().made["site"], 1);
    assert!(sites.health().await.ok && sites.preview(&wanted.slug).0 == "acme");
}
