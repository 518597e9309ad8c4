//! Edits of a stored post: the whole text, one section, or some words. Whatever an edit does not name stays as it is
//! stored, byte by byte, and is told apart from what is new, so that the site can keep it from its filters.

mod refused;

use super::count::Count;
use super::grammar::pieces;
use super::page::{Page, Part};
use super::text;
use super::tokens::{Token, compared, tokens, words};
use super::{MAX, Written, convert};
use refused::{EMPTY, many, none};
use std::collections::BTreeMap;

/// How many spots are looked at for words behind references.
const MOST: usize = 50;

/// From how many bytes on new words that are there already mean that the edit was done before. Shorter ones stand in any text.
const LONG: usize = 12;

/// What is to be done with a text.
pub(crate) enum Wish<'a> {
    /// All of it becomes this Markdown. A first heading that repeats the title is left out.
    Whole { markdown: &'a str, title: &'a str },
    /// What stands under a heading becomes this Markdown, up to the next heading of its level.
    Section { heading: &'a str, markdown: &'a str },
    /// Some words, as they stand in the Markdown, become others.
    Words { old: &'a str, new: &'a str },
}

/// A text after an edit.
#[derive(Debug)]
pub(crate) struct Edited {
    pub(crate) content: String,
    /// What was carried over: where it is now, where it was, and how long it is, in bytes.
    pub(crate) kept: Vec<[usize; 3]>,
    /// What changed, in words.
    pub(crate) say: String,
    /// What of the new text was left out.
    pub(crate) notes: Vec<String>,
}

/// Pieces of the new text: stored ones by their place, new ones, and stored ones with other words at one spot.
enum Piece {
    Old(usize),
    New(String),
    Reworded { place: usize, at: usize, length: usize, words: String },
}

