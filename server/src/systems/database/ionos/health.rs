//! How the place is: is the token taken, how long still, and how many addresses are left, and does all fit together.

use super::{Health, IonosDatabases, token};
use crate::domain::Fault;
use std::time::Duration;

/// A token that ends sooner than this is reported, although it still works: a new one needs a person.
pub(super) const EARLY: Duration = Duration::from_secs(7 * 24 * 3600);

/// Where a new token goes.
pub(super) const RENEW: &str = "Put a new token into the file that token_file names; no restart is needed.";
/// What helps against most silence.
pub(super) const LATER: &str = "Look again in a while; then at IONOS's status page.";

impl IonosDatabases {
    pub(super) async fn in_short(&self) -> Health {
        match self.state().await {
            Ok(health) => health,
            Err(fault) => Health::fault(&fault, LATER),
        }
    }

    async fn state(&self) -> Result<Health, Fault> {
        let token = token::read(&self.config.token_file).await?;
        let misfits = self.misfits().await?;
        let (taken, places) = (self.taken().await?, self.places());
        let room = format!("MariaDB at IONOS, {}: {taken} of {places} addresses are taken", self.config.place);
        if let Some(say) = misfits.say() {
            return Ok(Health::bad(format!("{room}. {say}"), "Look at them in IONOS's console (troubleshoot.md)."));
        }
        let Some(end) = token::end(&token) else { return Ok(Health::good(room)) };
        let left = end.since(self.clock.now());
        let say = format!("{room}; the token counts for {}", token::left(left));
        Ok(match left < EARLY {
            true => Health::bad(say, RENEW),
            false => Health::good(say),
        })
    }
}
