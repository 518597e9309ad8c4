//! How the tenants' sites write to people.

use super::mail::Security;
use super::section::section;
use secrecy::SecretString;

section! {
    /// The mail server by which the tenants' sites send their letters, such as "Lost your password?". Without `host` they send none. On a cluster sites must be allowed to reach it: name it in `egress`.
    Letters at "site.mail";
    /// Host of the mail server; its certificate must bear this name.
    host: Option<String>;
    /// As `mail.smtp.security`.
    security: Security = "starttls";
    /// TCP port; without one 587 for `starttls`, 465 for `tls` and 25 for `none`.
    port: Option<u16>;
    /// Account that may send; without one nobody signs in. Sites know its password: make it one that can send and nothing else.
    user: Option<String>;
    /// Its password.
    password: Option<SecretString>;
    /// Address that all sites send from, such as `sites@example.org`; without one each writes `wordpress@` and its own host.
    from: Option<String>;
}
