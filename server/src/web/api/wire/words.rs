//! The words of the house as they travel, once for each list of words.

use app::model as house;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The same words under the API's own name, with the way from and to the house's.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident of $from:path { $($word:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub(in crate::web::api) enum $name { $($word),+ }

        impl From<$from> for $name {
            fn from(word: $from) -> Self {
                type House = $from;
                match word { $(House::$word => Self::$word),+ }
            }
        }

        impl From<$name> for $from {
            fn from(word: $name) -> Self {
                match word { $($name::$word => Self::$word),+ }
            }
        }
    };
}

words! {
    /// State of a tenant or of an outside system.
    Status of house::tenant::Status {
        Draft, Provisioning, Ready, Degraded, NeedsAttention, Suspended, Deleting, Deleted,
    }
}
words! {
    /// State of a step.
    StepStatus of house::timeline::StepStatus {
        Waiting, Running, Retrying, Done, NeedsAttention, Skipped, Undoing, Gone, Unseen,
    }
}
words! {
    /// State of a pairing.
    PairingStatus of house::pairing::PairingStatus { Working, Connected, Broken, SafeMode, Leaving, Gone }
}
words! {
    /// What a person is within a tenant.
    Role of house::person::Role { Admin, Member }
}
words! {
    /// What somebody may do on the whole portal.
    Standing of house::person::Standing { Operator, Auditor, Person }
}
