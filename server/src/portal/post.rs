//! The outbox. A letter is a row that is due: it is taken for a minute, alone, handed to the mail server, and only then crossed
//! out. A mail server that is down delays it, a process that dies in between sends it once more under the same Message-ID,
//! and two processes never send it at the same time: who was slow asks for the letter once more before handing it over.

use super::House;
use crate::{
    domain::{
        At, Email, Fault, Invitation, Language,
        invitation::{Newcomer, Way},
        tenant::Status,
    },
    store,
    systems::{letters, mail::Letter},
};
use std::time::Duration;

/// For how long a letter is taken; longer than handing it over may last.
pub(super) const TAKEN: Duration = Duration::from_secs(60);
/// First pause after a failure; it doubles with each try.
const PAUSE: Duration = Duration::from_secs(15);
/// Longest pause.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Pause when a person is needed: somebody corrects the account, and letters go out by themselves.
const PERSON: Duration = Duration::from_secs(30 * 60);
/// How long the post rests when nobody calls it.
const REST: Duration = Duration::from_secs(60);

impl House {
    /// Carries letters until the task is dropped.
    pub async fn carry(self) {
        let mut changes = self.store.changes();
        loop {
            let next = match self.carry_due().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(%error, "the outbox could not be read");
                    None
                }
            };
            let rest = next.map_or(REST, |at| at.since(self.now()).min(REST));
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                changed = changes.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Ends invitations whose time is over and hands over the letters that are due; says when the next one is.
    ///
    /// # Errors
    /// The database.
    pub async fn carry_due(&self) -> store::Result<Option<At>> {
        let now = self.now();
        self.store.end_invitations(now).await?;
        while let Some(letter) = self.store.take_letter(self.now(), self.now().plus(TAKEN)).await? {
            self.deliver(&letter).await?;
        }
        self.carry_rebindings().await?;
        let next = [self.store.next_letter().await?, self.store.next_rebind_letter().await?];
        Ok(next.into_iter().flatten().min())
    }

    async fn deliver(&self, asked: &Invitation) -> store::Result<()> {
        let fault = match self.write(asked).await? {
            Ok(None) => return self.store.letter_sent(asked, self.now()).await,
            Ok(Some(letter)) => {
                if !self.store.keep_letter(asked, self.now().plus(TAKEN)).await? {
                    return Ok(());
                }
                match self.systems.mail.send(&letter).await {
                    Ok(()) => return self.store.letter_sent(asked, self.now()).await,
                    Err(fault) => fault,
                }
            }
            Err(fault) => fault,
        };
        let (why, again) = self.later(fault, asked.attempts);
        self.store.letter_not_sent(asked, &why, again).await
    }

    /// Why a letter waits, and until when, if it does.
    pub(super) fn later(&self, fault: Fault, attempts: u32) -> (String, Option<At>) {
        tracing::warn!(%fault, attempt = attempts, "a letter waits");
        let (why, pause) = match fault {
            Fault::Fail { code: "mail_refused" | "tenant_leaves", say, .. } => (say, None),
            Fault::Fail { say, .. } => (say, Some(PERSON)),
            Fault::Retry { why, after } => (why, Some(after.unwrap_or_else(|| pause(attempts)))),
        };
        (why, pause.map(|pause| self.now().plus(pause)))
    }

    /// Writes the letter, unless the driver knows that the mail server has it.
    async fn write(&self, asked: &Invitation) -> store::Result<Result<Option<Letter>, Fault>> {
        let tenant = self.store.tenant(asked.tenant).await?;
        let Some(tenant) = tenant.filter(|t| !matches!(t.status, Status::Deleting | Status::Deleted)) else {
            return Ok(Err(Fault::fail("tenant_leaves", "The tenant is being removed.", "Nothing is to be done.")));
        };
        let language = self.language_for(&asked.email).await?;
        let id = format!("invitation-{}-{}-{}", asked.tenant, mark(asked.email.as_str()), asked.letter);
        Ok(async {
            if self.systems.mail.sent(&id).await? {
                return Ok(None);
            }
            let (email, until) = (&asked.email, asked.until);
            // Asked for now, so that a letter waits when it would lead nowhere; its link asks again.
            let account = match self.systems.identity.way_in(&Newcomer { email, mark: &id, until }).await? {
                None => None,
                Some(_) => {
                    let way = Way { tenant: tenant.id, email: email.clone(), mark: id.clone(), until };
                    let sealed = self.vault.seal(Way::PURPOSE, &way.text()).await?;
                    Some(Way::link(&self.systems.public_url, &sealed))
                }
            };
            let words = letters::Invitation {
                page: format!("{}/tenants/{}", self.systems.public_url, tenant.slug),
                account,
                tenant: &tenant,
                to: email,
                role: asked.role,
                by: &asked.by,
                until,
            };
            letters::invitation(id, &words, language).map(Some)
        }
        .await)
    }

    /// The language that the person chose, or the house's.
    pub(super) async fn language_for(&self, email: &Email) -> store::Result<Language> {
        Ok(self.store.language_of(email).await?.unwrap_or(self.systems.language))
    }
}

/// Tells letters of one tenant apart without naming anybody.
pub(super) fn mark(of: &str) -> String {
    crate::domain::secret::TokenHash::of(of).hex().chars().take(16).collect()
}

/// 15 s, 30 s, 1 min … 15 min.
fn pause(attempts: u32) -> Duration {
    PAUSE.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1).min(16))).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_quarter_of_an_hour() {
        let seconds: Vec<u64> = [1, 2, 3, 6, 7, 40, u32::MAX].map(|n| pause(n).as_secs()).into();
        assert_eq!(seconds, [15, 30, 60, 480, 900, 900, 900]);
    }
}
