//! How people are written to.

use super::section::{choice, section};
use std::path::PathBuf;

choice! {
    /// How people are written to.
    Mail at "mail", default "log";
    /// each letter becomes a file.
    Log(MailLog) = "log";
}

section! {
    /// Letters as files, for demonstration and development.
    MailLog at "mail.log";
    /// Folder for the letters.
    folder: PathBuf = "mail";
}
