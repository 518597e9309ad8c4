//! Where the sites' sign-in clients are made.

use super::section::{WebAddress, choice, section};
use secrecy::SecretString;

choice! {
    /// Where the sign-in clients of the sites are made.
    Identity at "identity", default "rfc7591";
    /// dynamic registration (RFC 7591) at any OpenID provider that offers it.
    Rfc7591(Rfc7591) = "rfc7591";
}

section! {
    /// An OpenID provider with dynamic client registration.
    Rfc7591 at "identity.rfc7591";
    /// Issuer, by the letter as the provider names itself.
    issuer: WebAddress;
    /// Token that allows registering, if the provider asks for one.
    initial_access_token: Option<SecretString>;
}
