//! The vault over a real store.

use crate::store::{
    house::{self, House},
    tenant_id,
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use slipway::{
    domain::{Dice, Fault},
    saga::cx::Secrets,
    store::Store,
    vault::{MasterKey, Vault},
};
use std::{
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Different bytes on each throw, the same ones in each run.
#[derive(Default)]
struct Seeded(AtomicU64);

impl Dice for Seeded {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let block = Sha256::digest(self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

fn dice() -> Arc<Seeded> {
    Arc::new(Seeded::default())
}

fn vault(store: &Store, folder: &Path) -> Vault {
    let dice = dice();
    Vault::new(store.clone(), MasterKey::load_or_make(&folder.join("master.key"), &*dice).unwrap(), dice)
}

fn code(result: Result<Option<SecretString>, Fault>) -> &'static str {
    match result {
        Err(Fault::Fail { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

async fn all(house: &House) {
    makes_once_and_replaces(house).await;
    callers_at_the_same_time_agree(house).await;
    a_moved_row_does_not_open(house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    all(&house::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    if let Some(house) = house::postgres().await {
        all(&house).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_key_it_stays_shut_on_sqlite() {
    without_its_key_it_stays_shut(&house::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_key_it_stays_shut_on_postgres() {
    if let Some(house) = house::postgres().await {
        without_its_key_it_stays_shut(&house).await;
    }
}

async fn without_its_key_it_stays_shut(house: &House) {
    let (folder, store) = (tempfile::tempdir().unwrap(), &house.store);
    let (file, spare) = (folder.path().join("master.key"), folder.path().join("spare"));
    let open = async |file: &Path, seed| {
        let dice = dice();
        dice.0.store(seed, Ordering::Relaxed);
        Vault::open(store.clone(), file, dice).await
    };
    // Nothing is sealed yet: a key that was lost may be made anew.
    drop(open(&file, 1).await.unwrap());
    std::fs::remove_file(&file).unwrap();
    let vault = open(&file, 2).await.unwrap();
    vault.of(tenant_id(1)).put("db", &SecretString::from("canary")).await.unwrap();

    std::fs::rename(&file, &spare).unwrap();
    let said = open(&file, 3).await.unwrap_err().to_string();
    for words in [file.to_str().unwrap(), "is missing", "holds secrets", "restore the file from your backup"] {
        assert!(said.contains(words), "{said}");
    }
    assert!(!file.exists(), "no new key is made");

    MasterKey::load_or_make(&file, &*dice()).unwrap();
    let said = open(&file, 4).await.unwrap_err().to_string();
    assert!(said.contains("another key") && said.contains("from your backup"), "{said}");

    std::fs::rename(&spare, &file).unwrap();
    let vault = open(&file, 5).await.unwrap();
    assert_eq!(vault.of(tenant_id(1)).get("db").await.unwrap().unwrap().expose_secret(), "canary");
}

async fn makes_once_and_replaces(house: &House) {
    let vault = vault(&house.store, house.folder.path());
    let (acme, other) = (vault.of(tenant_id(1)), vault.of(tenant_id(2)));
    assert!(acme.get("db").await.unwrap().is_none());
    let made = acme.get_or_make("db").await.unwrap();
    assert_eq!(made.expose_secret().len(), 43);
    assert_eq!(acme.get_or_make("db").await.unwrap().expose_secret(), made.expose_secret());
    assert_ne!(other.get_or_make("db").await.unwrap().expose_secret(), made.expose_secret());
    for n in 1..=3 {
        acme.put("db", &SecretString::from(format!("canary-{n}"))).await.unwrap();
    }
    acme.put("given", &SecretString::from("")).await.unwrap();
    assert_eq!(acme.get("db").await.unwrap().unwrap().expose_secret(), "canary-3");
    assert_eq!(acme.get("given").await.unwrap().unwrap().expose_secret(), "");
    assert_eq!(house.store.sealed(tenant_id(1), "db").await.unwrap().unwrap().version, 4);
    acme.forget("db").await.unwrap();
    assert!(acme.get("db").await.unwrap().is_none());
    let house_secret = vault.house("gateway").await.unwrap();
    assert_eq!(vault.house("gateway").await.unwrap().expose_secret(), house_secret.expose_secret());
}

async fn callers_at_the_same_time_agree(house: &House) {
    let vault = vault(&house.store, house.folder.path());
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let secrets = vault.of(tenant_id(7));
            tokio::spawn(async move { secrets.get_or_make("both").await.unwrap().expose_secret().to_owned() })
        })
        .collect();
    let mut seen = Vec::new();
    for task in tasks {
        seen.push(task.await.unwrap());
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "every caller has the secret that was kept");
    assert_eq!(vault.of(tenant_id(7)).get("both").await.unwrap().unwrap().expose_secret(), seen[0]);
}

async fn a_moved_row_does_not_open(house: &House) {
    let (store, vault) = (&house.store, vault(&house.store, house.folder.path()));
    let (from, to) = (tenant_id(8), tenant_id(9));
    vault.of(from).put("a", &SecretString::from("canary")).await.unwrap();
    vault.of(from).put("c", &SecretString::from("old")).await.unwrap();
    let row = store.sealed(from, "a").await.unwrap().unwrap();
    assert!(!row.sealed.windows(6).any(|w| w == b"canary"), "sealed at rest");

    store.add_sealed(from, "b", &row.sealed).await.unwrap();
    assert_eq!(code(vault.of(from).get("b").await), "vault_unreadable", "another purpose");
    vault.of(to).get_or_make("own").await.unwrap();
    store.add_sealed(to, "a", &row.sealed).await.unwrap();
    assert_eq!(code(vault.of(to).get("a").await), "vault_unreadable", "another tenant");
    let old =
        slipway::store::sealed::Sealed { version: 2, sealed: store.sealed(from, "c").await.unwrap().unwrap().sealed };
    assert!(store.replace_sealed(from, "c", &old).await.unwrap());
    assert_eq!(code(vault.of(from).get("c").await), "vault_unreadable", "another version");

    // A wrapped data key does not open for another tenant either.
    let key = store.data_key(from).await.unwrap().unwrap();
    store.add_data_key(tenant_id(10), &key).await.unwrap();
    let moved = vault.of(tenant_id(10)).get_or_make("x").await;
    assert_eq!(code(moved.map(Some)), "vault_unreadable");

    // Another master key opens nothing and says so.
    let elsewhere = tempfile::tempdir().unwrap();
    let dice = dice();
    dice.0.store(1_000, Ordering::Relaxed);
    let stranger = MasterKey::load_or_make(&elsewhere.path().join("k"), &*dice).unwrap();
    let said = Vault::new(store.clone(), stranger, dice).of(from).get("a").await.unwrap_err();
    assert!(said.to_string().contains("right master key file"), "{said}");
}

#[test]
fn the_master_key_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/master.key");
    MasterKey::load_or_make(&path, &*dice()).unwrap();
    let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    let text = std::fs::read_to_string(&path).unwrap();
    for (wide, fine) in [(0o640, false), (0o604, false), (0o622, false), (0o400, true), (0o600, true)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(wide)).unwrap();
        let loaded = MasterKey::load_or_make(&path, &*dice());
        assert_eq!(loaded.is_ok(), fine, "{wide:o}");
        if let Err(e) = loaded {
            assert!(e.to_string().contains("chmod 600"), "{e}");
        }
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "it is never written twice");
    std::fs::write(&path, "canary").unwrap();
    let said = MasterKey::load_or_make(&path, &*dice()).unwrap_err();
    assert!(said.to_string().contains("43 characters") && !format!("{said} {said:?}").contains("canary"));
}

#[test]
fn two_who_make_the_master_key_get_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let dice = dice();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| MasterKey::load_or_make(&path, &*dice).unwrap());
        }
    });
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn nothing_secret_is_shown() {
    let house = house::sqlite().await;
    let vault = vault(&house.store, house.folder.path());
    let secrets = vault.of(tenant_id(1));
    secrets.put("p", &SecretString::from("canary")).await.unwrap();
    let key = std::fs::read_to_string(house.folder.path().join("master.key")).unwrap();
    let master = MasterKey::load_or_make(&house.folder.path().join("master.key"), &*dice()).unwrap();
    let got = secrets.get("p").await.unwrap();
    let shown = format!("{vault:?} {secrets:?} {master:?} {got:?}");
    assert!(!shown.contains("canary") && !shown.contains(key.trim()), "{shown}");
}
