//! The timeline: steps on a rail. A step shows name, state, time · reason · range · next action · attempt, next try,
//! code · log, in this order. What a person may press is put in by the page ([`Acts`]), because the event stream renders
//! steps without knowing who looks.

use super::{
    icon::Icon,
    id::Id,
    state::node,
    time::{At, In, Took, clock, iso, range, span},
};
use crate::model::timeline::{LogLine, StepStatus, StepView, Timeline};
use leptos::prelude::*;

/// Where the forms of a step go; present only for people who may operate.
#[derive(Clone)]
pub(crate) struct Acts {
    /// Slug of the tenant.
    pub(crate) slug: String,
}

/// All steps on their rail.
#[component]
pub(crate) fn Rail(
    /// The steps.
    timeline: Timeline,
    /// First line: what began it.
    began: AnyView,
    /// Buttons, for people who may.
    acts: Option<Acts>,
    /// The server's clock.
    now: i64,
) -> impl IntoView {
    let ranks =
        timeline.ranks.into_iter().map(|rank| view! { <Rank rank acts=acts.clone() now /> }).collect::<Vec<_>>();
    view! {
        <ol class="timeline" role="list">
            <li class="step" data-s="done">
                <Icon name="dot" class="node" />
                {began}
            </li>
            {ranks}
        </ol>
    }
}

#[component]
fn Rank(rank: Vec<StepView>, acts: Option<Acts>, now: i64) -> impl IntoView {
    let together = rank.len();
    let steps = rank.into_iter().map(|step| view! { <Step step now acts=acts.clone() /> }).collect::<Vec<_>>();
    if together < 2 {
        return steps.into_any();
    }
    let said = if together == 2 { "Two steps".to_owned() } else { format!("{together} steps") };
    view! {
        <li class="par">
            <p>{said}" at the same time"</p>
            <ol role="list">{steps}</ol>
        </li>
    }
    .into_any()
}

/// One step.
#[component]
pub(crate) fn Step(
    /// The step.
    step: StepView,
    /// The server's clock.
    now: i64,
    /// Buttons, for people who may.
    #[prop(optional_no_strip)]
    acts: Option<Acts>,
) -> impl IntoView {
    let live = moving(step.status) || step.status == StepStatus::NeedsAttention;
    let class = if live { "step live" } else { "step" };
    let turns = if moving(step.status) && step.status != StepStatus::Retrying { "node turn" } else { "node" };
    let turns = if step.status == StepStatus::Undoing { "node" } else { turns };
    let acts = acts.filter(|_| unfinished(step.status)).map(|acts| buttons(&acts, &step));
    let body = if live { body(&step, now) } else { rest(&step, now) };
    view! {
        <li class=class id=step.name.clone() data-s=step.status.key()>
            <Icon name=node(step.status) class=turns />
            <h3><a href=format!("#{}", step.name)>{step.title.clone()}</a></h3>
            <span class="state">{state(&step)}</span>
            <span class="took">{took(&step, now)}</span>
            {body}
            {acts}
            {log(&step)}
        </li>
    }
}

/// It works, or will by itself.
pub(crate) fn moving(status: StepStatus) -> bool {
    matches!(status, StepStatus::Running | StepStatus::Retrying | StepStatus::Undoing)
}

fn unfinished(status: StepStatus) -> bool {
    !matches!(status, StepStatus::Done | StepStatus::Skipped | StepStatus::Gone | StepStatus::Unseen)
}

fn state(step: &StepView) -> String {
    match (step.status, step.waits_for.as_slice()) {
        (StepStatus::Waiting, [one]) => format!("Waits for {one}"),
        (StepStatus::Waiting, [_, _]) => "Waits for both".to_owned(),
        (StepStatus::Waiting, [_, _, ..]) => "Waits for all".to_owned(),
        (StepStatus::Gone, _) => "Seen gone".to_owned(),
        (status, _) => status.word().to_owned(),
    }
}

