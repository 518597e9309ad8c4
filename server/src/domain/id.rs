//! Identifiers as types, so that one cannot be taken for another. All are UUIDs and travel as text.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(s).map(Self)
            }
        }
    };
}

id!(
    /// A tenant. Outside objects carry it as their mark, because a slug may be used again after a removal.
    TenantId
);
id!(
    /// One person's link between WordPress and the chat.
    PairingId
);
id!(
    /// A pairing that a plugin asked for and nobody answered yet.
    IntentId
);
id!(
    /// A token of a program.
    ApiTokenId
);
