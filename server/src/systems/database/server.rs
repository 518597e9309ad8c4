//! Driver: databases on a MariaDB server that the portal administers (10.5 or newer).
//!
//! A tenant's database carries the tenant's id in its comment, and only a database with that mark is ever changed or
//! dropped. The server gets the password as a hash, so it is in none of its logs. Every connection is short: a look costs
//! two logins and keeps nothing open.

use super::names::{self, Names, mark, ours};
use super::session::{self, Session};
use super::trouble::Whose;
use super::{DatabaseTls, Databases, Details, Wanted};
use crate::domain::{Fault, Gone, Health, Seen, Slug};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use sqlx::ConnectOptions;
use sqlx::mysql::MySqlConnectOptions;

/// A MariaDB server with an account that may create databases and users.
pub struct ServerDatabases {
    options: MySqlConnectOptions,
    host: String,
    port: u16,
    site_host: String,
    tls: DatabaseTls,
}

impl std::fmt::Debug for ServerDatabases {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerDatabases").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl ServerDatabases {
    /// The server at `host` and `port`, administered by `user`. Sites reach it as `site_host`, or as `host` without one.
    pub fn new(host: &str, port: u16, user: &str, password: &SecretString, site_host: Option<String>) -> Self {
        let options = MySqlConnectOptions::new()
            .host(host)
            .port(port)
            .username(user)
            .password(password.expose_secret())
            .disable_statement_logging();
        let site_host = site_host.unwrap_or_else(|| host.to_owned());
        let tls = DatabaseTls::default();
        Self { options: tls.portal(options), host: host.to_owned(), port, site_host, tls }
    }

    /// The same with TLS of that kind, for portal and sites.
    #[must_use]
    pub fn with_tls(self, tls: DatabaseTls) -> Self {
        Self { options: tls.portal(self.options), tls, ..self }
    }

    async fn admin(&self) -> Result<Session, Fault> {
        Session::open(&self.options, Whose::Portal).await.map_err(|e| e.fault(Whose::Portal))
    }

    fn details(&self, names: &Names) -> Details {
        Details {
            host: self.site_host.clone(),
            port: self.port,
            name: names.database.clone(),
            user: names.user.clone(),
        }
    }

    /// What differs from the wanted state of a database that is there.
    async fn difference(&self, admin: &mut Session, names: &Names, wanted: &Wanted) -> Result<Option<String>, Fault> {
        let login = self
            .options
            .clone()
            .username(&names.user)
            .password(wanted.password.expose_secret())
            .database(&names.database);
        match self.tls.sign_in(login, Whose::Portal).await {
            Ok(mut session) => session.one().await?,
            Err(e) if e.is_refusal() => {
                return Ok(Some(format!("The user {} cannot sign in to {}.", names.user, names.database)));
            }
            Err(e) => return Err(e.fault(Whose::Portal)),
        }
        let right =
            admin.grants(&names.user, &names.database).await?.iter().map(String::as_str).eq(names::GRANTS_SORTED);
        Ok((!right).then(|| format!("The rights of {} on {} are not the wanted ones.", names.user, names.database)))
    }

    async fn seen(&self, admin: &mut Session, wanted: &Wanted) -> Result<Seen<Details>, Fault> {
        let names = Names::of(wanted.tenant, &wanted.slug);
        match admin.mark(&names.database).await? {
            None => return Ok(Seen::Absent),
            Some(mark) => ours(&mark, wanted.tenant, &names.database)?,
        }
        Ok(match self.difference(admin, &names, wanted).await? {
            None => Seen::Ready(self.details(&names)),
            Some(what) => Seen::Drifted { what },
        })
    }
}

#[async_trait]
impl Databases for ServerDatabases {
    async fn look(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault> {
        let mut admin = self.admin().await?;
        self.seen(&mut admin, wanted).await
    }

    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault> {
        let mut admin = self.admin().await?;
        if let seen @ Seen::Ready(_) = self.seen(&mut admin, wanted).await? {
            return Ok(seen);
        }
        let names = Names::of(wanted.tenant, &wanted.slug);
        admin.create_database(&names.database, &mark(wanted.tenant)).await?;
        // Somebody else's database of that name would have been left alone above; then nothing more may happen.
        if let Some(mark) = admin.mark(&names.database).await? {
            ours(&mark, wanted.tenant, &names.database)?;
        }
        admin.create_user(&names.user, &wanted.password).await?;
        admin.grant(&names.user, &names.database).await?;
        self.seen(&mut admin, wanted).await
    }

    async fn remove(&self, wanted: &Wanted) -> Result<Gone, Fault> {
        let mut admin = self.admin().await?;
        let names = Names::of(wanted.tenant, &wanted.slug);
        if let Some(mark) = admin.mark(&names.database).await? {
            ours(&mark, wanted.tenant, &names.database)?;
        }
        admin.drop_all(&names.user, &names.database).await?;
        if admin.mark(&names.database).await?.is_some() || admin.has_user(&names.user).await? {
            return Err(Fault::retry(format!("Database {} is still there after its removal.", names.database)));
        }
        Ok(Gone::Seen { what: format!("Database {} and user {} are gone.", names.database, names.user) })
    }

    fn preview(&self, slug: &Slug) -> (String, String) {
        (format!("{}_…", names::stem(slug)), format!("MariaDB at {}:{}", self.host, self.port))
    }

    async fn health(&self) -> Health {
        let looked = async {
            let mut admin = self.admin().await?;
            // As a site would: it speaks no TLS unless it is told to.
            let site = self.tls.sign_in(self.options.clone(), Whose::Portal).await;
            site.map_err(|e| e.fault(Whose::Portal))?.one().await?;
            Ok::<_, Fault>((admin.version().await?, admin.rights().await?))
        };
        match looked.await {
            Err(fault) => Health::bad(
                fault.to_string(),
                "Check host, user and password of the section [database.server], and [database.tls].",
            ),
            Ok((version, _)) if !session::new_enough(&version) => {
                Health::bad(format!("This server is {version}."), "Use MariaDB 10.5 or newer.")
            }
            Ok((version, rights)) => match ["CREATE", "DROP", "CREATE USER"].into_iter().find(|r| !rights.contains(*r))
            {
                Some(right) => Health::bad(
                    format!("The portal's account at MariaDB lacks the right {right}."),
                    "Grant it ALL PRIVILEGES ON *.* WITH GRANT OPTION.",
                ),
                None => Health::good(format!("MariaDB {}", version.split('-').next().unwrap_or(&version))),
            },
        }
    }
}
