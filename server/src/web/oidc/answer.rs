//! What a browser carries to the provider and back.

use super::Trouble;
use crate::domain::At;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

/// How the provider is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Trip {
    /// Whoever is signed in there is it.
    Usual,
    /// The account that is signed in there is not taken without a word.
    Anew,
    /// Nobody is asked anything.
    Quiet,
}

/// A trip to the provider, kept in the browser, sealed, until its one answer comes. Cannot be printed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pending {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    /// Where the person wanted to go.
    pub(in crate::web) to: String,
    /// When it began.
    pub(in crate::web) begun: At,
    /// Nobody was to be asked anything.
    #[serde(default)]
    pub(in crate::web) quiet: bool,
}

impl Pending {
    /// The beginning of its state, to tell it from others.
    pub(in crate::web) fn name(&self, length: usize) -> &str {
        self.state.get(..length).unwrap_or_default()
    }

    /// This trip belongs to the answer with that state.
    pub(in crate::web) fn is_for(&self, state: &str) -> bool {
        self.state.as_bytes().ct_eq(state.as_bytes()).into()
    }
}

/// The query of the redirect back (RFC 6749, section 4.1.2; RFC 9207). Cannot be printed.
#[derive(Deserialize)]
pub struct Answer {
    #[serde(default)]
    pub(in crate::web) state: String,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

impl Answer {
    /// Another provider's answer must not be redeemed here (RFC 9207, section 2.4). `named` = the provider promised to
    /// name itself in every answer.
    pub(super) fn meant_for(&self, issuer: &str, named: bool) -> Result<(), Trouble> {
        match self.iss.as_deref() {
            Some(iss) if iss == issuer => Ok(()),
            None if !named => Ok(()),
            _ => Err(Trouble::MixedUp),
        }
    }

    /// The code, or the provider's refusal.
    pub(super) fn code(self) -> Result<String, Trouble> {
        match (self.error.as_deref(), self.code) {
            (Some("access_denied"), _) => Err(Trouble::Denied),
            (
                Some("login_required" | "interaction_required" | "consent_required" | "account_selection_required"),
                _,
            ) => Err(Trouble::NobodyThere),
            (Some("temporarily_unavailable" | "server_error"), _) => Err(Trouble::Busy),
            (Some(_), _) => Err(Trouble::Odd("it refused the request of the portal")),
            (None, Some(code)) if !code.is_empty() => Ok(code),
            (None, _) => Err(Trouble::Odd("it sent no code")),
        }
    }
}
