//! What PHP wrote, in words that fit into a sentence.

use crate::systems::site::contract;
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// A log that is larger is emptied, bytes.
pub(super) const LARGEST: u64 = 5 * 1024 * 1024;

/// The last lines of a log that are not about single requests.
pub(super) async fn last_words(path: &Path) -> String {
    let tail = async {
        let mut file = tokio::fs::File::open(path).await?;
        let length = file.metadata().await?.len();
        file.seek(std::io::SeekFrom::Start(length.saturating_sub(4096))).await?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).await?;
        Ok::<_, std::io::Error>(text)
    };
    contract::last_words(&tail.await.unwrap_or_default())
}

/// Empties a log that has grown too large. PHP appends, so it goes on at the new end.
pub(super) async fn bound(path: &Path) {
    if tokio::fs::metadata(path).await.is_ok_and(|m| m.len() > LARGEST)
        && let Ok(file) = tokio::fs::OpenOptions::new().write(true).open(path).await
    {
        let _ = file.set_len(0).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn empties_only_what_is_too_large() {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("php.log");
        std::fs::write(&log, "short").expect("written");
        bound(&log).await;
        assert_eq!(last_words(&log).await, "short");
        std::fs::write(&log, vec![b'x'; usize::try_from(LARGEST).expect("fits") + 1]).expect("written");
        bound(&log).await;
        assert_eq!(last_words(&log).await, "nothing");
    }
}
