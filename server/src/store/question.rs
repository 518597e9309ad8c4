//! A question at its beginning.

use super::{Intent, IntentKind};
use crate::domain::{At, IntentId, TenantId, secret::SiteState};
use std::time::Duration;

impl Intent {
    /// A question that nobody answered yet, open for `life`; about nobody in particular until its fields are filled.
    pub fn open(
        id: IntentId,
        kind: IntentKind,
        tenant: TenantId,
        proof: (SiteState, String),
        at: At,
        life: Duration,
    ) -> Self {
        let (state, challenge) = proof;
        Self {
            id,
            kind,
            tenant,
            wp_user: 0,
            wp_login: String::new(),
            wp_email: String::new(),
            state,
            challenge,
            asked_by: String::new(),
            asked_at: at,
            expires_at: at.plus(life),
            answered: None,
            subject: None,
            email: None,
            name: None,
            role: None,
            pairing: None,
            code_expires_at: None,
            redeemed_at: None,
            to: String::new(),
        }
    }
}
