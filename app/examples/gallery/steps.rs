//! Timelines in all their states, as example data.

use crate::data::{MINUTE, NOW, SECOND};
use app::model::timeline::{LogLine, StepStatus, StepView, Timeline};

/// Name, title, what it waits for, usual seconds, id outside.
type Plan = (&'static str, &'static str, &'static [&'static str], (i64, i64), &'static str);

const ORDER: [Plan; 6] = [
    ("database", "Database", &[], (360, 1440), "9f1c2b7e-41d0-4c3e-9a52-0c2f6b1d8e77"),
    ("identity", "Identity", &[], (3, 8), "wordpress-{slug}"),
    ("site", "Site", &["Database", "Identity"], (40, 90), "wordpress-tenant-{slug}"),
    ("wordpress", "WordPress", &["Site"], (25, 60), "7.1.4"),
    ("chat", "Chat", &["WordPress"], (3, 8), "wp-{slug}"),
    ("welcome", "Welcome", &["Chat"], (2, 2), "{slug}-welcome-1"),
];

/// A step in one state; `n` is its place in the order.
pub(crate) fn step(n: usize, slug: &str, status: StepStatus) -> StepView {
    let (name, title, waits, (low, high), id) = ORDER[n];
    let waiting = status == StepStatus::Waiting;
    let started = NOW - 30 * MINUTE + n as i64 * 3 * MINUTE;
    let ended =
        matches!(status, StepStatus::Done | StepStatus::Gone | StepStatus::Skipped | StepStatus::NeedsAttention);
    StepView {
        name: name.to_owned(),
        title: title.to_owned(),
        status,
        waits_for: waits.iter().map(|&w| w.to_owned()).collect(),
        attempt: u32::from(!waiting),
        started_at: (!waiting).then_some(started),
        ended_at: ended.then_some(started + (n as i64 * 17 + 4) * SECOND),
        next_at: None,
        outside_id: (!waiting).then(|| id.replace("{slug}", slug)),
        note: String::new(),
        code: None,
        next_action: None,
        log: Vec::new(),
        usual: Some((low * SECOND, high * SECOND)),
    }
}

fn line(seq: i64, ago: i64, text: &str, tone: &str) -> LogLine {
    LogLine { seq, at: NOW - ago * SECOND, text: text.to_owned(), tone: tone.to_owned() }
}

fn timeline(steps: Vec<StepView>, settled: bool, ended: bool) -> Timeline {
    let mut steps = steps.into_iter();
    let mut ranks = vec![steps.by_ref().take(2).collect::<Vec<_>>()];
    ranks.extend(steps.map(|step| vec![step]));
    Timeline {
        seq: 12,
        removing: false,
        settled,
        began_at: NOW - 436 * SECOND,
        ended_at: ended.then_some(NOW - 10 * SECOND),
        ranks,
    }
}

/// Database runs, Identity retries, the rest waits.
pub(crate) fn provisioning(slug: &str) -> Timeline {
    let mut database = step(0, slug, StepStatus::Running);
    database.started_at = Some(NOW - 432 * SECOND);
    database.next_at = Some(NOW + 18 * SECOND);
    database.attempt = 2;
    database.note = "IONOS is building the cluster. Nothing to do for you.".to_owned();
    database.log = vec![
        line(2, 435, "Password made and sealed, version 1", ""),
        line(3, 435, "Private address 10.7.222.30 reserved", ""),
        line(4, 434, "Attempt 1: asked for cluster slipway-harbor-bakery", ""),
        line(5, 434, "Refused: 429, too many requests. Next try in 2 s", "retrying"),
        line(7, 432, "Attempt 2: accepted, cluster id 9f1c2b7e-41d0-4c3e", ""),
        line(12, 12, "Cluster is BUSY, looks again in 30 s", ""),
    ];
    let mut identity = step(1, slug, StepStatus::Retrying);
    identity.started_at = Some(NOW - 435 * SECOND);
    identity.next_at = Some(NOW + 12 * SECOND);
    identity.attempt = 9;
    identity.code = Some("identity.busy".to_owned());
    identity.note = "Authentik is busy with an import and answers 409. The next try comes by itself.".to_owned();
    identity.log = vec![
        line(6, 300, "Attempt 8: refused, 409", "retrying"),
        line(11, 18, "Attempt 9: refused, 409. Next try in 30 s", "retrying"),
    ];
    let rest = (2..6).map(|n| step(n, slug, StepStatus::Waiting));
    timeline([database, identity].into_iter().chain(rest).collect(), false, false)
}

