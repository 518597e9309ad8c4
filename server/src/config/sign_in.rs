//! How people sign in to the portal.

use super::section::{WebAddress, section};
use secrecy::SecretString;

section! {
    /// Sign-in of people through OpenID Connect.
    SignIn at "sign_in";
    /// Issuer, by the letter as the provider names itself.
    issuer: WebAddress;
    /// Client id of the portal.
    client_id: String;
    /// Client secret of the portal.
    client_secret: SecretString;
    /// Group whose people are operators.
    operator_group: String = "slipway-operators";
    /// Group whose people are auditors.
    auditor_group: String = "slipway-auditors";
    /// Claim that lists a person's groups.
    groups_claim: String = "groups";
}
