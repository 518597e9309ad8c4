//! How a value gets into a manifest: always as one JSON string, which is YAML's double-quoted scalar (YAML 1.2, section
//! 7.3.1). Whatever a name or address holds, it stays inside its quotes. Only characters that every YAML reader takes
//! for themselves are written as they are; line and paragraph separators, for one, are not.

use askama::filters::Escaper;
use std::fmt::{Result, Write};

/// Writes a text as one quoted scalar.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::systems) struct Yaml;

impl Escaper for Yaml {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> Result {
        dest.write_char('"')?;
        for c in string.chars() {
            match c {
                '"' | '\\' => write!(dest, "\\{c}")?,
                ' '..='~' => dest.write_char(c)?,
                c if u32::from(c) <= 0xffff => write!(dest, "\\u{:04x}", u32::from(c))?,
                c => dest.write_char(c)?,
            }
        }
        dest.write_char('"')
    }
}
