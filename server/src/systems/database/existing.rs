//! Driver: databases that were made elsewhere, one managed server for each tenant, and handed over by a Secret in the
//! portal's namespace (`.github/scripts/populate-secrets tenants` writes it from Terraform's outputs).
//!
//! The portal makes and removes no server. It gives the database the tenant's mark and the site a user, and when the tenant
//! goes it leaves both: who made them decides about the data.

use super::{
    Databases, Details, Wanted,
    names::Names,
    reach::{Account, Owner, Reach, SiteUser},
    rights::RIGHTS,
};
use crate::{
    domain::{Fault, Gone, Health, Seen, Slug},
    systems::cluster::Cluster,
};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::SecretString;
use serde_json::Value;
use std::{sync::Arc, time::Duration};

/// Pause between two looks for a Secret: people write it.
const LATER: Duration = Duration::from_secs(30);

/// Databases of Secrets.
pub struct ExistingDatabases {
    cluster: Arc<Cluster>,
    namespace: String,
    reach: Arc<dyn Reach>,
    site_user: SiteUser,
}

impl std::fmt::Debug for ExistingDatabases {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExistingDatabases").field("namespace", &self.namespace).finish_non_exhaustive()
    }
}

/// What a Secret holds.
struct Given {
    owner: Owner,
    database: String,
}

fn secret(slug: &Slug) -> String {
    format!("tenant-database-{slug}")
}

impl ExistingDatabases {
    /// Databases of the Secrets in this namespace, reached that way. Nothing is asked of the cluster yet.
    pub fn new(cluster: Arc<Cluster>, namespace: String, reach: Arc<dyn Reach>, site_user: SiteUser) -> Self {
        Self { cluster, namespace, reach, site_user }
    }

    async fn given(&self, slug: &Slug) -> Result<Option<Given>, Fault> {
        let name = secret(slug);
        let path = format!("/api/v1/namespaces/{}/secrets/{name}", self.namespace);
        let Some(found) = self.cluster.get::<Value>(&format!("Secret {name}"), &path).await? else { return Ok(None) };
        given(slug, &found).map(Some).map_err(|what| {
            Fault::fail(
                "database_secret_broken",
                format!("The Secret {name} cannot be used: {what}."),
                "Run .github/scripts/populate-secrets tenants again, then press Retry now.",
            )
        })
    }

    fn account(&self, given: &Given, wanted: &Wanted) -> Account {
        let user = match self.site_user {
            SiteUser::Own => Names::of(wanted.tenant, &wanted.slug).user,
            SiteUser::Owner => given.owner.user.clone(),
        };
        let (database, password) = (given.database.clone(), wanted.password.clone());
        Account { tenant: wanted.tenant, database, user, password }
    }

    fn details(given: &Given, account: Account) -> Details {
        Details { host: given.owner.host.clone(), port: given.owner.port, name: account.database, user: account.user }
    }
}

fn given(slug: &Slug, secret: &Value) -> Result<Given, String> {
    if secret["metadata"]["labels"]["slipway/tenant"] != slug.as_str() {
        return Err(format!("it lacks the label slipway/tenant={slug}"));
    }
    let text = |key: &str| {
        let coded = secret["data"][key].as_str().ok_or_else(|| format!("{key} is missing"))?;
        let bytes = STANDARD.decode(coded).map_err(|_| format!("{key} is no base64"))?;
        String::from_utf8(bytes).ok().filter(|t| !t.is_empty()).ok_or_else(|| format!("{key} is no text"))
    };
    // They become parts of statements and of option files.
    let name = |key: &str| {
        let fine = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        text(key)?
            .chars()
            .all(fine)
            .then(|| text(key))
            .ok_or_else(|| format!("{key} holds other characters than names do"))?
    };
    let port = text("port")?.parse().map_err(|_| "port is no port".to_owned())?;
    let owner =
        Owner { host: name("host")?, port, user: name("user")?, password: SecretString::from(text("password")?) };
    Ok(Given { owner, database: name("database")? })
}

