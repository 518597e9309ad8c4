//! The vault: secrets that the house must be able to read again, sealed at rest.
//!
//! Each tenant has a random data key, wrapped by the master key; forgetting a tenant's data key makes even a backup of
//! its secrets unreadable. Every envelope is bound to tenant, purpose and version, so a row that was copied elsewhere
//! does not open. The master key comes from a file and is never in the database.

mod envelope;
mod master;

pub use master::MasterKey;

use crate::{
    domain::{Dice, Fault, TenantId, Token},
    saga::cx::Secrets,
    store::{
        self, Store,
        sealed::{FirstSecret, Sealed},
    },
};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use envelope::{Key, Label};
use secrecy::{ExposeSecret, SecretString};
use std::{path::Path, sync::Arc};
use uuid::Uuid;

/// Whose the house's own secrets are.
const HOUSE: TenantId = TenantId(Uuid::nil());

/// Why the vault stays shut. No variant holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Sealed with another key than the one at hand.
    #[error("a secret was sealed with another key: is this the right master key file?")]
    OtherKey,
    /// Changed, cut or moved from where it was sealed.
    #[error("a sealed secret was changed or moved")]
    Broken,
    /// Written by others all the time.
    #[error("a secret is being replaced by somebody else")]
    Busy,
    /// The master key's file.
    #[error("master key {path}: {say}")]
    Master {
        /// Where.
        path: String,
        /// What is wrong and the cure.
        say: String,
    },
}

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        match e {
            Error::Store(store::Error::Db(_)) => Self::retry("The portal's own database did not answer."),
            Error::Busy => Self::retry("A secret is being replaced by somebody else."),
            e => Self::fail(
                "vault_unreadable",
                format!("A stored secret cannot be read: {e}."),
                "Check the master key file of the portal, then retry.",
            ),
        }
    }
}

/// The vault of the house. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    store: Store,
    master: Arc<MasterKey>,
    dice: Arc<dyn Dice>,
}

/// The secrets of one tenant.
#[derive(Clone)]
pub struct TenantSecrets {
    vault: Vault,
    tenant: TenantId,
}

/// Nothing to see.
impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

/// Nothing to see but whose it is.
impl std::fmt::Debug for TenantSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TenantSecrets({})", self.tenant)
    }
}

impl Vault {
    /// A vault over the house's memory, with the key of that file. The key is made when nothing was sealed yet; the order
    /// of the two questions lets several processes begin at once with one key.
    ///
    /// # Errors
    /// The database, or the file: it is missing although something was sealed, holds another key, or is not private.
    pub async fn open(store: Store, file: &Path, dice: Arc<dyn Dice>) -> Result<Self, Error> {
        let master = match store.any_data_key().await? {
            None => MasterKey::load_or_make(file, &*dice)?,
            Some((tenant, wrapped)) => MasterKey::load(file)?.proven(file, tenant, &wrapped)?,
        };
        Ok(Self::new(store, master, dice))
    }

    /// A vault over the house's memory, with this key.
    pub fn new(store: Store, master: MasterKey, dice: Arc<dyn Dice>) -> Self {
        Self { store, master: Arc::new(master), dice }
    }

    /// The secrets of a tenant.
    pub fn of(&self, tenant: TenantId) -> TenantSecrets {
        TenantSecrets { vault: self.clone(), tenant }
    }

    /// Throws the first secret of a tenant that is not there yet. Nothing is kept: that is done with the tenant.
    ///
    /// # Errors
    /// It cannot be sealed.
    pub fn first(&self, tenant: TenantId, purpose: &'static str) -> Result<(SecretString, FirstSecret), Error> {
        let (key, token) = (Key::throw(&*self.dice), Token::throw(&*self.dice));
        let label = |purpose| Label { tenant, purpose, version: 1 };
        let wrapped = self.master.key().seal(&label(envelope::DATA_KEY), key.bytes(), &*self.dice)?;
        let sealed = key.seal(&label(purpose), token.reveal().as_bytes(), &*self.dice)?;
        Ok((token.into_secret(), FirstSecret { key: wrapped, purpose, sealed }))
    }

