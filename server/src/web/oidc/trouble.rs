//! What can go wrong between the portal and the provider, in words a person can act on.

use crate::domain::{TlsTrouble, email::EmailError, subject::SubjectError};
use app::model::oops::Oops;
use openidconnect::{ClaimsVerificationError, ErrorResponse, RequestTokenError, UserInfoError};
use serde_json::Value;

/// Why a sign-in or a logout did not work. Never holds a token or a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No complete answer.
    #[error("the sign-in service does not answer")]
    Silent,
    /// Its certificate or its TLS is not taken.
    #[error("{}", .0.tell("the sign-in service"))]
    Tls(TlsTrouble),
    /// It says, by way of the browser, that it cannot answer now. A browser can say so by itself, so nobody goes on for it.
    #[error("the sign-in service cannot answer now")]
    Busy,
    /// An answer that does not fit.
    #[error("the sign-in service is set up differently: {0}")]
    Odd(&'static str),
    /// The issuer in the settings is not the one the provider names.
    #[error("the sign-in service calls itself by another name than the setting `issuer`")]
    OtherName,
    /// The person or the provider said no.
    #[error("the sign-in was denied")]
    Denied,
    /// Nobody is signed in there, or somebody has to answer a question first.
    #[error("nobody is signed in at the sign-in service")]
    NobodyThere,
    /// An answer of another provider.
    #[error("the answer came from another sign-in service")]
    MixedUp,
    /// The code was not accepted.
    #[error("the sign-in service did not accept its own code")]
    Spent,
    /// The token's signature, audience, nonce or time is wrong.
    #[error("the token is not valid: {0}")]
    Forged(&'static str),
    /// What is told about this one person cannot be read.
    #[error("what the sign-in service tells about the person cannot be used: {0}")]
    Unusable(&'static str),
    /// The person's id can be nobody's.
    #[error("the sign-in service names the person in a way that cannot be used: {0}")]
    Subject(#[from] SubjectError),
    /// The address is none that somebody may have.
    #[error("the e-mail address cannot be used: {}", .0.fault())]
    Email(EmailError),
    /// No e-mail address.
    #[error("the sign-in service tells no e-mail address")]
    NoEmail,
    /// The e-mail address is not verified.
    #[error("the e-mail address is not verified")]
    Unverified,
}

impl Trouble {
    /// From an exchange of a code that failed.
    pub(super) fn from_exchange<RE, T>(error: RequestTokenError<RE, T>) -> Self
    where
        RE: std::error::Error + 'static,
        T: ErrorResponse + 'static,
    {
        match error {
            RequestTokenError::ServerResponse(answer) => {
                tracing::warn!(%answer, "the code was refused");
                Self::Spent
            }
            RequestTokenError::Request(why) => Self::of_request(&why),
            RequestTokenError::Parse(_, body) if is_token_answer(&body) => {
                Self::Unusable("its id token cannot be read")
            }
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                Self::Odd("its token answer is no such answer")
            }
        }
    }

    /// From a question at the userinfo endpoint that failed.
    pub(super) fn from_userinfo<RE: std::error::Error + 'static>(error: &UserInfoError<RE>) -> Self {
        match error {
            UserInfoError::ClaimsVerification(_) => Self::Forged("userinfo tells about somebody else"),
            UserInfoError::Parse(_) => Self::Unusable("its userinfo cannot be read"),
            UserInfoError::Request(why) => Self::of_request(why),
            _ => Self::Silent,
        }
    }

    /// From a question that brought no answer.
    pub(super) fn of_request(error: &(dyn std::error::Error + 'static)) -> Self {
        TlsTrouble::among(error).map_or(Self::Silent, Self::Tls)
    }

    /// Why an id token was not taken.
    pub(super) fn from_claims(error: &ClaimsVerificationError) -> Self {
        Self::Forged(match error {
            ClaimsVerificationError::Expired(_) => "its time is over",
            ClaimsVerificationError::InvalidAudience(_) => "it is for somebody else",
            ClaimsVerificationError::InvalidIssuer(_) => "it is from somebody else",
            ClaimsVerificationError::InvalidNonce(_) => "it belongs to another sign-in",
            ClaimsVerificationError::SignatureVerification(_) => "its signature does not fit the published keys",
            _ => "its claims do not fit",
        })
    }

    /// What the person reads.
    pub(in crate::web) fn oops(&self) -> Oops {
        let setup = "Tell the platform team; the server's log names the setting.";
        match self {
            Self::Silent | Self::Busy => {
                Oops::new(503, "sign_in_silent", "The sign-in service does not answer.", "Try again in a minute.")
            }
            Self::Tls(_) => Oops::new(
                503,
                "sign_in_untrusted",
                "Slipway cannot trust the connection to the sign-in service.",
                "Tell the platform team; the page Systems and the server's log name the reason.",
            ),
            Self::Odd(_) | Self::OtherName => {
                Oops::new(502, "sign_in_odd", "The sign-in service and Slipway do not understand each other.", setup)
            }
            Self::Denied => Oops::new(
                403,
                "sign_in_denied",
                "The sign-in was denied.",
                "Sign in with an account that may use Slipway.",
            ),
            Self::NobodyThere => {
                Oops::new(403, "sign_in_over", "You are not signed in at the sign-in service.", "Sign in again.")
            }
            Self::MixedUp => {
                Oops::new(400, "sign_in_mixed_up", "This answer came from another sign-in service.", "Sign in again.")
            }
            Self::Spent => {
                Oops::new(400, "sign_in_stale", "This sign-in was used before or took too long.", "Sign in again.")
            }
            Self::Forged(_) => {
                Oops::new(400, "sign_in_invalid", "The answer of the sign-in service is not valid.", "Sign in again.")
            }
            Self::Unusable(_) | Self::Subject(_) => Oops::new(
                403,
                "sign_in_unusable",
                "What the sign-in service tells about your account cannot be used.",
                "Tell the platform team; the server's log says which claim it is.",
            ),
            Self::Email(why) => Oops::new(
                403,
                "email_unusable",
                format!("Slipway cannot use your e-mail address: {}.", why.fault()),
                "Give your account another address in the sign-in service, then sign in again.",
            ),
            Self::NoEmail => Oops::new(
                403,
                "email_missing",
                "Your account has no e-mail address that Slipway may know.",
                "Add one in your sign-in service, then sign in again.",
            ),
            Self::Unverified => Oops::new(
                403,
                "email_unverified",
                "Your e-mail address is not verified.",
                "Verify it in your sign-in service, then sign in again.",
            ),
        }
    }
}

/// A complete answer to a code. When it still cannot be read, that is for what its id token says of one person.
fn is_token_answer(body: &[u8]) -> bool {
    let answer = serde_json::from_slice::<Value>(body).unwrap_or_default();
    ["access_token", "token_type", "id_token"].iter().all(|member| answer[member].is_string())
}
