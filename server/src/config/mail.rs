//! How people are written to.

use super::section::{Setting, choice, section};
use secrecy::SecretString;
use serde::Deserialize;
use std::path::PathBuf;

choice! {
    /// How people are written to.
    Mail at "mail", default "log";
    /// each letter becomes a file;
    Log(MailLog) = "log";
    /// a mail server.
    Smtp(MailSmtp) = "smtp";
}

section! {
    /// Letters as files, for demonstration and development.
    MailLog at "mail.log";
    /// Folder for the letters.
    folder: PathBuf = "mail";
}

section! {
    /// A mail server (SMTP). `slipway doctor` says whether it can be reached and whether the account may sign in.
    MailSmtp at "mail.smtp";
    /// Host of the mail server; its certificate must bear this name.
    host: String;
    /// `starttls`: in the clear first, then TLS or nothing. `tls`: TLS from the first byte. `none`: no TLS at all, only for a mail server on this host.
    security: Security = "starttls";
    /// TCP port; without one 587 for `starttls`, 465 for `tls` and 25 for `none`.
    port: Option<u16>;
    /// Account that may send; without one nobody signs in.
    user: Option<String>;
    /// Its password.
    password: Option<SecretString>;
    /// Sender of all letters, such as `Slipway <slipway@example.org>`.
    from: String;
    /// File with the certificate (PEM) of an authority that the mail server's certificate comes from, besides the well-known ones.
    ca_file: Option<PathBuf>;
}

/// How the way to the mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// TLS after the greeting, never without.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// In the clear.
    None,
}

impl Setting for Security {}