fn with(seen: Seen<()>, details: Details) -> Seen<Details> {
    match seen {
        Seen::Absent => Seen::Absent,
        Seen::Working { note, again } => Seen::Working { note, again },
        Seen::Ready(()) => Seen::Ready(details),
        Seen::Drifted { what } => Seen::Drifted { what },
    }
}

#[async_trait]
impl Databases for ExistingDatabases {
    async fn given_password(&self, slug: &Slug) -> Result<Option<SecretString>, Fault> {
        Ok(match self.site_user {
            SiteUser::Own => None,
            SiteUser::Owner => self.given(slug).await?.map(|given| given.owner.password),
        })
    }

    async fn look(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault> {
        let Some(given) = self.given(&wanted.slug).await? else { return Ok(Seen::Absent) };
        let account = self.account(&given, wanted);
        let seen = self.reach.look(&given.owner, &account).await?;
        Ok(with(seen, Self::details(&given, account)))
    }

    async fn ensure(&self, wanted: &Wanted) -> Result<Seen<Details>, Fault> {
        let slug = &wanted.slug;
        let Some(given) = self.given(slug).await? else {
            let note = format!(
                "There is no Secret {} yet. Apply terraform/tenants with a tenant {slug}, then run \
                 .github/scripts/populate-secrets tenants.",
                secret(slug)
            );
            return Ok(Seen::Working { note, again: LATER });
        };
        let account = self.account(&given, wanted);
        let seen = self.reach.prepare(&given.owner, &account).await?;
        Ok(with(seen, Self::details(&given, account)))
    }

    async fn remove(&self, wanted: &Wanted) -> Result<Gone, Fault> {
        let what = match self.given(&wanted.slug).await? {
            None => format!("There is no Secret {}, so there is no database to let go of.", secret(&wanted.slug)),
            Some(Given { owner, database }) => format!(
                "The database {database} at {} stays with its data and its users, because Terraform owns it. Slipway has \
                 let go of it.",
                owner.host
            ),
        };
        Ok(Gone::Seen { what })
    }

    fn preview(&self, slug: &Slug) -> (String, String) {
        (secret(slug), format!("MariaDB that Terraform made, by a Secret in {}", self.namespace))
    }

    async fn health(&self) -> Health {
        match self.cluster.missing_rights(RIGHTS, Some(&self.namespace)).await {
            Ok(missing) if missing.is_empty() => {
                Health::good(format!("MariaDB servers that Terraform made, by Secrets in {}", self.namespace))
            }
            Ok(missing) => Health::bad(
                format!("The portal's account may not {} in {}.", missing.join(", "), self.namespace),
                "Give it the Role of charts/slipway.",
            ),
            Err(Fault::Retry { why, .. }) => Health::bad(why, "Look at the cluster, or at [database.reach]."),
            Err(Fault::Fail { say, next, .. }) => Health::bad(say, next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)], label: &str) -> Result<Given, String> {
        let data: serde_json::Map<String, Value> =
            pairs.iter().map(|(k, v)| ((*k).to_owned(), STANDARD.encode(v).into())).collect();
        let secret = serde_json::json!({ "metadata": { "labels": { "slipway/tenant": label } }, "data": data });
        given(&Slug::parse("acme").unwrap(), &secret)
    }

    #[test]
    fn reads_what_populate_secrets_writes_and_names_what_is_wrong() {
        let good =
            [("host", "ma.de"), ("port", "3306"), ("user", "wp_a"), ("password", "x\"y"), ("database", "wordpress")];
        let given = of(&good, "acme").unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((given.owner.port, given.database.as_str()), (3306, "wordpress"));
        assert!(of(&good, "other").is_err_and(|e| e.contains("slipway/tenant=acme")));
        for (at, value, words) in [
            (0, "a b", "host holds"),
            (1, "many", "port is no port"),
            (3, "", "password is no text"),
            (4, "w`; DROP", "database holds"),
        ] {
            let mut bad = good;
            bad[at].1 = value;
            assert!(of(&bad, "acme").is_err_and(|e| e.contains(words)), "{value}");
        }
        assert!(of(&good[..4], "acme").is_err_and(|e| e == "database is missing"));
    }
}
