//! How many blocks of which kind, in words.

use std::collections::BTreeMap;

/// How many blocks of which kind.
#[derive(Default)]
pub(super) struct Count(BTreeMap<String, usize>);

impl Count {
    pub(super) fn add(&mut self, name: &str) {
        let kind = match name {
            "" => "piece of HTML",
            "image" => "picture",
            "code" => "code block",
            "paragraph" | "heading" | "list" | "quote" | "table" | "separator" | "gallery" => name,
            other => &format!("block of the kind {other}"),
        };
        *self.0.entry(kind.to_owned()).or_default() += 1;
    }

    /// `1 gallery, 2 paragraphs`; empty if there are none.
    pub(super) fn in_words(&self) -> String {
        let one = |(kind, n): (&String, &usize)| match (kind.as_str(), *n) {
            (kind, 1) => format!("1 {kind}"),
            ("gallery", n) => format!("{n} galleries"),
            ("piece of HTML", n) => format!("{n} pieces of HTML"),
            (kind, n) => match kind.split_once(" of the kind ") {
                Some((_, name)) => format!("{n} blocks of the kind {name}"),
                None => format!("{n} {kind}s"),
            },
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}
