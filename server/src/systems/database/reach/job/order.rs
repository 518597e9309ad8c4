//! What a Job is told: its manifest, and the files of its Secret. The programs travel with the order, so a Job always runs
//! what this version of the portal means; the image brings PHP alone.

use super::{Config, Dumps, errand::Errand};
use crate::{
    domain::Fault,
    systems::database::{
        names::{GRANTS_SORTED, mark},
        reach::{Account, Owner},
    },
};
use askama::Template;
use secrecy::ExposeSecret;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Looks at database and user.
pub(super) const LOOK: &str = "look";
/// Makes them.
pub(super) const PREPARE: &str = "prepare";
/// Keeps a dump.
const DUMP: &str = "dump";

const ACCOUNT_PHP: &str = include_str!("../../../../../../wordpress/database/account.php");
const KEEP_PHP: &str = include_str!("../../../../../../wordpress/database/keep.php");
const DUMP_SH: &str = include_str!("../../../../../../wordpress/database/dump");

#[derive(Template)]
#[template(path = "manifests/database-job.yaml")]
struct AccountJob<'a> {
    name: &'a str,
    namespace: &'a str,
    tenant_id: String,
    purpose: &'static str,
    image: &'a str,
    image_pull_policy: &'static str,
    pull_secret_name: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "manifests/database-dump.yaml")]
struct DumpJob<'a> {
    name: &'a str,
    namespace: &'a str,
    tenant_id: String,
    purpose: &'static str,
    image: &'a str,
    image_pull_policy: &'static str,
    pull_secret_name: Option<&'a str>,
    dump_image: &'a str,
    database: &'a str,
}

/// The errand that looks or prepares.
pub(super) fn account(
    config: &Config,
    purpose: &'static str,
    owner: &Owner,
    account: &Account,
) -> Result<Errand, Fault> {
    let authorities = config.authorities.clone().unwrap_or_default();
    let name = name("database", owner, account, &[&config.image, ACCOUNT_PHP, config.tls.name(), &authorities]);
    let job = AccountJob {
        name: &name,
        namespace: &config.namespace,
        tenant_id: account.tenant.to_string(),
        purpose,
        image: &config.image,
        image_pull_policy: config.image_pull_policy,
        pull_secret_name: config.pull_secret_name.as_deref(),
    };
    let order = json!({
        "act": purpose,
        "mark": mark(account.tenant),
        "rights": GRANTS_SORTED,
        "owner": { "host": owner.host, "port": owner.port, "tls": config.tls.name(), "user": owner.user,
            "password": owner.password.expose_secret() },
        "account": { "database": account.database, "user": account.user,
            "password": account.password.expose_secret() },
    });
    let mut files = BTreeMap::from([("order.json", order.to_string()), ("account.php", ACCOUNT_PHP.to_owned())]);
    files.extend((!authorities.is_empty()).then_some(("ca.pem", authorities)));
    errand(&name, purpose, account, job.render(), files)
}

/// The errand that keeps a dump under this name.
pub(super) fn dump(config: &Config, owner: &Owner, account: &Account, dump: &str) -> Result<Errand, Fault> {
    let Some(dumps) = &config.dumps else {
        return Err(Fault::fail(
            "dump_nowhere",
            format!("There is no bucket for a dump of {}.", account.database),
            "Fill in [database.dump] and restart, or take the dump by hand and skip this.",
        ));
    };
    let fine = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if dump.is_empty() || !dump.chars().all(fine) {
        return Err(Fault::fail("dump_name", "A dump's name has letters, digits, dots and dashes.", "Report this."));
    }
    let url = format!("{}/{}/{}/{dump}.sql.gz", dumps.endpoint, dumps.bucket, account.tenant);
    let name = name("dump", owner, account, &[&config.image, &dumps.image, &url, KEEP_PHP, DUMP_SH]);
    let job = DumpJob {
        name: &name,
        namespace: &config.namespace,
        tenant_id: account.tenant.to_string(),
        purpose: DUMP,
        image: &config.image,
        image_pull_policy: config.image_pull_policy,
        pull_secret_name: config.pull_secret_name.as_deref(),
        dump_image: &dumps.image,
        database: &account.database,
    };
    let files = [
        ("client.cnf", options(owner)),
        ("store.json", store(dumps, &url)),
        ("keep.php", KEEP_PHP.to_owned()),
        ("dump", DUMP_SH.to_owned()),
    ];
    errand(&name, DUMP, account, job.render(), files.into())
}

fn store(dumps: &Dumps, url: &str) -> String {
    json!({ "url": url, "region": dumps.region, "key_id": dumps.key_id, "secret": dumps.secret.expose_secret() })
        .to_string()
}

/// An option file ("Configuring MariaDB with Option Files": quotes around a value, a backslash escapes). Newer clients
/// verify certificates by default, which a server in a private network does not have.
fn options(owner: &Owner) -> String {
    let value = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    format!(
        "[client]\nhost={}\nport={}\nuser={}\npassword={}\nssl-verify-server-cert=0\n",
        value(&owner.host),
        owner.port,
        value(&owner.user),
        value(owner.password.expose_secret()),
    )
}

/// A name that follows from what it is about, without passwords: a name is for everybody to read.
fn name(kind: &str, owner: &Owner, account: &Account, more: &[&str]) -> String {
    let about =
        json!([account.tenant.to_string(), owner.host, owner.port, owner.user, account.database, account.user, more]);
    let digest = Sha256::digest(about.to_string().as_bytes());
    let tail: String = digest[..8].iter().map(|b| format!("{b:02x}")).collect();
    format!("slipway-{kind}-{tail}")
}

fn errand(
    name: &str,
    purpose: &'static str,
    account: &Account,
    manifest: askama::Result<String>,
    files: BTreeMap<&'static str, String>,
) -> Result<Errand, Fault> {
    let broken = || Fault::fail("template", "The Job's manifest could not be made.", "Report this.");
    let manifest = serde_saphyr::from_str(&manifest.map_err(|_| broken())?).map_err(|_| broken())?;
    Ok(Errand { name: name.to_owned(), purpose, database: account.database.clone(), manifest, files })
}
