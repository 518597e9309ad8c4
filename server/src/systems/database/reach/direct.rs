//! Way: the portal stands in the databases' network itself and signs in to them.
//!
//! A managed server is one tenant's alone, and its owner's account may see nothing but its own databases. So the rights of
//! the site's user are asked for as that user, and a database without a mark is adopted; one with another mark never is.

use super::{Account, Owner, Reach};
use crate::{
    domain::{Fault, Seen},
    systems::database::{
        DatabaseTls,
        names::{self, mark, not_ours},
        session::Session,
        trouble::Whose,
    },
};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{ConnectOptions, mysql::MySqlConnectOptions};

/// Signs in by itself.
#[derive(Debug, Clone, Default)]
pub struct Direct {
    /// How its connections are kept private.
    pub tls: DatabaseTls,
}

impl Direct {
    fn login(&self, owner: &Owner, user: &str, password: &SecretString) -> MySqlConnectOptions {
        let options = MySqlConnectOptions::new()
            .host(&owner.host)
            .port(owner.port)
            .username(user)
            .password(password.expose_secret())
            .disable_statement_logging();
        self.tls.portal(options)
    }

    async fn open(&self, owner: &Owner) -> Result<Session, Fault> {
        let options = self.login(owner, &owner.user, &owner.password);
        Session::open(&options, Whose::Owner).await.map_err(|e| e.fault(Whose::Owner))
    }

    /// What differs between the user as it should be and as it is.
    async fn difference(&self, owner: &Owner, account: &Account) -> Result<Option<String>, Fault> {
        let Account { user, database, .. } = account;
        let options = self.login(owner, user, &account.password).database(database);
        let mut site = match self.tls.sign_in(options, Whose::Owner).await {
            Ok(session) => session,
            Err(e) if e.is_refusal() => return Ok(Some(format!("The user {user} cannot sign in to {database}."))),
            Err(e) => return Err(e.fault(Whose::Owner)),
        };
        site.one().await?;
        // The owner's own rights are the server's business.
        let right = *user == owner.user || site.grants(user, database).await? == names::GRANTS_SORTED;
        Ok((!right).then(|| format!("The rights of {user} on {database} are not the wanted ones.")))
    }

    async fn seen(&self, session: &mut Session, owner: &Owner, account: &Account) -> Result<Seen<()>, Fault> {
        let database = &account.database;
        let Some((found, letters)) = session.schema(database).await? else { return Ok(Seen::Absent) };
        if found.is_empty() {
            return Ok(Seen::Drifted {
                what: format!("The database {database} does not carry the tenant's mark yet."),
            });
        }
        if found != mark(account.tenant) {
            return Err(not_ours(database));
        }
        if letters != "utf8mb4" {
            return Ok(Seen::Drifted { what: format!("The database {database} keeps its texts as {letters}.") });
        }
        Ok(match self.difference(owner, account).await? {
            None => Seen::Ready(()),
            Some(what) => Seen::Drifted { what },
        })
    }
}

#[async_trait]
impl Reach for Direct {
    async fn look(&self, owner: &Owner, account: &Account) -> Result<Seen<()>, Fault> {
        self.seen(&mut self.open(owner).await?, owner, account).await
    }

    async fn prepare(&self, owner: &Owner, account: &Account) -> Result<Seen<()>, Fault> {
        let mut session = self.open(owner).await?;
        // Somebody else's database ends it here.
        if let ready @ Seen::Ready(()) = self.seen(&mut session, owner, account).await? {
            return Ok(ready);
        }
        let mark = mark(account.tenant);
        session.create_database(&account.database, &mark).await?;
        session.adopt_database(&account.database, &mark).await?;
        if account.user != owner.user {
            session.create_user(&account.user, &account.password).await?;
            session.grant(&account.user, &account.database).await?;
        }
        self.seen(&mut session, owner, account).await
    }

    async fn dump(&self, _owner: &Owner, account: &Account, _name: &str) -> Result<Seen<()>, Fault> {
        Err(Fault::fail(
            "dump_needs_job",
            format!("Nobody can write a dump of {}: this portal speaks with databases itself.", account.database),
            "Set via = \"job\" in [database.reach] and restart, or take the dump by hand and skip this.",
        ))
    }
}