/// The site needs a person.
pub(crate) fn attention(slug: &str) -> Timeline {
    let mut site = step(2, slug, StepStatus::NeedsAttention);
    site.attempt = 5;
    site.started_at = Some(NOW - 29 * MINUTE);
    site.ended_at = Some(NOW - 26 * MINUTE);
    site.note =
        format!("The site runs, but {slug}.example.com leads to another server, so no certificate can be made.");
    site.next_action = Some("Set the record of the domain to 192.0.2.40, then press Retry now.".to_owned());
    site.code = Some("site.dns_wrong".to_owned());
    site.log = vec![
        line(8, 1720, "Namespace and 7 objects applied", ""),
        line(9, 1700, "Pod is running, answers inside the cluster in 38 ms", ""),
        line(10, 1650, "Attempt 1: the name is 198.51.100.7, wanted 192.0.2.40", "attention"),
        line(
            11,
            1560,
            "Attempt 5: the same. Further tries would reach the limit of the certificate authority",
            "attention",
        ),
    ];
    let done = (0..2).map(|n| step(n, slug, StepStatus::Done));
    let rest = (3..6).map(|n| step(n, slug, StepStatus::Waiting));
    let steps = done.chain([site]).chain(rest).collect();
    Timeline { began_at: NOW - 41 * MINUTE, ..timeline(steps, true, false) }
}

/// All done, one skipped with a reason.
pub(crate) fn ready(slug: &str, skipped: bool) -> Timeline {
    let mut steps: Vec<_> = (0..6).map(|n| step(n, slug, StepStatus::Done)).collect();
    steps[3].attempt = 2;
    steps[3].log = vec![
        line(20, 900, "Attempt 1: the site answered 502", "retrying"),
        line(21, 890, "Attempt 2: installed WordPress 7.1.4", ""),
        line(22, 860, "Read back as ordered", "done"),
    ];
    if skipped {
        steps[5].status = StepStatus::Skipped;
        steps[5].outside_id = None;
        steps[5].note = "Skipped by Olivia Hart: told them in person.".to_owned();
    }
    timeline(steps, true, true)
}

/// Being undone, from the last to the first.
pub(crate) fn deleting(slug: &str) -> Timeline {
    let mut steps: Vec<_> = (0..6).rev().map(|n| step(n, slug, StepStatus::Gone)).collect();
    steps[3].status = StepStatus::Undoing;
    steps[3].ended_at = None;
    steps[3].started_at = Some(NOW - 41 * SECOND);
    steps[3].next_at = Some(NOW + 4 * SECOND);
    steps[3].note = "The namespace is being removed. Slipway looks until it is gone.".to_owned();
    steps[3].usual = Some((20 * SECOND, 90 * SECOND));
    for n in [4, 5] {
        steps[n] = step(5 - n, slug, StepStatus::Waiting);
        steps[n].waits_for = vec!["Site".to_owned()];
        steps[n].usual = None;
    }
    removal(steps, false)
}

/// Gone, each absence seen.
pub(crate) fn deleted(slug: &str) -> Timeline {
    let mut steps: Vec<_> = (0..6).rev().map(|n| step(n, slug, StepStatus::Gone)).collect();
    steps[0].outside_id = None;
    removal(steps, true)
}

fn removal(steps: Vec<StepView>, ended: bool) -> Timeline {
    let tail = steps.len() - 2;
    let mut ranks: Vec<Vec<StepView>> = steps[..tail].iter().cloned().map(|step| vec![step]).collect();
    ranks.push(steps[tail..].to_vec());
    Timeline {
        seq: 60,
        removing: true,
        settled: ended,
        began_at: NOW - 31 * MINUTE,
        ended_at: ended.then_some(NOW - 12 * MINUTE),
        ranks,
    }
}
