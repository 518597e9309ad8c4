//! What portal and site agreed on, whatever the site runs on: the variables it is told, and how its installer ends.

use super::{SiteMail, Trust, Wanted};
use crate::domain::{Fault, TimeZone};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Login of the break-glass administrator of every site.
pub(super) const ADMIN_LOGIN: &str = "slipway-admin";

/// Variable of that administrator's password; only the installer is told.
pub(super) const ADMIN_PASSWORD: &str = "SLIPWAY_ADMIN_PASSWORD";

/// WordPress's keys and salts, as its configuration file names them.
const KEYS: [&str; 8] = [
    "AUTH_KEY",
    "SECURE_AUTH_KEY",
    "LOGGED_IN_KEY",
    "NONCE_KEY",
    "AUTH_SALT",
    "SECURE_AUTH_SALT",
    "LOGGED_IN_SALT",
    "NONCE_SALT",
];

/// What sites must know of the portal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Portal<'a> {
    /// Whom sites trust.
    pub(super) trust: &'a Trust,
    /// As browsers reach it, without trailing slash.
    pub(super) url: &'a str,
    /// As sites reach it, without trailing slash.
    pub(super) api_url: &'a str,
    /// `app_id` of the chat's application passwords.
    pub(super) app_id: uuid::Uuid,
    /// The mail server for their letters.
    pub(super) mail: Option<&'a SiteMail>,
}

