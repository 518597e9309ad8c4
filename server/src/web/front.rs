//! What the handlers share. One `Arc`, cheap to clone.

use super::{
    Feed, PortalFor, PublicOrigin, SignedIn, Tokens,
    live::{Hub, Streams},
    oidc::SignIn,
    session::Sessions,
};
use crate::domain::{At, Clock, Dice};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use std::{collections::HashMap, ops::Deref, sync::Arc};
use tokio::sync::watch;

/// The shared parts.
pub(super) struct Parts {
    pub(super) portal_for: PortalFor,
    pub(super) sign_in: SignIn,
    pub(super) sessions: Sessions,
    pub(super) people: Arc<dyn SignedIn>,
    pub(super) tokens: Arc<dyn Tokens>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) dice: Arc<dyn Dice>,
    pub(super) public: PublicOrigin,
    pub(super) feed: Arc<dyn Feed>,
    pub(super) files: Arc<HashMap<String, String>>,
    pub(super) support: String,
    pub(super) stop: watch::Receiver<bool>,
}

/// The state of all handlers.
#[derive(Clone)]
pub(super) struct Front {
    parts: Arc<Parts>,
    leptos: LeptosOptions,
    /// Live streams that are open now.
    pub(super) streams: Streams,
    /// Who waits for a change of which tenant.
    pub(super) hub: Hub,
}

impl Front {
    pub(super) fn new(parts: Parts) -> Self {
        let leptos = LeptosOptions::builder().output_name("portal").build();
        Self { parts: Arc::new(parts), leptos, streams: Streams::default(), hub: Hub::default() }
    }

    pub(super) fn now(&self) -> At {
        self.clock.now()
    }
}

impl Deref for Front {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl FromRef<Front> for LeptosOptions {
    fn from_ref(front: &Front) -> Self {
        front.leptos.clone()
    }
}
