//! The timeline of the one tenant, just begun.

use app::model::timeline::{LogLine, StepStatus, StepView, Timeline};

pub(super) fn begun() -> Timeline {
    let ranks = vec![vec![step("database", "Database", 3)], vec![step("site", "Site", 0)]];
    Timeline { seq: 3, removing: false, settled: false, began_at: 1, ended_at: None, ranks }
}

fn step(name: &str, title: &str, seq: i64) -> StepView {
    StepView {
        name: name.into(),
        title: title.into(),
        status: StepStatus::Waiting,
        waits_for: vec![],
        attempt: 0,
        started_at: None,
        ended_at: None,
        next_at: None,
        outside_id: None,
        note: String::new(),
        code: None,
        next_action: None,
        log: vec![LogLine { seq, at: 1, text: "It was asked for.".into(), tone: String::new() }],
        usual: None,
    }
}