/// The variables that anybody may read.
pub(super) fn settings(portal: Portal<'_>, wanted: &Wanted) -> BTreeMap<String, String> {
    let (database, trust) = (&wanted.database, portal.trust);
    let mut all: BTreeMap<String, String> = [
        ("SLIPWAY_TENANT", wanted.slug.to_string()),
        ("SLIPWAY_TENANT_ID", wanted.tenant.to_string()),
        ("SLIPWAY_TENANT_NAME", one_line(&wanted.name)),
        ("SLIPWAY_PORTAL_URL", portal.url.to_owned()),
        ("SLIPWAY_PORTAL_API_URL", portal.api_url.to_owned()),
        ("SLIPWAY_APP_ID", portal.app_id.to_string()),
        ("SLIPWAY_SITE_URL", wanted.site_url.clone()),
        ("SLIPWAY_ADMIN_LOGIN", ADMIN_LOGIN.to_owned()),
        ("SLIPWAY_ADMIN_EMAIL", wanted.admin_email.to_string()),
        ("SLIPWAY_LOCALE", wanted.language.locale().to_owned()),
        ("WORDPRESS_DB_HOST", format!("{}:{}", database.host, database.port)),
        ("WORDPRESS_DB_USER", database.user.clone()),
        ("WORDPRESS_DB_NAME", database.name.clone()),
        ("OIDC_CLIENT_ID", wanted.client.client_id.clone()),
        ("OIDC_ISSUER", wanted.client.issuer.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    if let Some(mail) = portal.mail {
        let told = [
            ("HOST", one_line(&mail.host)),
            ("PORT", mail.port.to_string()),
            ("SECURITY", mail.security.to_owned()),
            ("USER", one_line(&mail.user)),
            ("FROM", one_line(&mail.from)),
        ];
        all.extend(told.map(|(name, value)| (format!("SLIPWAY_SMTP_{name}"), value)));
    }
    // Only what differs from the usual is told, so that sites that need nothing of it keep the settings they have.
    if wanted.time_zone != TimeZone::utc() {
        all.insert("SLIPWAY_TIME_ZONE".to_owned(), wanted.time_zone.as_str().to_owned());
    }
    all.extend(trust.authorities.clone().map(|pem| ("SLIPWAY_CA".to_owned(), pem)));
    all.extend(trust.database_tls.map(|mode| ("WORDPRESS_DB_TLS".to_owned(), mode.to_owned())));
    all
}

/// The variables that nobody else may read.
pub(super) fn secrets(portal: Portal<'_>, wanted: &Wanted) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = [
        ("SLIPWAY_SITE_SECRET", &wanted.site_secret),
        ("WORDPRESS_DB_PASSWORD", &wanted.database_password),
        ("OIDC_CLIENT_SECRET", &wanted.client_secret),
    ]
    .map(|(name, secret)| (name.to_owned(), secret.expose_secret().to_owned()))
    .into();
    if let Some(password) = portal.mail.and_then(|mail| mail.password.as_ref()) {
        all.insert("SLIPWAY_SMTP_PASSWORD".to_owned(), password.expose_secret().to_owned());
    }
    all.extend(KEYS.map(|key| (format!("WORDPRESS_{key}"), derived(wanted.salt.expose_secret(), key))));
    all
}

/// SHA-256 of the tenant's salt, ':' and the key's name: the same after every restart, so sign-ins survive it.
fn derived(salt: &str, key: &str) -> String {
    hex(&Sha256::digest(format!("{salt}:{key}").as_bytes()))
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// What the installer's end means. The exit codes are part of `install.php`: 0 installed, 1 try again, 2 a setting is
/// missing, 3 the database belongs to a site at another address, 4 the language or the time zone cannot be had.
pub(super) fn judge(exit_code: Option<i32>, said: String) -> Result<(), Fault> {
    match exit_code {
        Some(0) => Ok(()),
        Some(3) => Err(Fault::fail(
            "site_moved",
            said,
            "Order the tenant with the address it had, or remove the database first, then press Retry now.",
        )),
        Some(4) => Err(Fault::fail(
            "site_language_missing",
            said,
            "Put what is missing into the sites' image, or into the folder of WordPress, then press Retry now.",
        )),
        Some(2) => Err(Fault::fail("site_setting_missing", said, "Report this.")),
        _ => Err(Fault::retry(format!("WordPress's installation did not end well. It said: {said}"))),
    }
}

/// The last three lines of a log that say something, on one line and at most 400 characters.
pub(super) fn last_words(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty() && !is_request(l)).collect();
    let last = lines[lines.len().saturating_sub(3)..].join(" ");
    let last: String = last.chars().filter(|c| !c.is_control()).take(400).collect();
    if last.is_empty() { "nothing".to_owned() } else { last }
}

/// PHP's server writes three lines for each request and Apache one; addresses may hold what a page of ours must not
/// repeat.
fn is_request(line: &str) -> bool {
    let request = [" GET ", " POST ", "\"GET ", "\"POST ", "\"HEAD "].iter().any(|verb| line.contains(verb));
    request || line.ends_with(" Accepted") || line.ends_with(" Closing")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_exit_codes() {
        let ended = |code| judge(Some(code), "This database belongs to the site at http://old.".to_owned());
        assert_eq!(ended(0), Ok(()));
        assert!(matches!(ended(1), Err(Fault::Retry { .. })));
        assert!(matches!(judge(None, String::new()), Err(Fault::Retry { .. })));
        assert!(matches!(ended(2), Err(Fault::Fail { code: "site_setting_missing", .. })));
        assert!(matches!(ended(4), Err(Fault::Fail { code: "site_language_missing", .. })));
        let moved = ended(3).expect_err("it moved");
        assert!(moved.to_string().contains("http://old") && moved.to_string().contains("site_moved"), "{moved}");
    }

    #[test]
    fn tells_the_reason_and_no_requests() {
        let text = b"[Sun] 127.1.2.3:80 Accepted\n[Sun] 127.1.2.3:80 [200]: GET /?code=abc\n[Sun] Failed to listen on \
                     127.64.0.1:80 (reason: Address already in use)\n\n[Sun] 127.1.2.3:80 Closing\n\
                     10.1.2.3 - - [22/Nov/2026] \"GET /?code=abc HTTP/1.1\" 200 12\n";
        assert_eq!(last_words(text), "[Sun] Failed to listen on 127.64.0.1:80 (reason: Address already in use)");
        assert_eq!(last_words(b""), "nothing");
        assert!(last_words("x".repeat(9000).as_bytes()).len() <= 400);
    }
}
