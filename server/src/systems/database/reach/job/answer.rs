//! What a Job's program says at its end: one JSON object in the container's termination message, at most 4,096 bytes
//! (Kubernetes, "Determine the Reason for Pod Failure").

use crate::{
    domain::{Fault, Seen},
    systems::{
        cluster::plain,
        database::{
            names::not_ours,
            trouble::{Trouble, Whose},
        },
    },
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(tag = "seen", rename_all = "lowercase")]
enum Answer {
    Ready,
    Absent,
    Drifted {
        what: String,
    },
    /// The database has another mark.
    Foreign,
    /// MariaDB or its client refused.
    Trouble {
        whose: Doing,
        number: u16,
        said: String,
    },
    /// The bucket did not take the dump.
    Unkept {
        status: u16,
        said: String,
    },
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Doing {
    Owner,
    Granting,
}

/// What it comes to for this database.
pub(super) fn verdict(message: &str, database: &str) -> Result<Seen<()>, Fault> {
    let answer = serde_json::from_str(message)
        .map_err(|_| Fault::retry(format!("The Job's answer cannot be read: {}", plain(message))))?;
    match answer {
        Answer::Ready => Ok(Seen::Ready(())),
        Answer::Absent => Ok(Seen::Absent),
        Answer::Drifted { what } => Ok(Seen::Drifted { what: plain(&what) }),
        Answer::Foreign => Err(not_ours(database)),
        Answer::Trouble { whose, number, said } => {
            let whose = match whose {
                Doing::Owner => Whose::Owner,
                Doing::Granting => Whose::Granting,
            };
            // From 2000 on it is the client that gave up (MariaDB, "MariaDB Error Codes").
            let trouble = if (2000..3000).contains(&number) || number == 0 {
                Trouble::Unreachable
            } else {
                Trouble::told(number, &plain(&said))
            };
            Err(trouble.fault(whose))
        }
        Answer::Unkept { status, said } => Err(unkept(status, &plain(&said))),
    }
}

fn unkept(status: u16, said: &str) -> Fault {
    match status {
        400..=407 | 409..=428 | 430..=499 => Fault::fail(
            "dump_refused",
            format!("The bucket for dumps refused ({status}): {said}"),
            "Check bucket, endpoint, region and key in [database.dump], then press Retry now.",
        ),
        _ => Fault::retry(format!("The bucket for dumps did not take it ({status}): {said}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_each_answer_means() {
        let said = |message: &str| match verdict(message, "acme") {
            Ok(seen) => format!("{seen:?}"),
            Err(Fault::Fail { code, say, .. }) => format!("{code}: {say}"),
            Err(Fault::Retry { why, .. }) => why,
        };
        for (message, words) in [
            (r#"{"seen":"ready"}"#, "Ready"),
            (r#"{"seen":"absent"}"#, "Absent"),
            (r#"{"seen":"drifted","what":"It\ndiffers."}"#, "It differs."),
            (r#"{"seen":"foreign"}"#, "database_not_ours"),
            (r#"{"seen":"trouble","whose":"owner","number":1045,"said":"no"}"#, "database_owner_refused"),
            (r#"{"seen":"trouble","whose":"granting","number":1227,"said":"no"}"#, "database_users_refused"),
            (r#"{"seen":"trouble","whose":"granting","number":1044,"said":"no"}"#, "database_users_refused"),
            (r#"{"seen":"trouble","whose":"owner","number":1064,"said":"syntax"}"#, "syntax (1064)"),
            (r#"{"seen":"trouble","whose":"owner","number":1205,"said":"lock"}"#, "busy (1205)"),
            (r#"{"seen":"trouble","whose":"owner","number":2002,"said":"away"}"#, "cannot be reached"),
            (r#"{"seen":"unkept","status":403,"length":0,"said":"AccessDenied"}"#, "dump_refused"),
            (r#"{"seen":"unkept","status":503,"length":0,"said":"SlowDown"}"#, "did not take it (503)"),
            ("", "cannot be read"),
            ("<html>\u{0}", "cannot be read"),
            (r#"{"seen":"else"}"#, "cannot be read"),
        ] {
            assert!(said(message).contains(words), "{message}: {}", said(message));
        }
        assert!(said(&"x".repeat(4096)).len() < 500, "what is shown is bounded");
    }
}
