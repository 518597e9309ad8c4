//! Names of people and tenants, as others read them: in lists, letters and subject lines.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// Longest name of a person, in characters.
pub const PERSON: usize = 100;
/// Longest name of a tenant, in characters.
pub const TENANT: usize = 80;

/// A name in one line that can be seen: letters, marks, digits, punctuation and symbols of any alphabet, with single
/// spaces between words.
///
/// It has no controls, no signs that change the direction of the text, nothing invisible and no private or unassigned
/// characters. Joiners and forms of emoji stay where they belong to the character before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(String);

/// Why a typed name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing to see, or too much.
    #[error("Write a name of 1 to {0} characters.")]
    Length(usize),
    /// Characters that a name cannot have.
    #[error("Write the name again by hand: it holds characters that cannot be seen or that turn the text around.")]
    Hidden,
}

impl DisplayName {
    /// A name that somebody typed, of at most `most` characters.
    ///
    /// # Errors
    /// It cannot be taken as it is.
    pub fn parse(text: &str, most: usize) -> Result<Self, NameError> {
        let text = text.trim();
        let (line, whole) = in_line(text);
        if !whole {
            return Err(NameError::Hidden);
        }
        let fits = line.chars().any(shows) && line.chars().count() <= most;
        if fits { Ok(Self(line)) } else { Err(NameError::Length(most)) }
    }

    /// A name that another system tells: what no name can hold is left out, and it ends after `most` characters. `None`
    /// when nothing is left to see.
    pub fn clean(text: &str, most: usize) -> Option<Self> {
        // Whatever comes, a bounded part of it is read.
        let read: String = text.chars().take(most.saturating_mul(10)).collect();
        let line: String = in_line(&read).0.chars().take(most).collect();
        let line = line.trim_end_matches([' ', '\u{200c}', '\u{200d}']);
        line.chars().any(shows).then(|| Self(line.to_owned()))
    }
}

/// What people read in the place of a WordPress login.
pub fn of_login(login: &str, id: i64) -> String {
    DisplayName::clean(login, PERSON).map_or_else(|| format!("number {id}"), String::from)
}

/// The text in one line, without what no name can hold.
pub fn one_line(text: &str) -> String {
    in_line(text).0
}

/// The same, and whether nothing was left out.
fn in_line(text: &str) -> (String, bool) {
    let (mut line, mut whole) = (String::with_capacity(text.len()), true);
    for c in text.chars() {
        let before = line.chars().next_back();
        let space = matches!(c.general_category_group(), GeneralCategoryGroup::Separator) || c.is_control();
        whole &= !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
        let mark = c.general_category_group() == GeneralCategoryGroup::Mark && !ignorable(c);
        if space {
            line.extend(before.filter(|before| *before != ' ').map(|_| ' '));
        } else if shows(c) || mark || before.is_some_and(|before| carries(before, c)) {
            line.push(c);
        } else {
            whole = false;
        }
    }
    line.truncate(line.trim_end().len());
    (line, whole)
}

/// Somebody sees this character by itself.
fn shows(c: char) -> bool {
    use GeneralCategoryGroup as G;
    matches!(c.general_category_group(), G::Letter | G::Number | G::Punctuation | G::Symbol) && !ignorable(c)
}

/// Joiners and forms of emoji change the character before them.
fn carries(before: char, c: char) -> bool {
    let mark = matches!(before.general_category(), GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark);
    match c {
        '\u{200c}' | '\u{200d}' => shows(before) || mark,
        '\u{fe0e}' | '\u{fe0f}' => shows(before),
        _ => false,
    }
}

/// Letters, marks and symbols without ink: Unicode's `Default_Ignorable_Code_Point` among them, and blank symbols.
fn ignorable(c: char) -> bool {
    matches!(c,
        '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{1d159}' | '\u{e0100}'..='\u{e01ef}')
}

impl From<DisplayName> for String {
    fn from(name: DisplayName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> Option<String> {
        DisplayName::clean(text, PERSON).map(String::from)
    }

    fn typed(text: &str) -> Result<String, NameError> {
        DisplayName::parse(text, TENANT).map(String::from)
    }

    #[test]
    fn names_of_every_alphabet_stay_as_they_are() {
        for name in [
            "Ada Lovelace",
            "Müller & Söhne",
            "O’Neill (Ops)",
            "株式会社",
            "علی\u{200c}رضا",
            "शर्\u{200d}मा",
            "Acme ❤\u{fe0f}\u{200d}🔥",
            "Zoe\u{301}",
            "Ж",
            "7",
        ] {
            assert_eq!(typed(name).as_deref(), Ok(name));
            assert_eq!(cleaned(name).as_deref(), Some(name));
        }
        assert_eq!(typed("  Acme \u{a0} Tools\u{3000}").as_deref(), Ok("Acme Tools"));
    }

    #[test]
    fn what_cannot_be_seen_is_no_name() {
        for nothing in
            ["", " ", "\u{3164}", "\u{200b}\u{200d}", "\u{ad}", "\u{2800}\u{115f}", "\u{301}", "\u{feff}", "\u{e000}"]
        {
            assert_eq!(cleaned(nothing), None, "{nothing:?}");
            assert!(typed(nothing).is_err(), "{nothing:?}");
        }
    }

    #[test]
    fn what_turns_the_text_around_is_left_out_and_refused() {
        for turning in ['\u{202e}', '\u{2066}', '\u{2069}', '\u{200f}', '\u{61c}'] {
            let name = format!("Acme{turning} slooT");
            assert_eq!(typed(&name), Err(NameError::Hidden), "{turning:?}");
            assert_eq!(cleaned(&name).as_deref(), Some("Acme slooT"), "{turning:?}");
        }
        assert_eq!(typed("Acme\nTools"), Err(NameError::Hidden));
        assert_eq!(cleaned("Ada\r\nBcc: all@example.org").as_deref(), Some("Ada Bcc: all@example.org"));
        assert_eq!(cleaned("Ada\u{2028}\u{3164} Lovelace\u{200d}").as_deref(), Some("Ada Lovelace"));
    }

    #[test]
    fn lengths_are_bounded() {
        assert_eq!(typed(&"ä".repeat(TENANT)).map(|name| name.chars().count()), Ok(TENANT));
        assert_eq!(typed(&"ä".repeat(TENANT + 1)), Err(NameError::Length(TENANT)));
        assert_eq!(cleaned(&"ä".repeat(100_000)).map(|name| name.chars().count()), Some(PERSON));
    }
}
