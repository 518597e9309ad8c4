//! When two calls are the same call. A model, a person or a proxy repeats itself: the message is sent again, an answer
//! is regenerated, a turn is retried. The chat gives each assistant message a new id, so the message is no part of the
//! key: the same person, in the same chat, with the same words, means the same draft. There is no time limit, because
//! nobody wants the identical text twice; who threw the draft away gets a new one (see `drafts`). Without a chat id
//! the words alone decide.

use super::visitor::Visitor;
use crate::domain::TenantId;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Key of a call: 64 hex digits, which the site stores with the post.
pub(super) fn key<A: Serialize>(visitor: &Visitor, person: &str, tool: &str, arguments: &A) -> String {
    let words = serde_json::to_vec(arguments).unwrap_or_default();
    let chat = visitor.chat.as_deref().unwrap_or_default();
    of(&visitor.tenant.id, &[person.as_bytes(), chat.as_bytes(), tool.as_bytes(), &words])
}

/// Key of the call's next life, after what it made was thrown away.
pub(super) fn reborn(key: &str, tenant: &TenantId, id: i64) -> String {
    of(tenant, &[key.as_bytes(), b"thrown away", &id.to_be_bytes()])
}

/// Each part with its length, so that no two lists of parts look alike.
fn of(tenant: &TenantId, parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    hash.update(tenant.0.as_bytes());
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
