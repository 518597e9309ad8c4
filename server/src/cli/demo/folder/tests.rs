//! Tests of the demo's folder.

use super::*;
use std::os::unix::fs::PermissionsExt as _;

/// Not random, which is no matter here.
pub(in super::super) struct Zeroes;

impl Dice for Zeroes {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
}

pub(in super::super) fn at(data: &Path, net: Net) -> anyhow::Result<Folder> {
    let args = Args {
        reset: false,
        data: Some(data.to_owned()),
        net: Some(net),
        cluster: None,
        ionos: None,
        identity: super::super::Identity::Provider,
        parts: PathBuf::new(),
        json_ready: None,
        no_portal: false,
    };
    Folder::open(&args, &Vars::new())
}

const NET: Net = Net([127, 0, 9]);

#[test]
fn belongs_to_one_demo_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("demo");
    let first = at(&data, NET).unwrap();
    assert!(at(&data, NET).err().unwrap().to_string().contains("already runs"));
    drop(first);
    at(&data, NET).unwrap();
}

#[test]
fn never_takes_or_clears_a_folder_of_somebody_else() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("thesis.txt"), "three years").unwrap();
    assert!(at(dir.path(), NET).err().unwrap().to_string().contains("no demo's folder"));
    assert!(dir.path().join("thesis.txt").exists());
}

#[test]
fn keeps_secrets_and_addresses_until_it_is_cleared() {
    let dir = tempfile::tempdir().unwrap();
    let folder = at(dir.path(), NET).unwrap();
    folder.lay_out(&Zeroes).unwrap();
    let secret = folder.secret("openwebui-jwt-secret");
    assert_eq!(std::fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::write(&secret, "kept").unwrap();
    drop(folder);

    let elsewhere = at(dir.path(), Net([127, 0, 5])).unwrap();
    assert!(elsewhere.lay_out(&Zeroes).unwrap_err().to_string().contains("--net 127.0.9"));
    drop(elsewhere);

    let folder = at(dir.path(), NET).unwrap();
    folder.lay_out(&Zeroes).unwrap();
    assert_eq!(folder.reveal("openwebui-jwt-secret").unwrap(), "kept");
    folder.clear().unwrap();
    assert!(!secret.exists());
    folder.lay_out(&Zeroes).unwrap();
    assert_eq!(folder.reveal("openwebui-jwt-secret").unwrap().len(), 43);
}
