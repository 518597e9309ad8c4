//! Port: mail.

use crate::domain::{Email, Fault, Health};
use async_trait::async_trait;

pub mod log;

/// A letter. `id` makes sending it twice harmless where the driver can know (it becomes the Message-ID).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Deterministic, e.g. `welcome-<tenant id>`.
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
    /// Was this letter handed over before?
    async fn sent(&self, id: &str) -> Result<bool, Fault>;
    /// Hands it over.
    async fn send(&self, letter: &Letter) -> Result<(), Fault>;
    /// Is it there and may we work with it?
    async fn health(&self) -> Health;
}
