//! How people are written to: the driver that the configuration chooses.

use crate::{
    config::{self, Config},
    domain::Clock,
    systems::mail::{
        Mail,
        log::LogMail,
        smtp::{self, Privacy, SmtpMail},
    },
};
use secrecy::SecretString;
use std::{path::PathBuf, sync::Arc};

/// The chosen driver.
pub(super) fn mail(config: &Config, clock: &Arc<dyn Clock>) -> anyhow::Result<Arc<dyn Mail>> {
    Ok(match &config.mail {
        config::Mail::Log(m) => Arc::new(LogMail::new(&m.folder)),
        config::Mail::Smtp(m) => {
            let authorities = m.ca_file.iter().chain(&config.network.ca_file).cloned().collect();
            Arc::new(SmtpMail::new(smtp(m, authorities, clock.clone()))?)
        }
    })
}

fn smtp(m: &config::MailSmtp, authorities: Vec<PathBuf>, clock: Arc<dyn Clock>) -> smtp::Config {
    let password = || m.password.clone().unwrap_or_else(|| SecretString::from(""));
    smtp::Config {
        host: m.host.clone(),
        port: m.port,
        privacy: match m.security {
            config::Security::Starttls => Privacy::Starttls,
            config::Security::Tls => Privacy::Tls,
            config::Security::None => Privacy::None,
        },
        account: m.user.clone().map(|user| (user, password())),
        from: m.from.clone(),
        authorities,
        clock,
    }
}

/// Driver and address, for people.
pub(super) fn driver(mail: &config::Mail) -> String {
    match mail {
        config::Mail::Log(m) => format!("Files in {}", m.folder.display()),
        config::Mail::Smtp(m) => format!("Mail server {}", m.host),
    }
}
