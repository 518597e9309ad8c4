//! How a short name is made from a display name. The browser and the server propose with this one function, so that a
//! form gives the same tenant with and without a script. Whether the result may be used is the server's to say.

/// Longest slug, in characters.
pub const LONGEST: usize = 30;

/// A slug from a name in small letters: letters a to z, digits and single hyphens, a letter first. Empty when the name has
/// none. The caller makes the letters small: a browser can, and the tables for it would weigh more than all the rest there.
pub fn propose(small: &str) -> String {
    let mut slug = String::new();
    for letter in small.chars() {
        match plain(letter) {
            Some(more) => more.chars().for_each(|letter| add(&mut slug, letter)),
            None if letter.is_ascii_alphanumeric() => add(&mut slug, letter),
            None => add(&mut slug, '-'),
        }
    }
    if slug.ends_with('-') {
        slug.pop();
    }
    slug
}

/// Adds a letter where a slug may have it.
fn add(slug: &mut String, letter: char) {
    let fits = match letter {
        '-' => !slug.is_empty() && !slug.ends_with('-'),
        _ => !slug.is_empty() || letter.is_ascii_lowercase(),
    };
    if fits && slug.len() < LONGEST {
        slug.push(letter);
    }
}

/// How the common Latin letters with marks are written without them; an apostrophe leaves no gap.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ä' | 'æ' => "ae",
        'ö' | 'œ' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' => "o",
        'ù' | 'ú' | 'û' => "u",
        'ý' | 'ÿ' => "y",
        '\'' | '’' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::propose;

    #[test]
    fn names_become_slugs() {
        for (name, slug) in [
            ("Acme", "acme"),
            ("Quay & Sons", "quay-sons"),
            ("Müller & Söhne GmbH", "mueller-soehne-gmbh"),
            ("  3rd Café — Zürich ", "rd-cafe-zuerich"),
            ("Ada’s Tools", "adas-tools"),
            ("A-B--C d", "a-b-c-d"),
            ("北京", ""),
            ("An extremely long name of a company", "an-extremely-long-name-of-a-co"),
        ] {
            assert_eq!(propose(&name.to_lowercase()), slug, "{name}");
        }
    }
}
