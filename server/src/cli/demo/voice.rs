//! What the demo says while it works: a line for each thing that is done. On a terminal the last line is alive and
//! tells what is still awaited; into a file only whole lines go.

use std::io::{IsTerminal as _, Write as _};

/// Standard output, for people.
pub(super) struct Voice {
    terminal: bool,
}

impl Voice {
    pub(super) fn new() -> Self {
        Self { terminal: std::io::stdout().is_terminal() }
    }

    /// A whole line.
    pub(super) fn say(&self, line: &str) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}{line}", self.wipe())?;
        out.flush()
    }

    /// The living line; nothing where there is no terminal.
    pub(super) fn hint(&self, line: &str) -> std::io::Result<()> {
        if !self.terminal {
            return Ok(());
        }
        let mut out = std::io::stdout().lock();
        // Longer lines would wrap and could not be wiped.
        let line: String = line.chars().take(76).collect();
        write!(out, "{}{line}", self.wipe())?;
        out.flush()
    }

    fn wipe(&self) -> &'static str {
        if self.terminal { "\r\x1b[2K" } else { "" }
    }
}
