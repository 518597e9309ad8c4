//! A site's folder: `tenant` (the mark), `env` (the sheet), `htdocs` (replaced as a whole), `uploads` (kept), `php.log`, `pid`.

use super::Config;
use super::languages;
use super::sheet::Sheet;
use crate::domain::{Fault, SiteLanguage, Slug, TenantId};
use crate::systems::site::contract::hex;
use sha2::{Digest, Sha256};
use std::io;
use std::path::{Path, PathBuf};

mod files;

/// The right to change a tenant's folder and process.
pub(super) type Turn = tokio::sync::OwnedMutexGuard<()>;

/// A site's folder, whether it exists or not.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    root: PathBuf,
    tenant: TenantId,
}

impl Tree {
    /// The folder of a tenant: `<data>/sites/<slug>-<6 hex digits of the id>`.
    pub(super) fn of(data: &Path, tenant: TenantId, slug: &Slug) -> Self {
        let id = tenant.0.simple().to_string();
        let data = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
        Self { root: data.join("sites").join(format!("{slug}-{}", &id[id.len() - 6..])), tenant }
    }

    /// All folders below `data` that carry a mark.
    pub(super) async fn all(data: &Path) -> Vec<Self> {
        let data = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
        let Ok(mut entries) = tokio::fs::read_dir(data.join("sites")).await else { return Vec::new() };
        let mut found = Vec::new();
        while let Ok(Some(entry)) = entries.next_entry().await {
            let mark = tokio::fs::read_to_string(entry.path().join("tenant")).await.unwrap_or_default();
            if let Ok(tenant) = mark.trim().parse() {
                found.push(Self { root: entry.path(), tenant });
            }
        }
        found
    }

    pub(super) fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn name(&self) -> String {
        self.root.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    pub(super) fn htdocs(&self) -> PathBuf {
        self.root.join("htdocs")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.root.join("php.log")
    }

    pub(super) fn pid(&self) -> PathBuf {
        self.root.join("pid")
    }

    /// Makes the folder and marks it, or sees that it is ours.
    pub(super) async fn claim(&self, tenant: TenantId) -> Result<(), Fault> {
        self.refuse_foreign(tenant).await?;
        self.within(tokio::fs::create_dir_all(self.root.join("uploads")).await)?;
        self.within(files::write(&self.root.join("tenant"), tenant.to_string().as_bytes(), 0o644).await)
    }

    /// A folder with another mark, or with files and no mark, is not ours. (An empty one is a claim that was cut off.)
    pub(super) async fn refuse_foreign(&self, tenant: TenantId) -> Result<(), Fault> {
        let mark = self.within(files::read(&self.root.join("tenant")).await)?;
        let ours = match mark {
            Some(mark) => mark.trim() == tenant.to_string(),
            None => self.within(files::is_bare(&self.root).await)?,
        };
        if ours {
            return Ok(());
        }
        Err(Fault::fail(
            "site_not_ours",
            format!("The folder {} does not belong to this tenant.", self.root.display()),
            "Move that folder away by hand, then press Retry now.",
        ))
    }

    pub(super) async fn exists(&self) -> Result<bool, Fault> {
        self.within(tokio::fs::try_exists(&self.root).await)
    }

    /// The sheet, once the site is installed.
    pub(super) async fn sheet(&self) -> Result<Option<Sheet>, Fault> {
        let text = self.within(files::read(&self.root.join("env")).await)?;
        // A sheet of another version of the portal counts as older settings: the step writes a new one.
        Ok(text.and_then(|t| serde_json::from_str(&t).ok()))
    }

    pub(super) async fn write_sheet(&self, sheet: &Sheet) -> Result<(), Fault> {
        let text = serde_json::to_vec_pretty(sheet).unwrap_or_default();
        self.within(files::write(&self.root.join("env"), &text, 0o600).await)
    }

    pub(super) async fn forget_sheet(&self) -> Result<(), Fault> {
        match tokio::fs::remove_file(self.root.join("env")).await {
            Err(e) if e.kind() != io::ErrorKind::NotFound => self.within(Err(e)),
            _ => Ok(()),
        }
    }

    /// Fills `htdocs` unless it already holds exactly these files. The turn is handed in and back: a step that is cut
    /// off cannot stop the work on the files, so that work keeps the turn until it is done.
    pub(super) async fn fill(&self, config: &Config, fingerprint: &str, turn: Turn) -> Result<Turn, Fault> {
        let (config, tree, fingerprint) = (config.clone(), self.clone(), fingerprint.to_owned());
        self.within(blocking(move || files::fill(&config, &tree.root, &fingerprint).map(|()| turn)).await)
    }

    /// Sees that `htdocs` finds its uploads, also in a folder that was moved.
    pub(super) async fn link_uploads(&self) -> Result<(), Fault> {
        let htdocs = self.htdocs();
        self.within(blocking(move || files::link_uploads(&htdocs)).await)
    }

    /// Removes the folder, its mark last, so that a removal that was cut off can go on.
    pub(super) async fn remove(&self, turn: Turn) -> Result<Turn, Fault> {
        let root = self.root.clone();
        self.within(blocking(move || files::remove(&root).map(|()| turn)).await)
    }

    fn within<T>(&self, done: io::Result<T>) -> Result<T, Fault> {
        done.map_err(|e| Fault::retry(format!("The folder {} cannot be worked with ({e}).", self.root.display())))
    }
}

/// Changes when WordPress's version or any of our own files change, and when the site's language pack comes.
pub(super) async fn fingerprint(config: &Config, language: SiteLanguage) -> Result<String, Fault> {
    let config = config.clone();
    blocking(move || {
        let mut hash = Sha256::new();
        hash.update(config.core.canonicalize()?.to_string_lossy().as_bytes());
        hash.update(std::fs::read(config.core.join("wp-includes/version.php"))?);
        if language != SiteLanguage::En {
            hash.update([u8::from(languages::there(&config.core, language))]);
        }
        for name in files::OURS {
            files::digest(&config.wordpress.join(name), &mut hash)?;
        }
        Ok(hex(&hash.finalize()))
    })
    .await
    .map_err(|e| {
        Fault::fail(
            "site_files_missing",
            format!("WordPress's files cannot be read ({e})."),
            "Check core and wordpress in the section [site.process], then press Retry now.",
        )
    })
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(io::Error::other(e)))
}
