//! Pieces of the tenant page as text, for the event stream: the very components of the page, so that a step that
//! arrives live and a step that was loaded cannot differ.

use crate::{
    model::timeline::{StepView, Timeline},
    parts::timeline::{Head, Step},
};
use leptos::prelude::*;

/// One step of the timeline as `<li>`. It carries no forms: the buttons belong to the page, which knows who may press
/// them, and stay where they are when the step is replaced.
pub fn step(step: &StepView, now: i64) -> String {
    let step = step.clone();
    Owner::new().with(|| view! { <Step step now /> }.to_html())
}

/// The strip above the timeline: how many steps are done, what runs, since when.
pub fn strip(timeline: &Timeline, now: i64) -> String {
    let timeline = timeline.clone();
    Owner::new().with(|| view! { <Head timeline now /> }.to_html())
}
