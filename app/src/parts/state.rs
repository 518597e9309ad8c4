//! Words of state: always an icon, a word and a colour together.

use super::icon::Icon;
use crate::model::{pairing::PairingStatus, tenant::Status, timeline::StepStatus};
use leptos::prelude::*;

/// State of a tenant or of an outside system.
#[component]
pub(crate) fn Badge(
    /// One of the eight.
    status: Status,
) -> impl IntoView {
    view! {
        <span class="badge" data-s=status.key()>
            <Icon name=status.key() />
            {status.word()}
        </span>
    }
}

/// State of a pairing.
#[component]
pub(crate) fn Link(
    /// `None` when there never was one.
    status: Option<PairingStatus>,
) -> impl IntoView {
    let status = status.unwrap_or(PairingStatus::Gone);
    let icon = match status {
        PairingStatus::Connected => "plug",
        PairingStatus::Working | PairingStatus::Leaving => "provisioning",
        PairingStatus::Broken | PairingStatus::SafeMode => "attention",
        PairingStatus::Gone => "draft",
    };
    view! {
        <span class="state" data-s=status.tone()>
            <Icon name=icon />
            {status.word()}
        </span>
    }
}

/// The icon on the rail of a step.
pub(crate) fn node(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Waiting => "dot",
        StepStatus::Done => "check",
        StepStatus::Undoing => "deleting",
        other => other.key(),
    }
}
