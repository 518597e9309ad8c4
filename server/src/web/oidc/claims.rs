//! What a provider tells about a person, and what of it we believe.

use super::{Settings, Trouble, provider::Verified};
use crate::domain::{Caller, Email, Standing};
use openidconnect::{AdditionalClaims, UserInfoClaims, core::CoreGenderClaim};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Claims beside the standard ones; the one with the groups is among them, under a name from the settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Extra {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Extra {}

/// What the userinfo endpoint answers.
pub(super) type MoreClaims = UserInfoClaims<Extra, CoreGenderClaim>;

/// All that was told.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) subject: String,
    email: Option<String>,
    verified: Option<bool>,
    name: Option<String>,
    groups: Option<Vec<String>>,
}

impl Told {
    pub(super) fn from_id_token(claims: &Verified, groups: &str) -> Self {
        Self {
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| email.to_string()),
            verified: claims.email_verified(),
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
            groups: claims.additional_claims().groups(groups),
        }
    }

    /// Nothing is missing that the userinfo endpoint could add.
    pub(super) fn is_enough(&self) -> bool {
        self.email.is_some() && self.verified.is_some() && self.name.is_some() && self.groups.is_some()
    }

    /// With what the userinfo endpoint adds. Address and verification are taken together from one of the two.
    pub(super) fn and(self, more: &MoreClaims, groups: &str) -> Self {
        let (email, verified) = match (self.email, self.verified) {
            (Some(email), Some(verified)) => (Some(email), Some(verified)),
            _ => (more.email().map(|email| email.to_string()), more.email_verified()),
        };
        let name = || more.name().and_then(|name| name.get(None)).map(|name| name.to_string());
        Self {
            subject: self.subject,
            email,
            verified,
            name: self.name.or_else(name),
            groups: self.groups.or_else(|| more.additional_claims().groups(groups)),
        }
    }

    /// The caller, if enough is known and verified.
    pub(super) fn caller(self, settings: &Settings) -> Result<Caller, Trouble> {
        let email = self.email.ok_or(Trouble::NoEmail)?;
        let email = Email::parse(&email).map_err(|_| Trouble::NoEmail)?;
        if self.verified != Some(true) {
            return Err(Trouble::Unverified);
        }
        let groups = self.groups.unwrap_or_default();
        let within = |group: &str| !group.is_empty() && groups.iter().any(|one| one == group);
        let standing = if within(&settings.operator_group) {
            Standing::Operator
        } else if within(&settings.auditor_group) {
            Standing::Auditor
        } else {
            Standing::Person
        };
        let name = self.name.map(|name| name.trim().chars().take(100).collect::<String>());
        let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| email.to_string());
        Ok(Caller { subject: self.subject, email, name, standing })
    }
}

impl Extra {
    /// The provider's name for its session (Back-Channel Logout 1.0, section 2.1).
    pub(super) fn sid(&self) -> Option<String> {
        self.all.get("sid")?.as_str().filter(|sid| !sid.is_empty()).map(str::to_owned)
    }

    /// A list of names, or one name; anything else is no group.
    fn groups(&self, claim: &str) -> Option<Vec<String>> {
        match self.all.get(claim)? {
            Value::String(one) => Some(vec![one.clone()]),
            Value::Array(many) => Some(many.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()),
            _ => None,
        }
    }
}
