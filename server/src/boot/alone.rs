//! What only one portal may have: a SQLite file, and the processes of a host's sites. Each is kept by a lock of the operating
//! system on a file beside it, for as long as the process lives; a process that is killed leaves none behind.

use crate::{
    config::{self, Config},
    store::Store,
};
use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// Held by the one portal; another one can have it once this is dropped.
#[derive(Debug)]
pub struct Alone(#[expect(dead_code, reason = "held for its drop, which unlocks")] Vec<File>);

/// Takes what only one portal may have, before anything of it is touched.
///
/// # Errors
/// Another portal has it, or the file of the lock cannot be made.
pub fn alone(config: &Config) -> anyhow::Result<Alone> {
    let mut held = Vec::new();
    if let Some(database) = Store::file(config.store.url.expose_secret())? {
        let mut beside = database.clone().into_os_string();
        beside.push(".portal");
        let refusal = |who: &str| {
            format!(
                "another portal{who} runs on {}: stop it first, or let both use one PostgreSQL (store.url), which several \
                 portals may share",
                database.display()
            )
        };
        held.push(lock(&PathBuf::from(beside), refusal)?);
    }
    if let config::Site::Process(sites) = &config.site {
        let refusal = |who: &str| {
            format!(
                "another portal{who} keeps the sites in {}: stop it first; sites that are processes are for one portal, and \
                 several portals need sites on Kubernetes (site.kubernetes)",
                sites.data.display()
            )
        };
        held.push(lock(&sites.data.join(".portal"), refusal)?);
    }
    Ok(Alone(held))
}

/// Locks the file and writes into it who did.
fn lock(path: &Path, refusal: impl Fn(&str) -> String) -> anyhow::Result<File> {
    let cannot = || format!("cannot lock {}", path.display());
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(cannot)?;
    }
    let mut options = OpenOptions::new();
    let mut file = options.read(true).append(true).create(true).mode(0o600).open(path).with_context(cannot)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => anyhow::bail!(refusal(&holder(&mut file))),
        Err(TryLockError::Error(error)) => return Err(error).with_context(cannot),
    }
    file.set_len(0).with_context(cannot)?;
    write!(file, "{}", std::process::id()).with_context(cannot)?;
    Ok(file)
}

/// " (process 4711)", if the file says so.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.take(20).read_to_string(&mut text));
    match (read, text.parse::<u32>()) {
        (Ok(_), Ok(process)) => format!(" (process {process})"),
        _ => String::new(),
    }
}
