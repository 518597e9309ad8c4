//! Reading across tenants: activity, audit, systems.

use super::{Bound, internal, tenant_page::sentence};
use crate::domain::{At, Flow, Health, McpMode, Slug, Standing, Stray, Survey, tenant::Status};
use app::{
    model::{
        audit::{ActivityPage, ActivityRow, AuditPage, AuditQuery},
        oops::{FieldError, Oops},
        systems::{SystemView, SystemsPage},
    },
    portal::Answer,
};
use jiff::ToSpan as _;
use std::{
    ops::Range,
    time::{Duration, Instant},
};

/// Rows of one page.
const ROWS: u32 = 100;

/// Longest wait for a system's answer.
const PATIENCE: Duration = Duration::from_secs(8);

impl Bound {
    pub(super) async fn recent(&self, query: AuditQuery) -> Answer<ActivityPage> {
        let slug = Slug::parse(&query.tenant).ok();
        let events = self.house.store.recent(&self.sight(), slug.as_ref(), ROWS).await.map_err(internal)?;
        let plans = self.house.journal.plans();
        let rows = events.iter().map(|(tenant, event)| {
            let (text, tone) = sentence(event);
            let step = plans.of(event.flow).node(&event.step).map_or("", |n| n.step.title());
            let step = if matches!(event.flow, Flow::Pair(_)) { format!("Pairing {step}") } else { step.to_owned() };
            let tenant = (tenant.slug.to_string(), tenant.name.clone());
            ActivityRow { at: event.at.0, tenant, step: step.trim().to_owned(), text, tone: tone.into() }
        });
        Ok(ActivityPage { rows: rows.collect(), query })
    }

    pub(super) async fn audit_rows(&self, query: AuditQuery) -> Answer<AuditPage> {
        let span = span(&query)?;
        let (rows, more) = self.house.store.audit_between(&query, span, ROWS).await.map_err(internal)?;
        Ok(AuditPage { rows, more, query })
    }

    pub(super) async fn doctor(&self) -> Answer<SystemsPage> {
        let (mut systems, strays) = self.house.survey().await;
        systems.sort_by_key(|s| s.status == Status::Ready);
        let may_adopt = self.caller.standing == Standing::Operator;
        Ok(SystemsPage { systems, strays: self.strays(strays).await?, may_adopt, at: self.house.now().0 })
    }
}

/// The days of a query, both included, as moments.
fn span(query: &AuditQuery) -> Answer<Range<At>> {
    let day = |field: &str, text: &str, open: i64, next: i8| {
        if text.is_empty() {
            return Ok(At(open));
        }
        let day = text.parse::<jiff::civil::Date>().ok().and_then(|day| day.checked_add(i64::from(next).days()).ok());
        let moment = day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
        moment.map(|moment| At(moment.timestamp().as_microsecond())).ok_or_else(|| no_day(field))
    };
    Ok(day("since", &query.since, i64::MIN, 0)?..day("until", &query.until, i64::MAX, 1)?)
}

fn no_day(field: &str) -> Oops {
    let mut oops = Oops::new(422, "day_unreadable", "A day of the filter cannot be read.", "Write it as 2026-11-23.");
    oops.fields = vec![FieldError { field: field.into(), say: "Write a day as 2026-11-23.".into() }];
    oops
}

impl super::House {
    /// The portal's own database, by a change.
    async fn store_health(&self) -> Health {
        match self.store.pulse(self.now()).await {
            None => Health::good("The portal's own database takes changes"),
            Some(unwell) => Health::bad(unwell.say, unwell.next),
        }
    }

    /// Asks every system how it is, all at the same time.
    pub async fn examine(&self) -> Vec<SystemView> {
        self.survey().await.0
    }

    /// The same, with the databases that this look found to fit nobody.
    pub(super) async fn survey(&self) -> (Vec<SystemView>, Vec<Stray>) {
        let s = &self.systems;
        let (store, database, identity, sites, chat, gateway, mail) = tokio::join!(
            timed(self.store_health()),
            timed(s.databases.survey()),
            timed(async { self.unmatched(s.identity.health().await).await }),
            timed(s.sites.health()),
            timed(s.chat.health()),
            timed(s.gateway.health()),
            timed(s.mail.health()),
        );
        let mut seen =
            vec![("Store", store), ("Database", database), ("Identity", identity), ("Site", sites), ("Chat", chat)];
        if s.mcp == McpMode::Gateway {
            seen.push(("Gateway", gateway));
        }
        seen.push(("Mail", mail));
        let driver =
            |name: &str| self.drivers.iter().find(|(n, _)| *n == name).map(|d| d.1.clone()).unwrap_or_default();
        let mut strays = Vec::new();
        let view = |(name, (Survey { health, strays: found }, ms)): (&str, (Survey, i64))| {
            strays.extend(found);
            SystemView {
                name: name.into(),
                driver: driver(name),
                status: if health.ok { Status::Ready } else { Status::NeedsAttention },
                say: health.say,
                next: health.next,
                ms,
            }
        };
        let systems = seen.into_iter().map(view).collect();
        (systems, strays)
    }
}

impl super::House {
    /// What the provider says of itself, unless people here belong to another one: they are locked out until an operator
    /// says who is who.
    async fn unmatched(&self, health: Health) -> Health {
        match self.store.other_issuers().await {
            Ok(others) if health.ok && !others.is_empty() => {
                let told = others.iter().map(|(issuer, people)| format!("{people} by {issuer}")).collect::<Vec<_>>();
                Health::bad(
                    format!("People are known by another sign-in service and cannot come in: {}.", told.join(", ")),
                    "Re-bind them (docs/operations/people.md), or set sign_in.issuer back.",
                )
            }
            Ok(_) => health,
            Err(error) => {
                tracing::warn!(%error, "the people of other sign-in services could not be counted");
                health
            }
        }
    }
}

async fn timed(look: impl Future<Output: Into<Survey>>) -> (Survey, i64) {
    let begun = Instant::now();
    let seen = tokio::time::timeout(PATIENCE, look).await.map_or_else(
        |_| {
            Health::bad("It did not answer within 8 seconds.", "Look whether it runs and can be reached from here.")
                .into()
        },
        Into::into,
    );
    (seen, i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX))
}