impl Page<'_> {
    /// The text after an edit, or the sentence why not.
    pub(crate) fn edit(&self, wish: &Wish<'_>) -> Result<Edited, String> {
        match *wish {
            Wish::Whole { markdown, title } => {
                let (all, notes) = self.written(markdown, title)?;
                if all.is_empty() {
                    return Err(EMPTY.to_owned());
                }
                Ok(Edited { notes, ..self.put_together(all, "The text was replaced") })
            }
            Wish::Section { heading, markdown } => self.section(heading, markdown),
            Wish::Words { old, new } => self.words(old, new),
        }
    }

    /// Pieces for a Markdown text; what is the same as a stored piece is that piece.
    fn written(&self, markdown: &str, title: &str) -> Result<(Vec<Piece>, Vec<String>), String> {
        let Written { blocks, lost, notes } = convert(markdown, title, Some(self));
        if let Some(lost) = lost.first() {
            return Err(format!(
                "The text refers to a part that is not in the post ({lost}). Read the post again with get_post, and copy its keep comments whole."
            ));
        }
        if blocks.len() > MAX {
            return Err("The text has too many parts. Split it into two drafts.".to_owned());
        }
        let mut known: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, part) in self.parts.iter().enumerate().rev() {
            known.entry(format!("{:?}", compared(&part.tokens))).or_default().push(place);
        }
        let piece = |piece: super::grammar::Piece<'_>| {
            let raw = &blocks[piece.at];
            let same = known.get_mut(&format!("{:?}", compared(&tokens(raw))));
            let place = same.and_then(|places| if places.len() > 1 { places.pop() } else { places.first().copied() });
            place.map_or_else(|| Piece::New(raw.to_owned()), Piece::Old)
        };
        Ok((pieces(&blocks).into_iter().map(piece).collect(), notes))
    }

    fn section(&self, heading: &str, markdown: &str) -> Result<Edited, String> {
        let wanted = plain(heading.trim_start_matches('#'));
        let here: Vec<usize> =
            self.headings().filter(|(_, _, words)| plain(words) == wanted).map(|(at, ..)| at).collect();
        let &[begin] = here.as_slice() else { return Err(self.no_section(heading, here.len())) };
        let level = self.parts[begin].level();
        let end = self.headings().find(|(at, l, _)| *at > begin && *l <= level).map_or(self.parts.len(), |(at, ..)| at);
        self.no_footnotes(begin..end, markdown)?;
        let (mut new, notes) = self.written(markdown, "")?;
        if new.is_empty() {
            return Err(EMPTY.to_owned());
        }
        // Who repeats the heading means the same one; another one of its rank takes its place.
        let first = new.first().and_then(|piece| match piece {
            Piece::Old(at) => self.parts[*at].heading(),
            Piece::New(raw) => heading_of(raw),
            Piece::Reworded { .. } => None,
        });
        match first {
            Some((_, words)) if plain(&words) == wanted => new[0] = Piece::Old(begin),
            Some((rank, _)) if rank <= level => {}
            _ => new.insert(0, Piece::Old(begin)),
        }
        let mut all: Vec<Piece> = (0..begin).map(Piece::Old).collect();
        all.extend(new);
        all.extend((end..self.parts.len()).map(Piece::Old));
        let name = self.parts[begin].heading().map_or_else(String::new, |(_, words)| words);
        Ok(Edited { notes, ..self.put_together(all, &format!("The section “{name}” was replaced")) })
    }

    fn headings(&self) -> impl Iterator<Item = (usize, u8, String)> + '_ {
        self.parts.iter().enumerate().filter_map(|(at, part)| part.heading().map(|(level, words)| (at, level, words)))
    }

    /// Words may reach over several parts; those are written anew, and all others stay.
    fn words(&self, old: &str, new: &str) -> Result<Edited, String> {
        let whole = self.markdown();
        let found: Vec<usize> = whole.match_indices(old).map(|(at, _)| at).take(2).collect();
        let (from, to) = match found.as_slice() {
            [one] => (*one, one + old.len()),
            [] => return self.words_inside(old, new),
            _ => return Err(many()),
        };
        let (mut first, mut last, mut at) = (None, 0, 0);
        let (mut begin, mut end, mut torn) = (0, 0, false);
        for (place, part) in self.parts.iter().enumerate() {
            let start = at + self.gap(place).len();
            at = start + part.text.len();
            if at > from && start < to {
                if first.is_none() {
                    (first, begin) = (Some(place), start);
                }
                (last, end) = (place, at);
                torn |= part.kept && (start < from || at > to);
            }
        }
        let first = first.ok_or_else(|| none(old))?;
        if torn {
            return self.words_inside(old, new); // the words of a reference are only shown
        }
        self.no_footnotes(first..last + 1, new)?;
        let (before, after) = (&whole[begin.min(from)..from], whole.get(to..end.max(to)).unwrap_or_default());
        let (changed, notes) = self.written(&format!("{before}{new}{after}"), "")?;
        let mut all: Vec<Piece> = (0..first).map(Piece::Old).collect();
        all.extend(changed);
        all.extend((last + 1..self.parts.len()).map(Piece::Old));
        Ok(Edited { notes, ..self.put_together(all, "The words were replaced") })
    }

    /// Words in a part that stands behind a reference: plain words in place of plain words. All around them stays, byte by
    /// byte, and past the site's filters; so nothing but words may change, and never in a script.
    fn words_inside(&self, old: &str, new: &str) -> Result<Edited, String> {
        let escaped = text::escape(old);
        let mut spellings = vec![escaped.replace(text::JOINER, ""), escaped, old.to_owned()];
        spellings.dedup();
        let words = text::attribute(new);
        let (mut found, mut tried) = (Vec::new(), 0);
        for (place, part) in self.parts.iter().enumerate().filter(|(_, part)| part.kept && !is_active(part)) {
            for spelling in &spellings {
                for (at, _) in part.raw.match_indices(spelling.as_str()).filter(|(at, _)| !is_tag(part.raw, *at)) {
                    let (before, after) = (&part.raw[..at], &part.raw[at + spelling.len()..]);
                    if only_words(&part.tokens, &tokens(&format!("{before}{words}{after}"))) {
                        let length = spelling.len();
                        found.push((place, Piece::Reworded { place, at, length, words: words.clone() }));
                    }
                    tried += 1;
                    if found.len() > 1 || tried > MOST {
                        return Err(many());
                    }
                }
            }
        }
        let mut all: Vec<Piece> = (0..self.parts.len()).map(Piece::Old).collect();
        match found.pop() {
            Some((place, change)) => all[place] = change,
            None if new.trim().len() >= LONG && self.markdown().matches(new).count() == 1 => {} // it was done before
            None => return Err(none(old)),
        }
        Ok(self.put_together(all, "The words were replaced"))
    }

    /// The text of these pieces. In the order in which they are stored, it is the stored one.
    fn put_together(&self, all: Vec<Piece>, done: &str) -> Edited {
        let same = all.len() == self.parts.len()
            && all.iter().enumerate().all(|(place, piece)| matches!(piece, Piece::Old(at) if *at == place));
        if same {
            let kept = vec![[0, 0, self.content.len()]];
            return Edited {
                content: self.content.to_owned(),
                kept,
                say: "Nothing changed: it says so already.".to_owned(),
                notes: Vec::new(),
            };
        }
        let (mut content, mut kept) = (String::new(), Vec::new());
        for piece in &all {
            if !content.is_empty() {
                content.push_str("\n\n");
            }
            self.put(piece, &mut content, &mut kept);
        }
        Edited { content, kept, say: self.say(&all, done), notes: Vec::new() }
    }

    fn put(&self, piece: &Piece, content: &mut String, kept: &mut Vec<[usize; 3]>) {
        let mut carry = |content: &mut String, at: usize, raw: &str| {
            if !raw.is_empty() {
                kept.push([content.len(), at, raw.len()]);
                content.push_str(raw);
            }
        };
        match piece {
            Piece::New(raw) => content.push_str(raw),
            Piece::Old(place) => carry(content, self.parts[*place].at, self.parts[*place].raw),
            Piece::Reworded { place, at, length, words } => {
                let (part, end) = (&self.parts[*place], at + length);
                carry(content, part.at, &part.raw[..*at]);
                content.push_str(words);
                carry(content, part.at + end, &part.raw[end..]);
            }
        }
    }

    /// What was done, and what is new, gone and untouched.
    fn say(&self, all: &[Piece], done: &str) -> String {
        let (mut stays, mut comes, mut goes) = (Count::default(), Count::default(), Count::default());
        let mut left: Vec<bool> = vec![true; self.parts.len()];
        for piece in all {
            match piece {
                Piece::Old(place) => {
                    stays.add(self.parts[*place].name);
                    left[*place] = false;
                }
                Piece::New(raw) => pieces(raw).iter().for_each(|piece| comes.add(piece.name)),
                Piece::Reworded { place, .. } => comes.add(self.parts[*place].name),
            }
        }
        self.parts.iter().zip(left).filter(|(_, left)| *left).for_each(|(part, _)| goes.add(part.name));
        let mut say = format!("{done}.");
        for (what, count) in [("New", comes), ("Gone", goes), ("Untouched", stays)] {
            let count = count.in_words();
            if !count.is_empty() {
                say.push_str(&format!(" {what}: {count}."));
            }
        }
        say
    }
}

