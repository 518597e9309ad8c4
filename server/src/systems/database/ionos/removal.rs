//! Taking a tenant's cluster away: compared, dumped, removed, seen to be gone; only then is its address given back.

use super::{Cluster, Fault, Gone, IonosDatabases, Order, Reservation, Seen, Stage, Wanted, cluster::State, course};
use std::time::Duration;

impl IonosDatabases {
    /// One step towards its absence.
    pub(super) async fn take_away(&self, wanted: &Wanted) -> Result<Gone, Fault> {
        let tenant = wanted.tenant;
        let Some(mut held) = self.book.find(tenant).await? else {
            // The address is kept from before the first order until the end.
            return Ok(Gone::Seen { what: "No database of this tenant is at IONOS.".to_owned() });
        };
        let order = self.order(wanted, &held)?;
        match self.clusters.find(&order).await? {
            Some(cluster) => self.remove_one(wanted, held, &order, &cluster).await,
            None if held.stage == Stage::Reserved => self.free(&order, wanted).await,
            None if held.stage == Stage::Leaving && self.has_settled(&held) => self.free(&order, wanted).await,
            None => {
                if held.stage != Stage::Leaving {
                    self.note(tenant, &mut held, Stage::Leaving).await?;
                }
                let note = "The cluster is not to be seen; Slipway looks once more, in case IONOS is late.".to_owned();
                Ok(Gone::Working { note, again: super::LAG.saturating_sub(self.clock.now().since(held.since)) })
            }
        }
    }

    async fn remove_one(
        &self,
        wanted: &Wanted,
        mut held: Reservation,
        order: &Order,
        cluster: &Cluster,
    ) -> Result<Gone, Fault> {
        order.ours(cluster)?;
        if cluster.state == State::Destroying {
            if held.stage == Stage::Leaving && self.is_overdue(&held) {
                return Err(course::overdue(&cluster.state));
            }
            if held.stage != Stage::Leaving {
                self.note(wanted.tenant, &mut held, Stage::Leaving).await?;
            }
            return Ok(self.leaving());
        }
        if held.stage == Stage::Available
            && let Some(pause) = self.dump(wanted, &held, order).await?
        {
            return Ok(pause);
        }
        if held.stage != Stage::Leaving {
            self.note(wanted.tenant, &mut held, Stage::Leaving).await?;
        }
        self.clusters.delete(cluster).await?;
        Ok(self.leaving())
    }

    /// The last dump, where dumps are configured; `None` when nothing is left to wait for.
    async fn dump(&self, wanted: &Wanted, held: &Reservation, order: &Order) -> Result<Option<Gone>, Fault> {
        if !self.config.dumps {
            return Ok(None);
        }
        let name = format!("{}-{}", order.name, held.generation);
        Ok(match self.reach.dump(&Self::owner(order), &self.account(wanted), &name).await? {
            Seen::Ready(()) => None,
            Seen::Working { note, again } => Some(Gone::Working { note, again }),
            Seen::Absent => Some(dumping("The last dump of the database is not there yet.".to_owned())),
            Seen::Drifted { what } => Some(dumping(what)),
        })
    }

    fn leaving(&self) -> Gone {
        let note = match self.config.simulated {
            false => "IONOS removes the database. It usually takes some minutes.",
            true => "A simulated IONOS removes the database. Its time is scaled: the real one takes some minutes.",
        };
        Gone::Working { note: note.to_owned(), again: Duration::from_secs(15) }
    }

    async fn free(&self, order: &Order, wanted: &Wanted) -> Result<Gone, Fault> {
        self.book.free(wanted.tenant).await?;
        Ok(Gone::Seen { what: format!("The cluster {} is gone, and {} is free again.", order.name, order.address) })
    }
}

fn dumping(note: String) -> Gone {
    Gone::Working { note, again: Duration::from_secs(10) }
}
