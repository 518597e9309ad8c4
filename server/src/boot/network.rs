//! The ways to other systems: whom the portal trusts, and which ways lead through the company's proxy. One place for all.

use crate::{
    config::{Config, TlsMode, Way},
    systems::{
        database::DatabaseTls,
        http::{Dates, Http},
        site::Trust,
    },
    web,
};
use anyhow::Context as _;
use reqwest::Certificate;
use std::{sync::Arc, time::Duration};

/// Longest exchange with an outside system.
const LIMIT: Duration = Duration::from_secs(30);

/// What the configuration says of the network, with the certificates read.
pub(super) struct Ways<'c> {
    config: &'c Config,
    pem: Option<String>,
    authorities: Vec<Certificate>,
    dates: Arc<Dates>,
}

impl<'c> Ways<'c> {
    /// Reads the file of certificates.
    pub(super) fn open(config: &'c Config) -> anyhow::Result<Self> {
        let Some(file) = &config.network.ca_file else {
            return Ok(Self { config, pem: None, authorities: Vec::new(), dates: Arc::default() });
        };
        let name = || format!("network.ca_file: {}", file.display());
        let pem = std::fs::read_to_string(file).with_context(name)?;
        let authorities = Certificate::from_pem_bundle(pem.as_bytes()).with_context(name)?;
        anyhow::ensure!(!authorities.is_empty(), "{}: there is no certificate (PEM) in it", name());
        Ok(Self { config, pem: Some(pem), authorities, dates: Arc::default() })
    }

    /// The client for a system.
    pub(super) fn http(&self, way: Way) -> anyhow::Result<Http> {
        let client = Http::over(LIMIT, &self.authorities, self.config.network.is_proxied(way));
        Ok(client.context("the TLS of outgoing calls; look at network.ca_file")?.noting(self.dates.clone()))
    }

    /// What the clocks of other systems said with their answers.
    pub(super) fn dates(&self) -> Arc<Dates> {
        self.dates.clone()
    }

    /// The same for the people's sign-in, which has a client of its own.
    pub(super) fn sign_in(&self) -> web::oidc::Way {
        let proxied = self.config.network.is_proxied(Way::SignIn);
        web::oidc::Way { authorities: self.authorities.clone(), proxied }
    }

    /// How databases are spoken to.
    pub(super) fn database(&self) -> DatabaseTls {
        match self.config.database_tls.mode {
            TlsMode::Off => DatabaseTls::Off,
            TlsMode::On => DatabaseTls::On,
            TlsMode::Verified => DatabaseTls::Verified { ca_file: self.config.network.ca_file.clone() },
        }
    }

    /// What sites are told.
    pub(super) fn sites(&self) -> Trust {
        Trust { authorities: self.pem.clone(), database_tls: self.database().for_sites() }
    }

    /// The certificates as they stand in the file.
    pub(super) fn pem(&self) -> Option<String> {
        self.pem.clone()
    }
}
