//! What PHP wrote, in words that fit into a sentence.

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
    plain(&tail.await.unwrap_or_default())
}

/// The last three lines that say something, on one line and at most 400 characters.
pub(super) fn plain(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty() && !is_request(l)).collect();
    let last = lines[lines.len().saturating_sub(3)..].join(" ");
    let last: String = last.chars().filter(|c| !c.is_control()).take(400).collect();
    if last.is_empty() { "nothing".to_owned() } else { last }
}

/// PHP's server writes three lines for each request; addresses may hold what a page of ours must not repeat.
fn is_request(line: &str) -> bool {
    line.ends_with(" Accepted") || line.ends_with(" Closing") || line.contains(" GET ") || line.contains(" POST ")
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

    #[test]
    fn tells_the_reason_and_no_requests() {
        let text = b"[Sun] 127.1.2.3:80 Accepted\n[Sun] 127.1.2.3:80 [200]: GET /?code=abc\n[Sun] Failed to listen on \
                     127.64.0.1:80 (reason: Address already in use)\n\n[Sun] 127.1.2.3:80 Closing\n";
        assert_eq!(plain(text), "[Sun] Failed to listen on 127.64.0.1:80 (reason: Address already in use)");
        assert_eq!(plain(b""), "nothing");
        assert!(plain("x".repeat(9000).as_bytes()).len() <= 400);
    }

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
