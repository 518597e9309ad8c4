//! Who is asking. OpenWebUI signs a token for each chat turn (HS256, `iss` "open-webui", `sub` the account's id; 300 s
//! by default, from the start of the turn). A bad token does not close the door: OpenWebUI would show the model nothing
//! but "Server returned an error response", so it may list, and the first call tells the person what to do.

use crate::domain::{At, Tenant};
use crate::systems::chat::PROBE;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

/// How far OpenWebUI's clock may be off, and how long a token outlives itself, seconds.
const LEEWAY: i64 = 60;
/// Longest id of an account of the chat, in bytes; OpenWebUI's are UUIDs.
const MOST: usize = 255;

/// One request's caller, put into the request by the door.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    pub(super) tenant: Tenant,
    pub(super) who: Who,
    /// Id of the chat; calls outside of a chat have none.
    pub(super) chat: Option<String>,
}

/// Who stands at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    Person { id: String, email: String },
    Probe,
    Nobody(Doubt),
}

/// Why nobody could be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    Missing,
    Early,
    Expired,
    Forged,
}

impl Doubt {
    /// For the person, by way of the model.
    pub(super) fn say(self) -> &'static str {
        match self {
            Self::Missing => {
                "The chat did not say who is asking, so nothing was done. Its administrator has to switch on \
                 forwarding of user information with a signing secret."
            }
            Self::Early => {
                "The chat's pass does not hold yet, so nothing was done. The clocks of the chat and of Slipway differ; its \
                 administrator has to set them."
            }
            Self::Expired => {
                "This took so long that the chat's pass has expired, so nothing was done. Send the message again. If this comes \
                 every time, the clocks of the chat and of Slipway differ; its administrator has to set them."
            }
            Self::Forged => {
                "The chat's pass is not valid here, so nothing was done. Its administrator has to give the chat and \
                 Slipway the same signing secret."
            }
        }
    }

    /// For the audit.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Missing => "no user token",
            Self::Early => "user token not valid yet",
            Self::Expired => "user token expired",
            Self::Forged => "user token not valid",
        }
    }
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
    nbf: Option<f64>,
    iat: Option<f64>,
    #[serde(default)]
    email: String,
}

/// Reads tokens.
pub(super) struct Passport {
    key: DecodingKey,
    rules: Validation,
}

impl Passport {
    pub(super) fn new(secret: &[u8]) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&["open-webui"]);
        rules.set_required_spec_claims(&["exp", "iss", "sub"]);
        rules.validate_exp = false; // by our own clock, below, as are `nbf` and `iat`
        rules.validate_aud = false; // OpenWebUI writes none
        Self { key: DecodingKey::from_secret(secret), rules }
    }

    pub(super) fn read(&self, token: Option<&str>, now: At) -> Who {
        let Some(token) = token else { return Who::Nobody(Doubt::Missing) };
        let Ok(data) = jsonwebtoken::decode::<Claims>(token, &self.key, &self.rules) else {
            return Who::Nobody(Doubt::Forged);
        };
        let Claims { sub, exp, nbf, iat, email } = data.claims;
        if exp.saturating_add(LEEWAY) < now.unix() {
            return Who::Nobody(Doubt::Expired);
        }
        if [nbf, iat].into_iter().flatten().any(|from| from > now.unix().saturating_add(LEEWAY) as f64) {
            return Who::Nobody(Doubt::Early);
        }
        match sub.as_str() {
            sub if sub.is_empty() || sub.len() > MOST => Who::Nobody(Doubt::Forged),
            PROBE => Who::Probe,
            _ => Who::Person { id: sub, email },
        }
    }
}