    /// Seals a text that is kept elsewhere than in the vault; gives base64url.
    ///
    /// # Errors
    /// The database, or the house's data key does not open.
    pub async fn seal(&self, purpose: &str, text: &SecretString) -> Result<String, Error> {
        let label = Label { tenant: HOUSE, purpose, version: 1 };
        let sealed = self.of(HOUSE).key().await?.seal(&label, text.expose_secret().as_bytes(), &*self.dice)?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens what [`Vault::seal`] gave for the same purpose.
    ///
    /// # Errors
    /// The database, or it was changed or sealed for something else.
    pub async fn unseal(&self, purpose: &str, sealed: &str) -> Result<SecretString, Error> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Error::Broken)?;
        self.of(HOUSE).key().await?.open(&Label { tenant: HOUSE, purpose, version: 1 }, &sealed)
    }

    /// A secret of the house itself, thrown on first use. It is kept under the nil tenant.
    ///
    /// # Errors
    /// As [`Secrets::get_or_make`].
    pub async fn house(&self, purpose: &str) -> Result<SecretString, Fault> {
        self.of(HOUSE).get_or_make(purpose).await
    }
}

impl TenantSecrets {
    /// The tenant's data key; of two callers that make one, both get the one that was kept.
    async fn key(&self) -> Result<Key, Error> {
        let (store, master) = (&self.vault.store, self.vault.master.key());
        let label = Label { tenant: self.tenant, purpose: envelope::DATA_KEY, version: 1 };
        if let Some(wrapped) = store.data_key(self.tenant).await? {
            return master.unwrap(&label, &wrapped);
        }
        let fresh = Key::throw(&*self.vault.dice);
        store.add_data_key(self.tenant, &master.seal(&label, fresh.bytes(), &*self.vault.dice)?).await?;
        let kept = store.data_key(self.tenant).await?.ok_or(Error::Busy)?;
        master.unwrap(&label, &kept)
    }

    async fn find(&self, purpose: &str) -> Result<Option<SecretString>, Error> {
        let Some(row) = self.vault.store.sealed(self.tenant, purpose).await? else { return Ok(None) };
        let label = Label { tenant: self.tenant, purpose, version: row.version };
        self.key().await?.open(&label, &row.sealed).map(Some)
    }

    async fn find_or_make(&self, purpose: &str) -> Result<SecretString, Error> {
        if let Some(secret) = self.find(purpose).await? {
            return Ok(secret);
        }
        let label = Label { tenant: self.tenant, purpose, version: 1 };
        let token = Token::throw(&*self.vault.dice);
        let sealed = self.key().await?.seal(&label, token.reveal().as_bytes(), &*self.vault.dice)?;
        if self.vault.store.add_sealed(self.tenant, purpose, &sealed).await? {
            return Ok(token.into_secret());
        }
        self.find(purpose).await?.ok_or(Error::Busy)
    }

    /// Replaces version n by n + 1, and looks again when somebody else did so meanwhile.
    async fn replace(&self, purpose: &str, secret: &SecretString) -> Result<(), Error> {
        let (store, key) = (&self.vault.store, self.key().await?);
        for _ in 0..8 {
            let version = store.sealed(self.tenant, purpose).await?.map_or(1, |row| row.version + 1);
            let label = Label { tenant: self.tenant, purpose, version };
            let sealed = key.seal(&label, secret.expose_secret().as_bytes(), &*self.vault.dice)?;
            let kept = if version == 1 {
                store.add_sealed(self.tenant, purpose, &sealed).await?
            } else {
                store.replace_sealed(self.tenant, purpose, &Sealed { version, sealed }).await?
            };
            if kept {
                return Ok(());
            }
        }
        Err(Error::Busy)
    }
}

#[async_trait]
impl Secrets for TenantSecrets {
    async fn get_or_make(&self, purpose: &str) -> Result<SecretString, Fault> {
        Ok(self.find_or_make(purpose).await?)
    }

    async fn get(&self, purpose: &str) -> Result<Option<SecretString>, Fault> {
        Ok(self.find(purpose).await?)
    }

    async fn put(&self, purpose: &str, secret: &SecretString) -> Result<(), Fault> {
        Ok(self.replace(purpose, secret).await?)
    }

    async fn forget(&self, purpose: &str) -> Result<(), Fault> {
        Ok(self.vault.store.forget_sealed(self.tenant, purpose).await.map_err(Error::Store)?)
    }

    async fn seal(&self, purpose: &str, text: &SecretString) -> Result<String, Fault> {
        Ok(self.vault.seal(purpose, text).await?)
    }
}
