//! What a provider tells about a person, and what of it we believe. Nothing of it is kept longer than it may be: an
//! address and a subject have their own bounds, a name is cut, and of the groups only the standing they give is left.

use super::{Settings, Trouble, bounds, provider::Verified};
use crate::domain::{Caller, DisplayName, Email, Standing, Subject, name::PERSON};
use openidconnect::{AdditionalClaims, UserInfoClaims, core::CoreGenderClaim};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Most groups of a person. More are refused and not cut: the one that gives a standing could be among the rest.
const GROUPS: usize = 5_000;

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
    standing: Option<Standing>,
}

impl Told {
    pub(super) fn from_id_token(claims: &Verified, settings: &Settings) -> Result<Self, Trouble> {
        Ok(Self {
            subject: Subject::parse(claims.subject())?.into(),
            email: claims.email().map(|email| email.to_string()),
            verified: claims.email_verified(),
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
            standing: claims.additional_claims().standing(settings)?,
        })
    }

    /// Nothing is missing that the userinfo endpoint could add.
    pub(super) fn is_enough(&self) -> bool {
        self.email.is_some() && self.verified.is_some() && self.name.is_some() && self.standing.is_some()
    }

    /// With what the userinfo endpoint adds. Address and verification are taken together from one of the two.
    pub(super) fn and(self, more: &MoreClaims, settings: &Settings) -> Result<Self, Trouble> {
        let (email, verified) = match (self.email, self.verified) {
            (Some(email), Some(verified)) => (Some(email), Some(verified)),
            _ => (more.email().map(|email| email.to_string()), more.email_verified()),
        };
        let name = || more.name().and_then(|name| name.get(None)).map(|name| name.to_string());
        let standing = match self.standing {
            None => more.additional_claims().standing(settings)?,
            known => known,
        };
        Ok(Self { subject: self.subject, email, verified, name: self.name.or_else(name), standing })
    }

    /// The caller, if enough is known and verified.
    pub(super) fn caller(self) -> Result<Caller, Trouble> {
        let email = self.email.filter(|email| !email.is_empty()).ok_or(Trouble::NoEmail)?;
        let email = Email::parse(&email).map_err(Trouble::Email)?;
        if self.verified != Some(true) {
            return Err(Trouble::Unverified);
        }
        let name = self.name.and_then(|name| DisplayName::clean(&name, PERSON));
        let name = name.map_or_else(|| email.to_string(), String::from);
        Ok(Caller { subject: self.subject, email, name, standing: self.standing.unwrap_or(Standing::Person) })
    }
}

impl Extra {
    /// The provider's name for its session (Back-Channel Logout 1.0, section 2.1).
    pub(super) fn sid(&self) -> Option<String> {
        bounds::sid(self.all.get("sid")?.as_str())
    }

    /// When the token begins to hold.
    pub(super) fn nbf(&self) -> Option<&Value> {
        self.all.get("nbf")
    }

    /// What the groups give: a list of names, or one name; anything else is no group.
    fn standing(&self, settings: &Settings) -> Result<Option<Standing>, Trouble> {
        let groups = match self.all.get(&settings.groups_claim) {
            Some(one @ Value::String(_)) => std::slice::from_ref(one),
            Some(Value::Array(many)) => many.as_slice(),
            _ => return Ok(None),
        };
        if groups.len() > GROUPS {
            return Err(Trouble::Unusable("it lists more than 5,000 groups"));
        }
        let within = |group: &str| !group.is_empty() && groups.iter().any(|one| one == group);
        Ok(Some(if within(&settings.operator_group) {
            Standing::Operator
        } else if within(&settings.auditor_group) {
            Standing::Auditor
        } else {
            Standing::Person
        }))
    }
}
