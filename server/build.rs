//! Tells cargo what is built in besides Rust: migrations, and the browser's half once it was built.

use std::path::Path;

fn main() {
    let folders = ["migrations", "templates", "../app/assets/dist"];
    let built_in = folders.into_iter().filter(|folder| Path::new(folder).exists());
    let lines: String = built_in.map(|folder| format!("cargo:rerun-if-changed={folder}\n")).collect();
    std::io::Write::write_all(&mut std::io::stdout(), lines.as_bytes()).unwrap_or_default();
}
