//! Where the sites' sign-in clients are made.

use super::section::{WebAddress, choice, section};
use secrecy::SecretString;

choice! {
    /// Where the sign-in clients of the sites are made.
    Identity at "identity", default "rfc7591";
    /// dynamic registration (RFC 7591) at any OpenID provider that offers it;
    Rfc7591(Rfc7591) = "rfc7591";
    /// Authentik 2025.12 or newer, by its own API, with groups for the tenants' people.
    Authentik(Authentik) = "authentik";
}

section! {
    /// An OpenID provider with dynamic client registration.
    Rfc7591 at "identity.rfc7591";
    /// Issuer, by the letter as the provider names itself.
    issuer: WebAddress;
    /// Token that allows registering, if the provider asks for one.
    initial_access_token: Option<SecretString>;
}

section! {
    /// Authentik. How to make the account and the token: [operations/authentik.md](operations/authentik.md).
    Authentik at "identity.authentik";
    /// Address as the portal reaches it.
    url: WebAddress;
    /// Address as people's browsers reach it, from which issuers are built; without it the same.
    public_url: Option<WebAddress>;
    /// API token of the portal's account, which does not expire. It is as strong as an administrator's.
    token: SecretString;
    /// Slug of the flow that authorizes the sites' clients.
    authorization_flow: String = "default-provider-authorization-implicit-consent";
    /// Slug of the flow that ends a session of a client.
    invalidation_flow: String = "default-provider-invalidation-flow";
    /// Name of the certificate whose key signs tokens.
    signing_key: String = "authentik Self-signed Certificate";
    /// Name of the scope mapping that calls people's addresses verified; made when it is missing and the account may.
    email_mapping: String = "Slipway: verified e-mail address";
    /// Slug of the flow in which an invited person without an account makes one. Without it letters lead to the sign-in,
    /// and an administrator makes accounts.
    enrolment_flow: Option<String>;
    /// Life of access and id tokens.
    access_token_validity: String = "minutes=10";
    /// Life of refresh tokens. Sites get none; it bounds those that an older Slipway let them have.
    refresh_token_validity: String = "days=30";
}
