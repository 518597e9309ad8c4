//! Whom a site on the cluster trusts, and how it speaks to its database.

use super::*;

#[test]
fn a_company_authority_and_tls_are_told_and_restart_the_site() {
    let pem = "-----BEGIN CERTIFICATE-----\nMII: \"x\"\n-----END CERTIFICATE-----\n";
    let trust = Trust { authorities: Some(pem.to_owned()), database_tls: Some("verified") };
    let told = made(&Config { trust, ..config() }, &wanted());
    let data = of(&told, Kind::ConfigMap, "wordpress")["data"].clone();
    assert_eq!((data["SLIPWAY_CA"].as_str(), data["WORDPRESS_DB_TLS"].as_str()), (Some(pem), Some("verified")));
    let usual = made(&config(), &wanted());
    let data = of(&usual, Kind::ConfigMap, "wordpress")["data"].clone();
    assert!(data["SLIPWAY_CA"].is_null() && data["WORDPRESS_DB_TLS"].is_null(), "{data}");
    let pods = |all: &[Manifest]| of(all, Kind::Deployment, "wordpress")["spec"]["template"].clone();
    assert_ne!(pods(&told), pods(&usual), "the pods are made anew");
}
