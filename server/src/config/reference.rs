//! The reference, `docs/configuration.md`, from the same declarations that read the file.

use super::{
    SECTIONS, plan,
    section::{Kind, Section},
    table::variable,
};
use std::fmt::Write;

const HEAD: &str = "# Configuration

Slipway reads one TOML file (`slipway serve --config slipway.toml`) and then the environment, which wins: the key `host`
of section `[database.server]` is `SLIPWAY_DATABASE__SERVER__HOST`. A misspelt name is an error, never ignored. Each
*secret* can be given as a file instead: `<key>_file` names it, and one line break at its end does not count.
Of the sections of drivers (`[database.server]`, …) only the chosen one is read.

This page is generated from `server/src/config/`; a test keeps it up to date.
";

/// The whole page.
pub fn reference() -> String {
    let mut page = HEAD.to_owned();
    for section in SECTIONS {
        write_section(&mut page, section, &format!("[{}]", section.path));
    }
    write_section(&mut page, &plan::SECTION, "[[plan]]");
    page
}

fn write_section(page: &mut String, section: &Section, title: &str) {
    let list = title.starts_with("[[");
    let _ = write!(page, "\n## `{title}`\n\n{}\n\n", section.about.trim());
    let head = if list { "| Key | Default | What |" } else { "| Key | Default | What | Environment |" };
    let rule = if list { "|---|---|---|" } else { "|---|---|---|---|" };
    let _ = writeln!(page, "{head}\n{rule}");
    for key in section.keys {
        let default = match key.default {
            Some(value) => format!("`{value}`"),
            None if key.optional => "none".to_owned(),
            None => "**required**".to_owned(),
        };
        let kind = if key.kind == Kind::Text { String::new() } else { format!(" ({})", key.kind.word()) };
        let _ = write!(page, "| `{}`{kind} | {default} | {} |", key.name, key.about.trim());
        let _ = if list { writeln!(page) } else { writeln!(page, " `{}` |", variable(section, key.name)) };
    }
}