impl Part<'_> {
    fn heading(&self) -> Option<(u8, String)> {
        (self.name == "heading").then(|| (self.level(), words(&self.tokens)))
    }

    fn level(&self) -> u8 {
        (1..=6).find(|level| self.tokens.iter().any(|token| token.opens(&format!("h{level}")))).unwrap_or(2)
    }
}

fn heading_of(raw: &str) -> Option<(u8, String)> {
    let part =
        Part { at: 0, raw, name: pieces(raw).first()?.name, tokens: tokens(raw), text: String::new(), kept: false };
    part.heading()
}

/// Whether words of a part may be more than words.
fn is_active(part: &Part<'_>) -> bool {
    let active = ["script", "style", "svg", "math", "template", "noscript", "textarea", "iframe", "object"];
    part.tokens.iter().any(|token| active.iter().any(|tag| token.opens(tag) || token.closes(tag)))
}

/// Whether a place is within a tag or comment, at a glance.
fn is_tag(html: &str, at: usize) -> bool {
    html[..at].rfind('<').is_some_and(|tag| !html[tag..at].contains('>'))
}

/// Whether two pieces of HTML differ by the words at one spot, and by nothing else.
fn only_words(before: &[Token], after: &[Token]) -> bool {
    let differ: Vec<_> = before.iter().zip(after).filter(|(one, other)| one != other).collect();
    before.len() == after.len() && matches!(differ.as_slice(), [(Token::Text(_), Token::Text(_))])
}

/// Words as they are compared.
fn plain(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests;
