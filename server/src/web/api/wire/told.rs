//! What programs get.

use super::{Moment, PairingStatus, Role, Standing, Status, StepStatus};
use app::model as house;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Types that are sent: a type of the house, the fields that travel under the same name, and those that are made.
macro_rules! told {
    ($($(#[$doc:meta])* $name:ident of $from:ty {
        $($(#[$note:meta])* $field:ident: $kind:ty $(= |$of:ident| $made:expr)?),+ $(,)?
    })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize, JsonSchema)]
        pub(in crate::web::api) struct $name { $($(#[$note])* pub(in crate::web::api) $field: $kind),+ }

        impl From<$from> for $name {
            fn from(house: $from) -> Self {
                $(let $field: $kind = told!(@ house, $field $(, $of, $made)?);)+
                Self { $($field),+ }
            }
        }
    )+};
    (@ $house:ident, $field:ident) => { $house.$field.clone().into() };
    (@ $house:ident, $field:ident, $of:ident, $made:expr) => {{ let $of = &$house; $made }};
}

fn all<A: Clone, B: From<A>>(list: &[A]) -> Vec<B> {
    list.iter().cloned().map(B::from).collect()
}

fn pairs(list: &[(String, String)]) -> Vec<Pair> {
    list.iter().map(|(label, value)| Pair { label: label.clone(), value: value.clone() }).collect()
}

/// A label and its value; the label is empty when there is one value only.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web::api) struct Pair {
    label: String,
    value: String,
}

mod sessions;
mod systems;
pub(in crate::web::api) use sessions::Sessions;
pub(in crate::web::api) use systems::Systems;

told! {
    /// Who is calling: a person, or a token by its name and its maker's address.
    Me of house::person::Me {
        name: String,
        email: String,
        standing: Standing,
    }

    /// One page of tenants.
    TenantList of house::tenant::TenantList {
        tenants: Vec<TenantRow> = |h| all(&h.rows),
        /// How many tenants have each state; `q` applied, `status` not.
        counts: BTreeMap<String, u64> = |h| h.counts.iter().map(|(s, n)| (word(Status::from(*s)), *n)).collect(),
        /// Over all pages.
        total: u64,
        page: u32 = |h| h.query.page.max(1),
        per_page: u32,
    }

    /// A tenant in the list.
    TenantRow of house::tenant::TenantRow {
        slug: String,
        name: String,
        status: Status,
        plan: String,
        site_url: String,
        /// What happens now, or why a person is needed; may be empty.
        now: String,
        /// Name of the step that needs a person.
        stuck_step: Option<String>,
        steps_done: u32 = |h| h.done.0,
        steps: u32 = |h| h.done.1,
        ordered_at: Moment,
    }

    /// A plan that can be ordered.
    Plan of house::tenant::PlanChoice {
        key: String,
        label: String,
        about: String,
        facts: Vec<Pair> = |h| pairs(&h.facts),
    }

    /// All plans.
    Plans of house::tenant::OrderPage {
        plans: Vec<Plan> = |h| all(&h.plans),
    }

    /// What an order would make.
    Preview of house::tenant::OrderPage {
        /// Verdict on the short name; none while there is neither name nor slug.
        slug: Option<Verdict> = |h| h.slug.clone().map(Verdict::from),
        /// Key of the plan.
        plan: String = |h| h.form.plan.clone(),
        makes: Vec<Thing> = |h| all(&h.preview),
    }

    /// Is a short name free and well-formed?
    Verdict of house::tenant::SlugVerdict {
        slug: String,
        free: bool,
        say: String,
        /// A free one to use instead.
        suggestion: Option<String>,
    }

    /// One thing that will exist or exists outside.
    Thing of house::tenant::PreviewItem {
        what: String,
        names: Vec<Pair> = |h| pairs(&h.names),
        place: String,
    }

    /// One tenant.
    Tenant of house::tenant::TenantPage {
        /// Its mark on all outside objects.
        id: String,
        slug: String,
        name: String,
        status: Status,
        plan: String,
        monthly_estimate: Option<String> = |h| h.cost.clone(),
        language: String = |h| h.language.key().to_owned(),
        time_zone: String,
        site_url: String,
        ordered_by: String,
        ordered_at: Moment,
        timeline: Timeline,
        objects: Vec<Thing> = |h| all(&h.objects),
        members: Vec<Member> = |h| all(&h.members),
        pairings: Vec<Pairing> = |h| all(&h.pairings),
        /// Accounts that were made in its WordPress, administrators first; only for those who manage people.
        local_accounts: Vec<LocalAccount> = |h| all(&h.locals),
        checks: Vec<Check> = |h| all(&h.checklist),
        may: May,
    }

    /// A proof that holds, or what is missing.
    Check of house::tenant::Check {
        what: String,
        done: bool,
        detail: String,
    }

    /// What the caller may do here.
    May of house::tenant::May {
        operate: bool,
        manage_people: bool,
    }

    /// A person of a tenant.
    Member of house::person::Member {
        email: String,
        /// Empty until the first sign-in.
        name: String,
        role: Role,
        signed_in: bool,
        /// Their account at the sign-in service seems to be replaced, so they cannot come in.
        replaced: bool,
    }

    /// An account of a tenant's WordPress that nobody in the portal knows.
    LocalAccount of house::person::LocalAccount {
        /// Its number in WordPress.
        id: i64,
        login: String,
        /// May administer the site, or make itself an administrator.
        administrator: bool,
        /// Its roles in WordPress's words; may be empty.
        role: String,
        /// When it was made.
        since: Moment,
        /// It held the address of somebody who came by single sign-on, and has none any more.
        moved: bool,
    }

    /// A person's link between WordPress and the chat.
    Pairing of house::pairing::Pairing {
        id: String,
        name: String,
        email: String,
        wp_login: String,
        status: PairingStatus,
        note: String,
        /// When the last proof held.
        proof_at: Option<Moment> = |h| Moment::maybe(h.proof_at),
        /// How long it took, in milliseconds.
        proof_ms: Option<i64>,
        may_disconnect: bool,
    }

    /// The steps of a tenant.
    Timeline of house::timeline::Timeline {
        /// Number of the newest event.
        seq: i64,
        /// The tenant is being removed.
        removing: bool,
        /// Nothing more happens without a person or an outside change.
        settled: bool,
        began_at: Moment,
        ended_at: Option<Moment> = |h| Moment::maybe(h.ended_at),
        steps: Vec<Step> = |h| h.ranks.iter().zip(1..).flat_map(|(steps, rank)| {
            steps.iter().cloned().map(move |step| Step { rank, ..step.into() })
        }).collect(),
    }

    /// One step.
    Step of house::timeline::StepView {
        name: String,
        title: String,
        /// Steps of one rank run at the same time, 1-based.
        rank: u32 = |_h| 0,
        status: StepStatus,
        /// Titles of the steps this one waits for.
        waits_for: Vec<String>,
        /// 1-based, 0 before the first.
        attempt: u32,
        started_at: Option<Moment> = |h| Moment::maybe(h.started_at),
        ended_at: Option<Moment> = |h| Moment::maybe(h.ended_at),
        /// When it looks or tries again.
        next_at: Option<Moment> = |h| Moment::maybe(h.next_at),
        outside_id: Option<String>,
        note: String,
        /// Stable code when it failed.
        code: Option<String>,
        /// The one next action when a person is needed.
        next_action: Option<String>,
        /// What happened, oldest first; at most the last 50 lines.
        log: Vec<LogLine> = |h| all(&h.log),
        /// How long it usually takes here: nine runs in ten, in seconds.
        usual: Option<Usual> = |h| h.usual.map(|(low, high)| Usual { from: low / 1_000_000, to: high / 1_000_000 }),
    }

    /// One line of a step's log.
    LogLine of house::timeline::LogLine {
        seq: i64,
        at: Moment,
        text: String,
    }

    /// The newest events.
    Activity of house::audit::ActivityPage {
        events: Vec<Happening> = |h| all(&h.rows),
    }

    /// One event.
    Happening of house::audit::ActivityRow {
        at: Moment,
        tenant: String = |h| h.tenant.0.clone(),
        tenant_name: String = |h| h.tenant.1.clone(),
        /// Title of the step; empty for the tenant itself.
        step: String,
        text: String,
    }

    /// A page of the audit.
    Audit of house::audit::AuditPage {
        entries: Vec<Entry> = |h| all(&h.rows),
        /// What to ask as `before` for older entries; none when there are none.
        next_before: Option<i64> = |h| h.rows.last().map(|row| row.seq).filter(|_| h.more),
    }

    /// An entry of the audit.
    Entry of house::audit::AuditRow {
        /// Number in the chain.
        seq: i64,
        at: Moment,
        who: String,
        what: String,
        /// Slug, or empty.
        tenant: String,
        /// Allowed or refused.
        allowed: bool,
        detail: String,
        /// What was there before, if something changed.
        before: Option<String>,
        /// What is there now.
        after: Option<String>,
    }
}

/// A usual range, in seconds.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::web::api) struct Usual {
    from: i64,
    to: i64,
}

/// A word as it travels.
fn word(of: impl Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
