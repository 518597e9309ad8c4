//! The words of the house. Pure: no I/O, no runtime, knows nobody else.

pub mod address;
pub mod api_token;
pub mod clock;
pub mod dice;
pub mod event;
pub mod id;
pub mod invitation;
pub mod lan;
pub mod outcome;
pub mod pairing;
pub mod peer;
pub mod person;
pub mod plan;
pub mod secret;
pub mod size;
pub mod slug;
pub mod stray;
pub mod tenant;

pub use api_token::ApiToken;
pub use clock::{At, Clock};
pub use dice::Dice;
pub use event::{Event, Fact, Flow};
pub use id::{ApiTokenId, IntentId, PairingId, TenantId};
pub use invitation::Invitation;
pub use lan::{Lan, Lans, Reservation, Stage};
pub use outcome::{Check, Fault, Gone, Health, Seen};
pub use pairing::{McpMode, Pairing};
pub use peer::{Party, Peer};
pub use person::{Caller, Email, Language, Role, Standing};
pub use plan::Plan;
pub use secret::Token;
pub use size::{Amount, Currency, DatabaseSize, Gigabytes, Money, Prices};
pub use slug::Slug;
pub use stray::{Commands, Stray, StrayKind, Survey};
pub use tenant::Tenant;
