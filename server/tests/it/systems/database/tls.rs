//! A MariaDB server that demands TLS of everybody: the doctor asks as a site would, and each cause has its words.

use super::{ready, wanted};
use crate::{
    real::{Part, free_host},
    sim::tls::{Authority, Holds},
};
use slipway::systems::database::{DatabaseTls, Databases, server::ServerDatabases};

#[tokio::test]
async fn a_server_that_demands_tls() {
    let (company, host) = (Authority::new(), free_host());
    let (certificate, key) = company.files(&company.sign(&host, Holds::Now));
    let Some(part) = Part::mariadb_with_tls(&host, &certificate, &key).await else { return };
    let with = |tls| ServerDatabases::new(&part.host, part.port, "root", &Part::master(), None).with_tls(tls);
    let verified = |ca_file| DatabaseTls::Verified { ca_file };
    for (tls, well, say) in [
        (DatabaseTls::Off, false, "demands TLS. Set mode in [database.tls]"),
        (DatabaseTls::On, true, "MariaDB 1"),
        (verified(Some(company.file())), true, "MariaDB 1"),
        (verified(None), false, "an authority that the portal does not know. Name that"),
        (verified(Some(Authority::new().file())), false, "does not know"),
    ] {
        let health = with(tls.clone()).health().await;
        assert!(health.ok == well && health.say.contains(say), "{tls:?}: {health:?}");
    }
    let acme = wanted(1, "acme");
    let why = with(DatabaseTls::Off).ensure(&acme).await.expect_err("no site could use it");
    assert!(why.to_string().contains("demands TLS"), "{why}");
    let databases = with(verified(Some(company.file())));
    let made = ready(databases.ensure(&acme).await.expect("made"));
    assert_eq!(ready(databases.look(&acme).await.expect("looked")), made);
}

#[tokio::test]
async fn a_server_without_tls_where_it_is_demanded() {
    let Some(part) = Part::mariadb().await else { return };
    let databases = ServerDatabases::new(&part.host, part.port, "root", &Part::master(), None);
    let health = databases.with_tls(DatabaseTls::On).health().await;
    assert!(!health.ok && health.say.contains("offers no TLS"), "{health:?}");
}
