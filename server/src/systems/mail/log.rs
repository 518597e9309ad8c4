//! Driver: letters as files, for the demo and for development. Each is a whole message that mail programs open; its name
//! is its id, so the same letter is written once.

use super::{Letter, Mail};
use crate::domain::{Fault, Health};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt;

/// A folder that takes letters.
#[derive(Debug, Clone)]
pub struct LogMail {
    folder: PathBuf,
}

impl LogMail {
    /// Letters go into `folder`, which is made when it is missing.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The file of a letter. Ids are ours, and are still kept from leaving the folder.
    fn file(&self, id: &str) -> Result<PathBuf, Fault> {
        let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if id.is_empty() || id.len() > 100 || !id.chars().all(fine) {
            return Err(Fault::fail("letter_id", "A letter has an id that is no file name.", "Report this."));
        }
        Ok(self.folder.join(format!("{id}.eml")))
    }
}

#[async_trait]
impl Mail for LogMail {
    async fn sent(&self, id: &str) -> Result<bool, Fault> {
        tokio::fs::try_exists(self.file(id)?).await.map_err(|e| unwritable(&self.folder, &e))
    }

    async fn send(&self, letter: &Letter) -> Result<(), Fault> {
        let file = self.file(&letter.id)?;
        if self.sent(&letter.id).await? {
            return Ok(());
        }
        write(&file, message(letter).as_bytes()).await.map_err(|e| unwritable(&self.folder, &e))?;
        tracing::info!(letter = letter.id, file = %file.display(), "a letter was written");
        Ok(())
    }

    async fn health(&self) -> Health {
        match tokio::fs::create_dir_all(&self.folder).await {
            Ok(()) => Health::good(format!("Letters are written to {}", self.folder.display())),
            Err(e) => Health::bad(unwritable(&self.folder, &e).to_string(), "Make the folder writable for the portal."),
        }
    }
}

/// Writes beside and renames, so that a file with the right name is always whole.
async fn write(file: &Path, text: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let part = file.with_extension("eml.part");
    let mut out = tokio::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part).await?;
    out.write_all(text).await?;
    // The write itself happens behind the scenes; only a flush tells that it failed (a full disk).
    out.flush().await?;
    out.sync_all().await?;
    tokio::fs::rename(&part, file).await
}

fn unwritable(folder: &Path, error: &std::io::Error) -> Fault {
    Fault::retry(format!("Letters cannot be kept in {} ({error}).", folder.display()))
}

/// The letter as a message of RFC 5322 with two alternatives (RFC 2046). It has no date: the driver has no clock.
fn message(letter: &Letter) -> String {
    let digest = Sha256::digest(format!("{}\n{}\n{}", letter.id, letter.text, letter.html).as_bytes());
    let boundary: String = digest[..12].iter().map(|b| format!("{b:02x}")).collect();
    let mut out = format!(
        "Message-ID: <{}@slipway.invalid>\r\nFrom: Slipway <slipway@slipway.invalid>\r\nTo: <{}>\r\nSubject: {}\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n",
        letter.id,
        letter.to,
        header(&letter.subject),
    );
    for (kind, body) in [("plain", &letter.text), ("html", &letter.html)] {
        let body = body.replace("\r\n", "\n").replace('\n', "\r\n");
        out += &format!(
            "--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n"
        );
    }
    out + &format!("--{boundary}--\r\n")
}

/// A header's text: one line, and encoded where it is not ASCII (RFC 2047; a word holds at most 75 characters).
fn header(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.is_ascii() {
        return line;
    }
    let mut words = vec![String::new()];
    for c in line.chars() {
        if words.last().is_some_and(|w| w.len() + c.len_utf8() > 42) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    words.iter().map(|w| format!("=?utf-8?B?{}?=", STANDARD.encode(w))).collect::<Vec<_>>().join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Email;

    fn letter() -> Letter {
        Letter {
            id: "welcome-1".to_owned(),
            to: Email::parse("ada@example.org").expect("an address"),
            subject: "Willkommen bei Müller & Söhne\r\nBcc: all@example.org".to_owned(),
            text: "Hello\nAda".to_owned(),
            html: "<p>Hello Ada".to_owned(),
        }
    }

    #[tokio::test]
    async fn writes_once_and_knows_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let mail = LogMail::new(folder.path().join("mail"));
        assert_eq!(mail.sent("welcome-1").await, Ok(false));
        mail.send(&letter()).await.expect("written");
        let first = std::fs::read_to_string(folder.path().join("mail/welcome-1.eml")).expect("there");
        mail.send(&Letter { text: "Other".to_owned(), ..letter() }).await.expect("nothing to do");
        assert_eq!(mail.sent("welcome-1").await, Ok(true));
        assert_eq!(std::fs::read_to_string(folder.path().join("mail/welcome-1.eml")).expect("there"), first);
        assert!(first.contains("Hello\r\nAda\r\n") && first.contains("<p>Hello Ada"));
        assert_eq!(std::fs::read_dir(folder.path().join("mail")).expect("a folder").count(), 1);
        assert!(mail.health().await.ok);
    }

    #[tokio::test]
    async fn keeps_ids_in_the_folder_and_headers_in_their_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let mail = LogMail::new(folder.path());
        for id in ["", "../x", "a/b", "a b"] {
            assert!(matches!(mail.sent(id).await, Err(Fault::Fail { code: "letter_id", .. })), "{id}");
        }
        let text = message(&letter());
        assert!(!text.contains("\r\nBcc:"), "{text}");
        assert_eq!(header("plain\ntext"), "plain text");
        let long = header(&"ü".repeat(80));
        assert!(long.lines().all(|l| l.trim().len() <= 75), "{long}");
    }
}
