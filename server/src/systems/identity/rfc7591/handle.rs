//! What must be kept to find, change and remove a client later. It is secret as a whole, and its caller seals it.

use crate::domain::Fault;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

/// A client's management address and credentials.
#[derive(Debug, Clone)]
pub(super) struct Handle {
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
    pub(super) registration_client_uri: Url,
    pub(super) registration_access_token: SecretString,
}

/// The same as text, in the field names of RFC 7591 section 3.2.1 and RFC 7592 section 3.
#[derive(Serialize, Deserialize)]
struct Written {
    client_id: String,
    client_secret: String,
    registration_client_uri: Url,
    registration_access_token: String,
}

impl Handle {
    /// Reads what [`Handle::seal`] wrote.
    pub(super) fn open(text: &SecretString) -> Result<Self, Fault> {
        let written: Written = serde_json::from_str(text.expose_secret()).map_err(|_| {
            Fault::fail(
                "handle_unreadable",
                "The record of the sign-in client cannot be read.",
                "Remove the client at the provider, then skip this step.",
            )
        })?;
        Ok(written.into())
    }

    /// The text to be sealed and kept.
    pub(super) fn seal(&self) -> Result<SecretString, Fault> {
        let written = Written {
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.expose_secret().to_owned(),
            registration_client_uri: self.registration_client_uri.clone(),
            registration_access_token: self.registration_access_token.expose_secret().to_owned(),
        };
        let text = serde_json::to_string(&written).map_err(|e| Fault::retry(format!("The record failed: {e}.")))?;
        Ok(SecretString::from(text))
    }

    /// Takes what an answer says, and the rest from `before`: an answer to a read or an update may leave out what did not
    /// change, and may bring a new token or secret (RFC 7592, sections 2.1 and 2.2).
    pub(super) fn from_answer(answer: &Value, before: Option<&Self>) -> Result<Self, Fault> {
        let text = |name: &str| answer[name].as_str().filter(|t| !t.is_empty()).map(str::to_owned);
        let secret = |name: &str, old: fn(&Self) -> &SecretString| {
            text(name).map(SecretString::from).or_else(|| before.map(|b| old(b).clone())).ok_or_else(|| lacks(name))
        };
        let address = match text("registration_client_uri") {
            Some(address) => Url::parse(&address).map_err(|_| lacks("registration_client_uri"))?,
            None => {
                before.map(|b| b.registration_client_uri.clone()).ok_or_else(|| lacks("registration_client_uri"))?
            }
        };
        Ok(Self {
            client_id: text("client_id").ok_or_else(|| lacks("client_id"))?,
            client_secret: secret("client_secret", |h| &h.client_secret)?,
            registration_client_uri: address,
            registration_access_token: secret("registration_access_token", |h| &h.registration_access_token)?,
        })
    }
}

impl From<Written> for Handle {
    fn from(written: Written) -> Self {
        Self {
            client_id: written.client_id,
            client_secret: SecretString::from(written.client_secret),
            registration_client_uri: written.registration_client_uri,
            registration_access_token: SecretString::from(written.registration_access_token),
        }
    }
}

/// A provider without management of registrations, or an answer that is none: looked at again, it may be a right one.
fn lacks(name: &str) -> Fault {
    Fault::retry(format!("The sign-in provider's answer lacks {name}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer() -> Value {
        json!({
            "client_id": "c1", "client_secret": "s1", "registration_client_uri": "https://id.example.org/reg/c1",
            "registration_access_token": "t1", "unknown": true
        })
    }

    #[test]
    fn survives_being_sealed_and_shows_no_secret() {
        let handle = Handle::from_answer(&answer(), None).expect("whole");
        let again = Handle::open(&handle.seal().expect("text")).expect("ours");
        assert_eq!(again.registration_access_token.expose_secret(), "t1");
        let shown = format!("{again:?}");
        assert!(!shown.contains("t1") && !shown.contains("s1"), "{shown}");
    }

    #[test]
    fn keeps_the_old_where_an_answer_says_nothing_and_takes_the_new() {
        let before = Handle::from_answer(&answer(), None).expect("whole");
        let after = Handle::from_answer(&json!({"client_id": "c1", "registration_access_token": "t2"}), Some(&before));
        let after = after.expect("whole with the old");
        assert_eq!(after.registration_access_token.expose_secret(), "t2");
        assert_eq!(after.client_secret.expose_secret(), "s1");
        assert!(Handle::from_answer(&json!({"client_id": "c1"}), None).is_err());
    }
}
