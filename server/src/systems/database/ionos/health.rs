//! How the place is: is the token taken, how long still, and how many addresses are left, and does all fit together.

use super::{Health, IonosDatabases, Survey, radar, token};
use crate::domain::Stray;
use secrecy::SecretString;
use std::time::Duration;

/// A token that ends sooner than this is reported, although it still works: a new one needs a person.
pub(super) const EARLY: Duration = Duration::from_secs(7 * 24 * 3600);

/// Where a new token goes.
pub(super) const RENEW: &str = "Put a new token into the file that token_file names; no restart is needed.";
/// What helps against most silence.
pub(super) const LATER: &str = "Look again in a while; then at IONOS's status page.";

impl IonosDatabases {
    pub(super) async fn in_short(&self) -> Survey {
        let looked = tokio::join!(token::read(&self.config.token_file), self.misfits(), self.taken());
        match looked {
            (Ok(token), Ok(strays), Ok(taken)) => Survey { health: self.sum_up(&token, &strays, taken), strays },
            (Err(fault), ..) | (_, Err(fault), _) | (.., Err(fault)) => Health::fault(&fault, LATER).into(),
        }
    }

    fn sum_up(&self, token: &SecretString, strays: &[Stray], taken: usize) -> Health {
        let (place, places) = (&self.config.place, self.places());
        let room = format!("MariaDB at IONOS, {place}: {taken} of {places} addresses are taken");
        if let Some(say) = radar::say(strays) {
            return Health::bad(
                format!("{room}. {say}"),
                "Decide about each of them on the page Systems (troubleshoot.md).",
            );
        }
        let Some(end) = token::end(token) else { return Health::good(room) };
        let left = end.since(self.clock.now());
        let say = format!("{room}; the token counts for {}", token::left(left));
        if left < EARLY { Health::bad(say, RENEW) } else { Health::good(say) }
    }
}
