//! Why an edit is refused, in words that tell the model what to do instead.

use super::Page;

/// Nothing would be left.
pub(super) const EMPTY: &str = "The text is empty. Write it as Markdown, not as HTML.";

impl Page<'_> {
    pub(super) fn no_section(&self, heading: &str, found: usize) -> String {
        if found > 1 {
            return format!("There are {found} sections “{heading}”. Name the words to change with replace instead.");
        }
        let all: Vec<String> = self.headings().map(|(_, _, words)| format!("“{words}”")).take(50).collect();
        match all.as_slice() {
            [] => "The post has no headings, so it has no sections. Use replace, or give the whole text.".to_owned(),
            _ => format!("There is no section “{heading}”. The sections are: {}.", all.join(", ")),
        }
    }

    /// Footnotes are numbered by their mentions in the whole text, so a part of it cannot be written anew by itself.
    pub(super) fn no_footnotes(&self, touched: std::ops::Range<usize>, new: &str) -> Result<(), String> {
        let said = |text: &str| text.contains("[^");
        if said(new) || self.parts[touched].iter().any(|part| said(&part.text)) {
            return Err(
                "This part has footnotes, which are numbered over the whole text. Read the post with get_post, \
                then send its whole text with the change in it, and the version."
                    .to_owned(),
            );
        }
        Ok(())
    }
}

pub(super) fn none(old: &str) -> String {
    let shown: String = old.chars().take(60).collect();
    format!("The old text “{shown}” is not in the post. Copy it exactly as get_post shows it.")
}

pub(super) fn many() -> String {
    "The old text is in the post more than once. Give more of what stands around it.".to_owned()
}
