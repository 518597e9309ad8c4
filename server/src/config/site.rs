//! Where the tenants' sites run.

use super::section::{choice, section};
use std::path::PathBuf;

choice! {
    /// Where the tenants' WordPress sites run.
    Site at "site", default "process";
    /// PHP's own web server on this host, for demonstration and development.
    Process(SiteProcess) = "process";
}

section! {
    /// Sites as processes on this host.
    SiteProcess at "site.process";
    /// Folder of an unpacked WordPress.
    core: PathBuf;
    /// The folder `wordpress` of this project.
    wordpress: PathBuf;
    /// Folder for the sites' files.
    data: PathBuf;
    /// PHP's program.
    php: PathBuf = "php";
    /// TCP port of the sites.
    port: u16 = 8000;
}
