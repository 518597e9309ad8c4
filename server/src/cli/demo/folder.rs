//! The demo's folder: where it is, that it is ours, that only one demo uses it, and the secrets in it.
//!
//! The file `.slipway-demo` is mark and lock at once: a folder without it is never removed, and whoever holds its lock
//! is the one demo of the folder. The system lets go of a lock when its holder dies, however it dies.

use super::{Args, Net, Vars};
use crate::domain::{Dice, Token};
use anyhow::{Context as _, bail};
use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io::{ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

const MARK: &str = ".slipway-demo";

/// Every secret of the demo, thrown once. The names are those of the files.
const SECRETS: [&str; 10] = [
    "mariadb-root-password",
    "ionos-token",
    "idp-registration-token",
    "authentik-token",
    "portal-client-secret",
    "openwebui-client-secret",
    "openwebui-secret-key",
    "openwebui-jwt-secret",
    "openwebui-admin-password",
    "stub-writer-key",
];

/// The folder of one demo, locked while this lives.
pub(super) struct Folder {
    root: PathBuf,
    net: Net,
    /// Holds the lock.
    mark: File,
}

impl Folder {
    /// Finds the folder, makes it if need be, and locks it.
    ///
    /// # Errors
    /// Another demo uses it, or it holds something else.
    pub(super) fn open(args: &Args, vars: &Vars) -> anyhow::Result<Self> {
        let root = match &args.data {
            Some(data) => data.clone(),
            None => user_data(vars)?.join(usual(args)),
        };
        DirBuilder::new().recursive(true).mode(0o700).create(&root).with_context(|| root.display().to_string())?;
        let root = root.canonicalize()?;
        if let Some(stranger) = stranger(&root)? {
            bail!(
                "{} is no demo's folder: it holds {stranger:?} and no {MARK}. Give another one with --data.",
                root.display()
            );
        }
        let mark = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(root.join(MARK))?;
        match mark.try_lock() {
            Ok(()) => Ok(Self { root, net: args.net(), mark }),
            Err(TryLockError::WouldBlock) => bail!(
                "A demo already runs in {}. Stop it with Ctrl-C in its terminal, or start a second one with \
                 --data and --net of its own.",
                root.display()
            ),
            Err(TryLockError::Error(error)) => Err(error).context("the demo's folder cannot be locked"),
        }
    }

    /// Removes everything but the mark.
    ///
    /// # Errors
    /// Something cannot be removed.
    pub(super) fn clear(&self) -> anyhow::Result<()> {
        self.mark.set_len(0)?;
        for entry in std::fs::read_dir(&self.root)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_name() == MARK {
                continue;
            }
            let gone =
                if entry.file_type()?.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            gone.with_context(|| format!("{} cannot be removed", path.display()))?;
        }
        Ok(())
    }

    /// Makes what is missing: folders and secrets. Addresses are part of what OpenWebUI and the sites remember, so a
    /// folder keeps the ones it was made with.
    ///
    /// # Errors
    /// The folder was made for other addresses.
    pub(super) fn lay_out(&self, dice: &dyn Dice) -> anyhow::Result<()> {
        let path = self.root.join(MARK);
        let before = std::fs::read_to_string(&path)?;
        let net = self.net.to_string();
        if before.trim().is_empty() {
            (&self.mark).write_all(format!("{net}\n").as_bytes())?;
        } else if before.trim() != net {
            bail!(
                "The demo in {} lives on {1}: start it with --net {1}, begin anew with --reset, or give another --data.",
                self.root.display(),
                before.trim()
            );
        }
        for name in ["secrets", "logs", "parts", "portal", "mail"] {
            DirBuilder::new().recursive(true).mode(0o700).create(self.root.join(name))?;
        }
        for name in SECRETS {
            let path = self.secret(name);
            if !path.try_exists()? {
                replace(&path, Token::throw(dice).reveal(), 0o600)?;
            }
        }
        Ok(())
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// File of a secret.
    pub(super) fn secret(&self, name: &str) -> PathBuf {
        self.root.join("secrets").join(name)
    }

    /// What a secret's file says.
    pub(super) fn reveal(&self, name: &str) -> anyhow::Result<String> {
        let path = self.secret(name);
        Ok(std::fs::read_to_string(&path).with_context(|| path.display().to_string())?.trim().to_owned())
    }
}

/// Tenants stay where they were made, so each kind of demo has a folder of its own.
fn usual(args: &Args) -> &'static str {
    match (&args.cluster, args.ionos) {
        (Some(_), _) => "slipway-demo-cluster",
        (None, Some(_)) => "slipway-demo-ionos",
        (None, None) => "slipway-demo",
    }
}

/// Writes a file as a whole: whoever is killed in the middle leaves the old one.
pub(super) fn replace(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let write = || {
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(mode).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, path)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}

/// The folder in which programs keep a person's data (XDG base directories).
fn user_data(vars: &Vars) -> anyhow::Result<PathBuf> {
    match (vars.get("XDG_DATA_HOME").filter(|d| d.starts_with('/')), vars.get("HOME")) {
        (Some(data), _) => Ok(data.into()),
        (None, Some(home)) => Ok(Path::new(home).join(".local/share")),
        (None, None) => bail!("HOME is not set. Say with --data where the demo may keep its things."),
    }
}

/// Something that is in the folder although no demo was.
fn stranger(root: &Path) -> anyhow::Result<Option<std::ffi::OsString>> {
    match std::fs::metadata(root.join(MARK)) {
        Ok(_) => Ok(None),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            Ok(std::fs::read_dir(root)?.next().transpose()?.map(|entry| entry.file_name()))
        }
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
pub(super) mod tests;
