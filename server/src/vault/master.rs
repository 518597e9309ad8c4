//! The master key: 256 bits in a file that nobody else may read. Keep a copy of it apart from the database's backups:
//! without it no secret can be read again.

use super::{
    Error,
    envelope::{DATA_KEY, Key, Label},
};
use crate::domain::{Dice, TenantId, Token};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{
    fs::{DirBuilder, Metadata, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::Path,
};
use zeroize::Zeroizing;

/// Said instead of making a key that would open nothing.
const LOST: &str = "the file is missing, but the database holds secrets that were sealed with its key, and no new key \
    opens them; restore the file from your backup, then start the portal again";

/// Said of a key that opens nothing.
const OTHER: &str = "the secrets in the database were sealed with another key; restore the file that belongs to this \
    database from your backup, then start the portal again";

/// The key that wraps the tenants' data keys.
pub struct MasterKey(Key);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

impl MasterKey {
    /// Reads the key, 43 characters of base64url, or makes the file (mode 0600) with a fresh one. Of two processes
    /// that make it at the same time both get the same key.
    ///
    /// # Errors
    /// The file cannot be read or made, others may read it, or it holds no key.
    pub fn load_or_make(path: &Path, dice: &dyn Dice) -> Result<Self, Error> {
        match load(path) {
            Err(e) if e.kind() == ErrorKind::NotFound => make(path, dice).and_then(|()| load(path)),
            other => other,
        }
        .map_err(|e| told(path, &e))
    }

    /// Reads the key that something was sealed with: a fresh one would open nothing, so none is made.
    ///
    /// # Errors
    /// The file is missing, cannot be read, others may read it, or it holds no key.
    pub(super) fn load(path: &Path) -> Result<Self, Error> {
        load(path).map_err(|e| match e.kind() {
            ErrorKind::NotFound => told(path, &LOST),
            _ => told(path, &e),
        })
    }

    /// Refuses a key that did not seal this data key of a tenant.
    pub(super) fn proven(self, path: &Path, tenant: TenantId, wrapped: &[u8]) -> Result<Self, Error> {
        match self.0.unwrap(&Label { tenant, purpose: DATA_KEY, version: 1 }, wrapped) {
            Err(Error::OtherKey) => Err(told(path, &OTHER)),
            // One row that was changed or cut is told where it is used.
            _ => Ok(self),
        }
    }

    pub(super) fn key(&self) -> &Key {
        &self.0
    }
}

fn told(path: &Path, say: &dyn std::fmt::Display) -> Error {
    Error::Master { path: path.display().to_string(), say: say.to_string() }
}

fn load(path: &Path) -> std::io::Result<MasterKey> {
    let file = OpenOptions::new().read(true).open(path)?;
    let seen = file.metadata()?;
    guard(&seen)?;
    let text = Zeroizing::new(std::io::read_to_string(file)?);
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.trim()).unwrap_or_default());
    let say = "it must hold 32 random bytes as 43 characters of base64url; restore it from your copy";
    Key::of(&bytes).map(MasterKey).ok_or_else(|| std::io::Error::other(say))
}

/// Nobody but the owner may read it. A group may where an administrator owns the file and the portal is only of the
/// group: so Kubernetes hands out secrets (`fsGroup`).
fn guard(seen: &Metadata) -> std::io::Result<()> {
    if !seen.is_file() {
        return Err(std::io::Error::other("it is not a file"));
    }
    let mine = seen.uid() == nix::unistd::Uid::effective().as_raw();
    let too_wide = if mine { 0o077 } else { 0o037 };
    if seen.mode() & too_wide == 0 {
        return Ok(());
    }
    let say = format!("others may read it (mode {:04o}); run chmod 600 on it", seen.mode() & 0o7777);
    Err(std::io::Error::other(say))
}

/// Written beside its place and then linked there, which never replaces a key and never shows half of one.
fn make(path: &Path, dice: &dyn Dice) -> std::io::Result<()> {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let draft = folder.join(format!(".master-{}", dice.uuid()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let linked = writeln!(file, "{}", Token::throw(dice).reveal())
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::hard_link(&draft, path));
    std::fs::remove_file(&draft)?;
    match linked {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(e),
        Ok(()) => std::fs::File::open(folder)?.sync_all(),
    }
}
