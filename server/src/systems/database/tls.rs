//! How the way to a MariaDB server is kept private. Portal and sites follow the same setting, or the portal would call a
//! server well that no site can use.

use super::session::Session;
use super::trouble::{Trouble, Whose};
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use std::path::PathBuf;

/// Whether TLS is spoken, and what of the server's certificate is checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum DatabaseTls {
    /// None by the sites. The portal takes it where the server offers it, and checks nothing.
    #[default]
    Off,
    /// Always; the certificate is not checked. It keeps out who only listens.
    On,
    /// Always; the certificate must come from a known authority and bear the server's name.
    Verified {
        /// Certificates (PEM) of authorities besides the well-known ones.
        ca_file: Option<PathBuf>,
    },
}

impl DatabaseTls {
    /// The portal's own connection.
    pub(super) fn portal(&self, options: MySqlConnectOptions) -> MySqlConnectOptions {
        match self {
            Self::Off => options.ssl_mode(MySqlSslMode::Preferred),
            _ => self.site(options),
        }
    }

    /// A connection as a site opens it.
    fn site(&self, options: MySqlConnectOptions) -> MySqlConnectOptions {
        match self {
            Self::Off => options.ssl_mode(MySqlSslMode::Disabled),
            Self::On => options.ssl_mode(MySqlSslMode::Required),
            Self::Verified { ca_file } => {
                let options = options.ssl_mode(MySqlSslMode::VerifyIdentity);
                ca_file.iter().fold(options, |options, file| options.ssl_ca(file))
            }
        }
    }

    /// Signs in as a site would. Servers that demand TLS say to one without that its password is wrong (MariaDB 10.11), so
    /// a refusal is tried once more with TLS before it is believed.
    pub(super) async fn sign_in(&self, options: MySqlConnectOptions, whose: Whose) -> Result<Session, Trouble> {
        match Session::open(&self.site(options.clone()), whose).await {
            Err(refusal) if *self == Self::Off && refusal.is_refusal() => {
                let by_tls = Session::open(&Self::On.site(options), whose).await;
                Err(by_tls.map_or(refusal, |_| Trouble::WantsTls))
            }
            other => other,
        }
    }

    /// As Jobs are told it.
    pub(super) fn name(&self) -> &'static str {
        self.for_sites().unwrap_or("off")
    }

    /// As sites are told it; nothing where they speak none.
    pub fn for_sites(&self) -> Option<&'static str> {
        match self {
            Self::Off => None,
            Self::On => Some("on"),
            Self::Verified { .. } => Some("verified"),
        }
    }
}
