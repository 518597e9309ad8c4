//! How often what may happen, over all portals on one database. What is counted here is enough for people and programs that
//! work, and too little to fill the database or somebody's mailbox.

use super::{Bound, House, internal};
use crate::{
    domain::{Pace, Paced, Tenant},
    store::{self, audit::AuditEntry},
};
use app::{model::oops::Oops, portal::Answer};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// Refusals of one caller that are listed in the audit: its entries stay for ever.
const REFUSALS: Pace = Pace::new("audit.refused", 60, MINUTE);
/// Sign-ins of one person that are listed.
const SIGN_INS: Pace = Pace::new("audit.sign_in", 60, MINUTE);
/// Letters that one person has sent to others.
const LETTERS: Pace = Pace::new("letters.person", 40, MINUTE);
/// Letters about one tenant, whoever asks for them.
const LETTERS_OF_TENANT: Pace = Pace::new("letters.tenant", 60, MINUTE);
/// Ways of one person into sites.
const WAYS_IN: Pace = Pace::new("site.sign_in", 30, Duration::from_secs(20));
/// Refused tokens over all callers; more are turned away unread. Tokens that hold are never counted.
const MISSES: Pace = Pace::new("token.missed", 120, Duration::from_millis(500));
/// Calls of one site.
const SITE: Pace = Pace::new("connect.site", 240, Duration::from_millis(250));
/// Calls of everybody without a known site's secret.
const NO_SITE: Pace = Pace::new("connect.unknown", 120, Duration::from_millis(500));
/// Rows whose time is over are swept by one portal in this time.
const SWEEP: Pace = Pace::new("sweep", 1, Duration::from_secs(540));

impl House {
    /// Takes one time from somebody's allowance.
    ///
    /// # Errors
    /// The database.
    pub async fn pace(&self, pace: &Pace, whom: &str) -> store::Result<Paced> {
        self.store.pace(pace, whom, self.now()).await
    }

    /// Writes a refusal into the audit. Past a pace it is only counted; the next one that is listed tells how many were not.
    ///
    /// # Errors
    /// The database.
    pub async fn refused(&self, entry: AuditEntry) -> store::Result<()> {
        self.listed(&REFUSALS, entry).await
    }

    /// Writes a sign-in into the audit, at the same kind of pace.
    ///
    /// # Errors
    /// The database.
    pub async fn list_sign_in(&self, entry: AuditEntry) -> store::Result<()> {
        self.listed(&SIGN_INS, entry).await
    }

    async fn listed(&self, pace: &Pace, mut entry: AuditEntry) -> store::Result<()> {
        match self.pace(pace, &entry.who).await? {
            Ok(0) => {}
            Ok(more) => {
                let detail = std::mem::take(&mut entry.detail);
                entry.detail =
                    format!("{detail} {more} more before it came too fast to be listed.").trim_start().to_owned();
            }
            Err(_) => {
                metrics::counter!("slipway_audit_not_listed_total", "kind" => pace.name).increment(1);
                return Ok(());
            }
        }
        self.store.audit(&entry).await
    }

    /// May this site, or somebody without a known one, call now?
    ///
    /// # Errors
    /// The database.
    pub async fn may_call(&self, site: Option<&Tenant>) -> store::Result<bool> {
        let paced = match site {
            Some(tenant) => self.pace(&SITE, &tenant.id.to_string()).await?,
            None => self.pace(&NO_SITE, "").await?,
        };
        Ok(paced.is_ok())
    }

    /// Counts a refused token; `false` when there were too many in the last minute.
    ///
    /// # Errors
    /// The database.
    pub async fn token_missed(&self) -> store::Result<bool> {
        Ok(self.pace(&MISSES, "").await?.is_ok())
    }

    /// Is it this portal's turn to sweep?
    ///
    /// # Errors
    /// The database.
    pub async fn may_sweep(&self) -> store::Result<bool> {
        Ok(self.pace(&SWEEP, "").await?.is_ok())
    }
}

impl Bound {
    /// One letter more to somebody in this tenant.
    pub(super) async fn may_write(&self, tenant: &Tenant) -> Answer<()> {
        let mine = self.house.pace(&LETTERS, &self.who()).await.map_err(internal)?;
        let say = "You have invited many people in a short time, so this e-mail was not sent.";
        mine.map_err(|wait| later("too_many_letters", say, wait))?;
        let all = self.house.pace(&LETTERS_OF_TENANT, &tenant.id.to_string()).await.map_err(internal)?;
        let say = "Many people were invited to this tenant in a short time, so this e-mail was not sent.";
        all.map(drop).map_err(|wait| later("too_many_letters", say, wait))
    }

    /// One way more into a site.
    pub(super) async fn may_enter(&self) -> Answer<()> {
        let paced = self.house.pace(&WAYS_IN, &self.caller.subject).await.map_err(internal)?;
        let say = "You were sent to WordPress many times in a short time.";
        paced.map(drop).map_err(|wait| later("too_many_sign_ins", say, wait))
    }
}

fn later(code: &'static str, say: &str, wait: Duration) -> Oops {
    let seconds = wait.as_secs() + 1;
    let long = if seconds > 90 { format!("{} minutes", seconds.div_ceil(60)) } else { format!("{seconds} seconds") };
    Oops::new(429, code, say, format!("Wait {long}, then try again."))
}
