//! Port: mail.

use crate::domain::{Email, Fault, Health};
use async_trait::async_trait;

pub mod log;
pub mod smtp;

/// A letter. `id` makes sending it twice harmless where the driver can know (it becomes the Message-ID).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Deterministic, e.g. `welcome-<tenant id>`: letters, digits, `-` and `_`.
    pub id: String,
    /// Recipient.
    pub to: Email,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
}

/// Something that delivers letters.
#[async_trait]
pub trait Mail: Send + Sync {
    /// Was this letter handed over before? `false` also when the driver cannot know: a mail server keeps no books for
    /// us, so the house has its own.
    async fn sent(&self, id: &str) -> Result<bool, Fault>;
    /// Hands it over.
    ///
    /// # Errors
    /// `mail_refused` when this letter will never be taken, `mail_sign_in` when nobody's is.
    async fn send(&self, letter: &Letter) -> Result<(), Fault>;
    /// Is it there and may we work with it?
    async fn health(&self) -> Health;
}