fn took(step: &StepView, now: i64) -> AnyView {
    match (step.status, step.started_at, step.ended_at, step.usual) {
        (StepStatus::Waiting, _, _, Some((low, high))) => {
            view! { <span class="soft">"usually "{range(low, high)}</span> }.into_any()
        }
        (StepStatus::Waiting | StepStatus::Skipped, ..) => ().into_any(),
        (StepStatus::Gone | StepStatus::Unseen, _, Some(until), _) => view! { <At at=until now /> }.into_any(),
        (status, Some(from), None, _) if unfinished(status) => view! { <b><Took from until=None now /></b> }.into_any(),
        (_, Some(from), until, _) => view! { <Took from until now /> }.into_any(),
        _ => ().into_any(),
    }
}

/// What a step at rest still says: who skipped it and why, and its id outside.
fn rest(step: &StepView, _now: i64) -> AnyView {
    let note = match step.status {
        StepStatus::Skipped | StepStatus::Gone | StepStatus::Unseen if !step.note.is_empty() => {
            Some(view! { <p class="small">{step.note.clone()}</p> })
        }
        _ => None,
    };
    let id = step.outside_id.clone().map(|value| view! { <p class="ref"><Id value what="id" /></p> });
    view! { {note} {id} }.into_any()
}

/// What a step says that moves or needs a person.
fn body(step: &StepView, now: i64) -> AnyView {
    let note = (!step.note.is_empty()).then(|| view! { <p>{step.note.clone()}</p> });
    let next = step.next_action.clone().map(|next| view! { <p><b>"Next: "</b>{next}</p> });
    let bar =
        step.started_at.zip(step.usual).filter(|_| moving(step.status)).map(|(from, usual)| bar(from, usual, now));
    view! { {note} {bar} {next} {facts(step, now)} }.into_any()
}

fn facts(step: &StepView, now: i64) -> AnyView {
    let attempt = (step.attempt > 0).then(|| view! { <div><dt>"Attempt"</dt><dd>{step.attempt}</dd></div> });
    let started = step.started_at.map(|at| view! { <div><dt>"Started"</dt><dd><At at now /></dd></div> });
    let next = step.next_at.filter(|_| moving(step.status)).map(|at| {
        let what = if step.status == StepStatus::Retrying { "Next try" } else { "Looks again" };
        view! { <div><dt>{what}</dt><dd><In at now /></dd></div> }
    });
    let waits = step.ended_at.filter(|_| step.status == StepStatus::NeedsAttention);
    let waits = waits.map(|at| view! { <div><dt>"Waits for a person"</dt><dd>"since "<At at now /></dd></div> });
    let code =
        step.code.clone().map(|code| view! { <div class="widest"><dt>"Code"</dt><dd><code>{code}</code></dd></div> });
    let id = step.outside_id.clone().map(|value| {
        view! { <div class="widest"><dt>"Id outside"</dt><dd><Id value what="id" /></dd></div> }
    });
    view! { <dl class="facts">{attempt}{started}{next}{waits}{code}{id}</dl> }.into_any()
}

/// The time so far against the usual range.
fn bar(from: i64, (low, high): (i64, i64), now: i64) -> AnyView {
    let scale = |length: i64| (length.max(0) as f64 / (high.max(1) as f64 * 1.25) * 1000.0).min(1000.0).round();
    let label = format!("{} so far, usually {}", span(now - from), range(low, high));
    let over = (now - from > high).then_some("Longer than usual. It goes on by itself.");
    view! {
        <div class="stack">
            <svg class="range" viewBox="0 0 1000 6" preserveAspectRatio="none" role="img" aria-label=label>
                <rect width="1000" height="6" />
                <rect class="w" x=scale(low) width=scale(high) - scale(low) height="6" />
                <rect class="v" width=scale(now - from) height="6" data-from=from / 1000 data-full=high / 800 />
            </svg>
            <p class="row small soft"><span>"Usually "{range(low, high)}</span>{over.map(|say| view! { <span class="end">{say}</span> })}</p>
        </div>
    }
    .into_any()
}

