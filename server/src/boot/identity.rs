//! Where the sites' sign-in clients are made: the driver that the configuration chooses.

use crate::{
    config::{self, Config},
    domain::Clock,
    systems::{
        http::Http,
        identity::{
            Identity,
            authentik::{self, Authentik},
            rfc7591::Rfc7591,
        },
    },
};
use secrecy::SecretString;
use std::sync::Arc;

/// The chosen driver.
pub(super) fn identity(config: &Config, http: Http, clock: &Arc<dyn Clock>) -> anyhow::Result<Arc<dyn Identity>> {
    Ok(match &config.identity {
        config::Identity::Rfc7591(i) => {
            let token = i.initial_access_token.clone().unwrap_or_else(|| SecretString::from(""));
            Arc::new(Rfc7591::new(http, i.issuer.as_str().parse()?, token))
        }
        config::Identity::Authentik(a) => Arc::new(Authentik::new(http, authentik(a, clock.clone()))),
    })
}

fn authentik(a: &config::Authentik, clock: Arc<dyn Clock>) -> authentik::Config {
    authentik::Config {
        url: a.url.base().to_owned(),
        public_url: a.public_url.as_ref().unwrap_or(&a.url).base().to_owned(),
        token: a.token.clone(),
        authorization_flow: a.authorization_flow.clone(),
        invalidation_flow: a.invalidation_flow.clone(),
        signing_key: a.signing_key.clone(),
        email_mapping: a.email_mapping.clone(),
        enrolment_flow: a.enrolment_flow.clone(),
        access_token_validity: a.access_token_validity.clone(),
        refresh_token_validity: a.refresh_token_validity.clone(),
        clock,
    }
}

/// Driver and address, for people.
pub(super) fn driver(identity: &config::Identity) -> String {
    match identity {
        config::Identity::Rfc7591(i) => format!("OpenID provider {}", i.issuer.as_str()),
        config::Identity::Authentik(a) => format!("Authentik at {}", a.url.as_str()),
    }
}
