//! The files of a site's folder: linking, copying, comparing, and writing in one go.

use super::super::Config;
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt;

/// What of the project's `wordpress` folder a site runs from.
pub(super) const OURS: [&str; 3] = ["wp-config.php", "mu-plugins", "slipway-connect"];

/// Where `htdocs` remembers which files it holds. Written last.
const SEAL: &str = "wp-content/.slipway";

/// The text of a file; `None` when there is none.
pub(super) async fn read(path: &Path) -> io::Result<Option<String>> {
    match tokio::fs::read_to_string(path).await {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Writes beside and renames, so that the file is always whole and never wider open than `mode`.
pub(super) async fn write(path: &Path, text: &[u8], mode: u32) -> io::Result<()> {
    let part = path.with_extension("part");
    let _ = tokio::fs::remove_file(&part).await;
    let mut out = tokio::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&part).await?;
    out.write_all(text).await?;
    // The write itself happens behind the scenes; only a flush tells that it failed (a full disk).
    out.flush().await?;
    out.sync_all().await?;
    tokio::fs::rename(&part, path).await
}

/// Is there nothing in it but what a cut-off claim leaves?
pub(super) async fn is_bare(root: &Path) -> io::Result<bool> {
    let mut entries = match tokio::fs::read_dir(root).await {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(e) => return Err(e),
    };
    while let Some(entry) = entries.next_entry().await? {
        let name = entry.file_name();
        let empty = name == "uploads" && tokio::fs::read_dir(entry.path()).await?.next_entry().await?.is_none();
        if !empty && name != "tenant.part" {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Builds `htdocs` beside the old one and swaps them. Uploads live outside and are linked in.
pub(super) fn fill(config: &Config, root: &Path, fingerprint: &str) -> io::Result<()> {
    let (now, new, old) = (root.join("htdocs"), root.join("htdocs.new"), root.join("htdocs.old"));
    if fs::read_to_string(now.join(SEAL)).is_ok_and(|seal| seal == fingerprint) {
        return link_uploads(&now);
    }
    clear(&new)?;
    link(&config.core.canonicalize()?, &new)?;
    let content = new.join("wp-content");
    for (from, to) in [
        ("wp-config.php", new.join("wp-config.php")),
        ("mu-plugins", content.join("mu-plugins")),
        ("slipway-connect", content.join("plugins/slipway-connect")),
    ] {
        clear(&to)?;
        copy(&config.wordpress.join(from), &to)?;
    }
    link_uploads(&new)?;
    fs::write(new.join(SEAL), fingerprint)?;
    clear(&old)?;
    if now.exists() {
        fs::rename(&now, &old)?;
    }
    fs::rename(&new, &now)?;
    clear(&old)
}

/// Links the uploads, which live beside `htdocs`, into it: by a way that holds wherever the folder is moved.
pub(super) fn link_uploads(htdocs: &Path) -> io::Result<()> {
    let (link, way) = (htdocs.join("wp-content/uploads"), Path::new("../../uploads"));
    if fs::read_link(&link).is_ok_and(|to| to == way) {
        return Ok(());
    }
    clear(&link)?;
    symlink(way, link)
}

/// Removes everything, the mark last.
pub(super) fn remove(root: &Path) -> io::Result<()> {
    if !root.exists() {
        return Ok(());
    }
    for path in children(root)? {
        if !path.ends_with("tenant") {
            clear(&path)?;
        }
    }
    clear(&root.join("tenant"))?;
    fs::remove_dir(root)
}

/// Adds names and contents of everything below `path` to `hash`, in the order of names.
pub(super) fn digest(path: &Path, hash: &mut Sha256) -> io::Result<()> {
    hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
    if !path.is_dir() {
        hash.update(Sha256::digest(fs::read(path)?));
        return Ok(());
    }
    for child in children(path)? {
        digest(&child, hash)?;
    }
    hash.update(b"/");
    Ok(())
}

/// Removes a file, a link or a folder with all in it; nothing there is fine.
fn clear(path: &Path) -> io::Result<()> {
    let done = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(e) => Err(e),
    };
    match done {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// The same tree by hard links; where a link cannot be made (another file system), by copies.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        if fs::symlink_metadata(from)?.is_symlink() {
            return fs::copy(from, to).map(drop);
        }
        return match fs::hard_link(from, to) {
            // Never where `to` is there already: it may be a link to the same file, and copying would empty both.
            Err(e) if cannot_link(&e) => fs::copy(from, to).map(drop),
            done => done,
        };
    }
    fs::create_dir_all(to)?;
    children(from)?.iter().try_for_each(|child| link(child, &beneath(to, child)))
}

fn cannot_link(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, TooManyLinks, Unsupported};
    matches!(error.kind(), CrossesDevices | PermissionDenied | TooManyLinks | Unsupported)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir_all(to)?;
    children(from)?.iter().try_for_each(|child| copy(child, &beneath(to, child)))
}

fn beneath(folder: &Path, child: &Path) -> PathBuf {
    folder.join(child.file_name().unwrap_or_default())
}

fn children(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_are_found_after_the_folder_was_moved() {
        let data = tempfile::tempdir().expect("a folder");
        let (old, new) = (data.path().join("old"), data.path().join("new"));
        let content = old.join("htdocs/wp-content");
        fs::create_dir_all(&content).expect("there is room");
        fs::create_dir_all(old.join("uploads")).expect("there is room");
        fs::write(old.join("uploads/picture.png"), "a picture").expect("there is room");
        // As earlier versions left it: by the whole way, which ends when the folder moves.
        symlink(old.join("uploads"), content.join("uploads")).expect("there is room");
        fs::rename(&old, &new).expect("it can be moved");
        let picture = new.join("htdocs/wp-content/uploads/picture.png");
        assert!(fs::read(&picture).is_err());
        for _ in 0..2 {
            link_uploads(&new.join("htdocs")).expect("there is room");
            assert_eq!(fs::read(&picture).expect("it is found"), b"a picture");
        }
        fs::rename(&new, &old).expect("it can be moved");
        assert!(old.join("htdocs/wp-content/uploads/picture.png").exists(), "and once more");
    }
}
