//! The outermost pieces of a post's text: blocks between their comments, and what lies outside of blocks. Read as
//! WordPress's own `WP_Block_Parser` reads them: by the comments alone, whatever HTML is around them.

use std::ops::Range;

/// A block comment.
pub(super) struct Mark<'a> {
    /// `/wp:…`: the end of a block.
    pub(super) closes: bool,
    /// `… /-->`: a block without content.
    pub(super) void: bool,
    /// `paragraph`, `acme/price-table`; without the `core/` that WordPress leaves out too.
    pub(super) name: &'a str,
    /// JSON, or nothing.
    pub(super) attributes: &'a str,
}

/// The block comment whose inside this is, if it is one.
pub(super) fn mark(comment: &str) -> Option<Mark<'_>> {
    let inside = comment.strip_prefix(|c: char| c.is_ascii_whitespace())?.trim_ascii();
    let (closes, rest) = inside.strip_prefix('/').map_or((false, inside), |rest| (true, rest));
    let rest = rest.strip_prefix("wp:")?;
    let (rest, void) = rest.strip_suffix('/').map_or((rest, false), |rest| (rest.trim_ascii_end(), true));
    let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
    let (name, attributes) = (&rest[..end], rest[end..].trim_ascii_start());
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '/');
    let named = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(fine);
    let json = attributes.is_empty() || attributes.starts_with('{') && attributes.ends_with('}');
    let name = name.strip_prefix("core/").unwrap_or(name);
    (named && json).then_some(Mark { closes, void, name, attributes })
}

/// A piece: where it lies, and the name of its block; empty for HTML outside of blocks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) at: Range<usize>,
    pub(super) name: &'a str,
}

/// The pieces in their order, without the blanks between them. A block that never ends goes on to the end of the text,
/// and so does what follows an end without a beginning.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let (mut from, mut seen) = (0, 0);
    let mut open: Option<(usize, &str)> = None;
    let mut depth = 0_usize;
    while let Some(begin) = text[seen..].find("<!--").map(|at| seen + at) {
        let Some(end) = text[begin..].find("-->").map(|at| begin + at + 3) else { break };
        let Some(mark) = text.get(begin + 4..end - 3).and_then(mark) else {
            seen = begin + 4;
            continue;
        };
        seen = end;
        match (open, mark.closes) {
            (None, true) => break,
            (None, false) => {
                loose(text, from..begin, &mut found);
                if mark.void {
                    found.push(Piece { at: begin..end, name: mark.name });
                    from = end;
                } else {
                    (open, depth) = (Some((begin, mark.name)), 1);
                }
            }
            (Some(_), false) => depth += usize::from(!mark.void),
            (Some((start, name)), true) => {
                depth -= 1;
                if depth == 0 {
                    found.push(Piece { at: start..end, name });
                    (open, from) = (None, end);
                }
            }
        }
    }
    match open {
        Some((start, name)) => found.push(Piece { at: start..text.trim_end().len(), name }),
        None => loose(text, from..text.len(), &mut found),
    }
    found
}

/// HTML between blocks, if there is any.
fn loose<'a>(text: &'a str, at: Range<usize>, found: &mut Vec<Piece<'a>>) {
    let inside = &text[at.clone()];
    let start = at.start + (inside.len() - inside.trim_start().len());
    if !inside.trim().is_empty() {
        found.push(Piece { at: start..start + inside.trim().len(), name: "" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(&str, &str)> {
        pieces(text).into_iter().map(|p| (p.name, &text[p.at])).collect()
    }

    #[test]
    fn takes_the_outermost_blocks() {
        let quote = "<!-- wp:quote -->\n<blockquote><!-- wp:core/paragraph -->\n<p>a</p>\n<!-- /wp:core/paragraph --></blockquote>\n<!-- /wp:quote -->";
        let more = "<!-- wp:acme/price-table {\"a\":{\"b\":1}} /-->";
        let text = format!("{quote}\n\n<p>old</p> <!-- a note -->\n{more}\n");
        assert_eq!(names(&text), [("quote", quote), ("", "<p>old</p> <!-- a note -->"), ("acme/price-table", more)]);
        assert!(pieces(" \n").is_empty());
    }

    #[test]
    fn what_is_not_closed_goes_to_the_end() {
        let open = "<!-- wp:group -->\n<div><!-- wp:paragraph --><p>a</p><!-- /wp:paragraph -->";
        assert_eq!(names(open), [("group", open)]);
        let stray = "<p>a</p><!-- /wp:paragraph --><!-- wp:separator --><hr><!-- /wp:separator -->";
        assert_eq!(names(stray), [("", stray)]);
    }
}
