//! What comes next on the way to a usable cluster, from what the book and IONOS say.
//!
//! | IONOS says | the book says | what happens |
//! |---|---|---|
//! | nothing | nothing was ordered, or the outcome is unknown | the order is sent, the same one again |
//! | nothing | it was usable | a person is needed: never an empty one in place of one with data |
//! | nothing | it had failed | the next generation is ordered |
//! | failed | ordered | people are told why; the book remembers that |
//! | failed | people were told, and someone retries | it holds no data: it is removed |
//! | failed | it was usable | a person is needed, every time |
//! | usable | anything | noted, then the database in it is prepared |

use super::{Cluster, Details, Fault, IonosDatabases, LAG, Order, Reservation, Seen, Stage, Wanted, cluster::State};
use crate::domain::Lan;
use std::time::Duration;

/// Why a person is needed once data may be lost.
const ASK: &str = "Look at it in IONOS's console and restore it there, or stop and undo and order again.";

impl IonosDatabases {
    /// One step towards a usable cluster with a prepared database.
    pub(super) async fn converge(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault> {
        let Some(held) = self.book.take(wanted.tenant, &self.config.lans).await? else { return Err(self.full()) };
        let order = self.order(wanted, &held)?;
        match self.clusters.find(&order).await? {
            None => self.make(wanted, held).await,
            Some(cluster) => {
                order.compare(&cluster)?;
                self.go_on(wanted, held, order, cluster).await
            }
        }
    }

    /// There is none.
    async fn make(&self, wanted: &Wanted, mut held: Reservation) -> Result<Seen<Details>, Fault> {
        match held.stage {
            Stage::Available => return Err(lost("is gone")),
            Stage::Failed | Stage::Leaving => (held.generation, held.cluster) = (held.generation + 1, None),
            Stage::Asked if self.clusters.lags() && !self.has_settled(&held) => {
                let note =
                    "IONOS was asked for a database and does not show one yet. It is not asked twice.".to_owned();
                return Ok(Seen::Working { note, again: Duration::from_secs(30) });
            }
            Stage::Asked | Stage::Reserved => held.cluster = None,
        }
        self.note(wanted.tenant, &mut held, Stage::Asked).await?;
        let order = self.order(wanted, &held)?;
        match self.clusters.create(&order).await {
            Ok(id) => {
                if id.is_some() {
                    held.cluster = id;
                    self.book.note(wanted.tenant, &held).await?;
                }
                Ok(self.making(&held))
            }
            // Refused: there is nothing to look for.
            Err(refusal @ Fault::Fail { .. }) => {
                self.note(wanted.tenant, &mut held, Stage::Reserved).await?;
                Err(refusal)
            }
            Err(unknown) => Err(unknown),
        }
    }

    /// There is one, and it is ours.
    async fn go_on(
        &self,
        wanted: &Wanted,
        mut held: Reservation,
        order: Order,
        cluster: Cluster,
    ) -> Result<Seen<Details>, Fault> {
        let tenant = wanted.tenant;
        match (&cluster.state, held.stage) {
            (State::Failed, Stage::Available) => Err(lost("failed")),
            (State::Failed, Stage::Failed | Stage::Leaving) => {
                self.note(tenant, &mut held, Stage::Failed).await?;
                self.clusters.delete(&cluster).await?;
                let note = "IONOS removes the cluster that failed; then a new one is ordered.".to_owned();
                Ok(Seen::Working { note, again: Duration::from_secs(15) })
            }
            (State::Failed, _) => {
                self.note(tenant, &mut held, Stage::Failed).await?;
                Err(Fault::fail(
                    "database_failed",
                    failed(&cluster),
                    "Press Retry now: Slipway removes that cluster, which holds no data, and orders a new one.",
                ))
            }
            (State::Destroying, Stage::Available) => Err(lost("is being removed")),
            (State::Available | State::Degraded, stage) => {
                if stage != Stage::Available || held.cluster != Some(cluster.id) {
                    held.cluster = Some(cluster.id);
                    self.note(tenant, &mut held, Stage::Available).await?;
                }
                let (owner, account) = (Self::owner(&order), self.account(wanted));
                let seen = self.reach.prepare(&owner, &account).await?;
                Ok(with(seen, || Self::details(owner, account)))
            }
            _ => self.pending(&held, &cluster),
        }
    }

    /// What a look at a cluster of ours comes to.
    pub(super) async fn judge(
        &self,
        wanted: &Wanted,
        held: &Reservation,
        order: &Order,
        cluster: &Cluster,
    ) -> Result<Seen<Details>, Fault> {
        let drifted = |what: &str| Ok(Seen::Drifted { what: what.to_owned() });
        match (&cluster.state, held.stage) {
            (State::Failed, _) => drifted(&failed(cluster)),
            (State::Destroying, Stage::Available) => drifted("IONOS is removing the database's cluster."),
            (State::Available | State::Degraded, Stage::Available) => {
                let (owner, account) = (Self::owner(order), self.account(wanted));
                match self.reach.look(&owner, &account).await? {
                    Seen::Ready(()) if cluster.state == State::Degraded => {
                        drifted("IONOS says that not all servers of the database are well.")
                    }
                    seen => Ok(with(seen, || Self::details(owner, account))),
                }
            }
            (State::Available | State::Degraded, _) => drifted("IONOS has made the cluster; its database comes next."),
            _ => self.pending(held, cluster),
        }
    }

    /// IONOS is at it: wait, but not for ever.
    fn pending(&self, held: &Reservation, cluster: &Cluster) -> Result<Seen<Details>, Fault> {
        if held.stage != Stage::Available && self.is_overdue(held) {
            return Err(overdue(&cluster.state));
        }
        let (note, again) = match &cluster.state {
            State::Destroying => ("IONOS removes the cluster that failed.".to_owned(), 15),
            State::Unknown(word) => {
                (format!("IONOS calls the database's state {word}, which Slipway does not know. It looks again."), 60)
            }
            _ if held.stage == Stage::Available => ("IONOS is working on the database.".to_owned(), 30),
            _ => return Ok(self.making(held)),
        };
        Ok(Seen::Working { note, again: Duration::from_secs(again) })
    }

    /// Often at first, then every half a minute: all waiting tenants share one list.
    fn making(&self, held: &Reservation) -> Seen<Details> {
        let age = self.clock.now().since(held.since);
        let note = match self.config.simulated {
            false => "IONOS is making the database. It usually takes 5 to 30 minutes.",
            true => "A simulated IONOS is making the database. Its time is scaled: the real one takes 5 to 30 minutes.",
        };
        Seen::Working {
            note: note.to_owned(),
            again: (age / 10).clamp(Duration::from_secs(5), Duration::from_secs(30)),
        }
    }

    /// Is the last order so old that its cluster would be seen?
    pub(super) fn has_settled(&self, held: &Reservation) -> bool {
        self.clock.now().since(held.since) >= LAG
    }

    /// Addresses in all networks.
    pub(super) fn places(&self) -> usize {
        self.config.lans.len() * Lan::HOSTS.len()
    }

    /// Addresses that tenants have in them.
    pub(super) async fn taken(&self) -> Result<usize, Fault> {
        let ours = |lan: &str| self.config.lans.iter().any(|l| l.id == lan);
        Ok(self.book.all().await?.iter().filter(|(_, r)| ours(&r.lan)).count())
    }

    fn full(&self) -> Fault {
        Fault::fail(
            "database_room",
            format!("All {} addresses for databases are taken: each network has eight.", self.places()),
            "Remove a tenant, or add a network to the data center and to lans, restart, then press Retry now.",
        )
    }
}

fn with(seen: Seen<()>, details: impl FnOnce() -> Details) -> Seen<Details> {
    match seen {
        Seen::Absent => Seen::Absent,
        Seen::Working { note, again } => Seen::Working { note, again },
        Seen::Ready(()) => Seen::Ready(details()),
        Seen::Drifted { what } => Seen::Drifted { what },
    }
}

fn failed(cluster: &Cluster) -> String {
    match &cluster.message {
        Some(message) => format!("IONOS could not make the database: {message}"),
        None => "IONOS could not make the database and does not say why.".to_owned(),
    }
}

fn lost(how: &str) -> Fault {
    let say = format!("The database's cluster at IONOS {how}. It held data, so Slipway makes none in its place.");
    Fault::fail("database_lost", say, ASK)
}

/// The fault for a cluster that takes more than an hour.
pub(super) fn overdue(state: &State) -> Fault {
    let what = if *state == State::Destroying { "removing" } else { "making" };
    Fault::fail(
        "database_overdue",
        format!("IONOS has been {what} the database for more than an hour."),
        "Look at it in IONOS's console or ask their support; Retry now looks again.",
    )
}