fn buttons(acts: &Acts, step: &StepView) -> AnyView {
    let needed = step.status == StepStatus::NeedsAttention;
    let skip = needed.then(|| {
        view! { <button class="btn" type="button" popovertarget=format!("skip-{}", step.name)>"Skip…"</button> }
    });
    view! {
        <div class="row acts">
            <form method="post" action=format!("/tenants/{}/steps/{}/retry", acts.slug, step.name)>
                <button class="btn" class:main=needed><Icon name="retry" />"Retry now"</button>
            </form>
            {skip}
        </div>
    }
    .into_any()
}

fn log(step: &StepView) -> AnyView {
    let count = step.log.len();
    if count == 0 {
        return ().into_any();
    }
    let said = if count == 1 { "Log, 1 line".to_owned() } else { format!("Log, {count} lines") };
    view! {
        <details class="log" open=step.status == StepStatus::NeedsAttention>
            <summary><Icon name="right" />{said}</summary>
            <ol class="lines" role="list">{step.log.iter().map(line).collect::<Vec<_>>()}</ol>
        </details>
    }
    .into_any()
}

fn line(line: &LogLine) -> AnyView {
    let tone = (!line.tone.is_empty()).then(|| line.tone.clone());
    view! { <li><time datetime=iso(line.at)>{clock(line.at)}</time><span data-s=tone>{line.text.clone()}</span></li> }
        .into_any()
}

/// The strip above the timeline: how far, what now, since when.
#[component]
pub(crate) fn Head(
    /// The steps.
    timeline: Timeline,
    /// The server's clock.
    now: i64,
) -> impl IntoView {
    let steps = || timeline.ranks.iter().flatten();
    let (all, done) = (steps().count(), steps().filter(|step| !unfinished(step.status)).count());
    let running: Vec<_> = steps().filter(|step| moving(step.status)).map(|step| step.title.clone()).collect();
    let stuck: Vec<_> =
        steps().filter(|s| s.status == StepStatus::NeedsAttention).map(|step| step.title.clone()).collect();
    let (what, which) = match (running.is_empty(), stuck.is_empty()) {
        (_, false) => ("Waits for a person", stuck.join(", ")),
        (false, true) => ("Now", running.join(", ")),
        (true, true) => ("Now", if done == all { "Nothing left to do" } else { "Next step starts" }.to_owned()),
    };
    let title = if timeline.removing { "Steps undone" } else { "Steps done" };
    let tone = if stuck.is_empty() { "provisioning" } else { "attention" };
    let since = match (timeline.ended_at, stuck.is_empty()) {
        (Some(_), _) => "Took",
        (None, true) => "Running for",
        (None, false) => "Since it began",
    };
    let tried: u32 = steps().map(|step| step.attempt.saturating_sub(1)).sum();
    view! {
        <dl class="panel facts strip" id="strip">
            <div>
                <dt>{title}</dt>
                <dd>{format!("{done} of {all}")}<progress max=all value=done data-s=tone aria-label=title></progress></dd>
            </div>
            <div><dt>{what}</dt><dd>{which}</dd></div>
            <div><dt>{since}</dt><dd><Took from=timeline.began_at until=timeline.ended_at now /></dd></div>
            <div><dt>"Retries"</dt><dd>{if tried == 0 { "none".to_owned() } else { tried.to_string() }}</dd></div>
        </dl>
    }
}

/// Says how fresh the timeline is. Without a script it is the time of the page.
#[component]
pub(crate) fn Live(
    /// When the newest event was, microseconds since 1970.
    last: i64,
    /// The server's clock.
    now: i64,
) -> impl IntoView {
    view! {
        <p class="state" id="live" data-s="waiting" data-last=last / 1000>
            <Icon name="dot" />
            <span><span data-word="">"As of "</span><At at=now now /></span>
        </p>
        <noscript><a class="small" href="">"Reload"</a></noscript>
    }
}
