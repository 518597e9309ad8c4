//! Plain words out of WordPress's HTML: titles, names and messages come with tags and entities.

/// Drops tags, reads entities, and makes one line of it.
pub(super) fn words(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let (read, length) = if rest.starts_with('<') { tag(rest) } else { entity(rest) };
        text.push_str(&read);
        rest = &rest[length..];
    }
    text.push_str(rest);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The other way: plain words as HTML. A title or excerpt is HTML to WordPress, which would drop what looks like a tag.
pub(super) fn html(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A tag becomes a space; a `<` that begins none stays.
fn tag(rest: &str) -> (String, usize) {
    let begins = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    match rest.find('>') {
        Some(end) if begins => (if is_block(rest) { " " } else { "" }.to_owned(), end + 1),
        _ => ("<".to_owned(), 1),
    }
}

fn is_block(rest: &str) -> bool {
    let name: String = rest.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect();
    matches!(name.to_ascii_lowercase().as_str(), "p" | "br" | "div" | "li" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4")
}

/// The entities that WordPress writes; an unknown one stays as it is.
fn entity(rest: &str) -> (String, usize) {
    let Some(end) = rest.find(';').filter(|end| *end <= 10) else { return ("&".to_owned(), 1) };
    let name = &rest[1..end];
    let number = match name.strip_prefix('#') {
        Some(hex) if hex.starts_with(['x', 'X']) => u32::from_str_radix(&hex[1..], 16).ok(),
        Some(digits) => digits.parse().ok(),
        None => None,
    };
    let read = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "hellip" => Some('…'),
        "ndash" => Some('–'),
        "mdash" => Some('—'),
        "lsquo" => Some('‘'),
        "rsquo" => Some('’'),
        "ldquo" => Some('“'),
        "rdquo" => Some('”'),
        _ => number.and_then(char::from_u32),
    };
    match read {
        Some(c) => (c.to_string(), end + 1),
        None => ("&".to_owned(), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_wordpress_writes() {
        for (html, text) in [
            ("Tom &amp; Jerry&#8217;s &#8220;day&#8221;", "Tom & Jerry’s “day”"),
            ("<strong>Error:</strong> Wrong.<br />Ask <a href=\"x\">us</a>", "Error: Wrong. Ask us"),
            ("1 < 2 & 3 &unknown; &#x41;", "1 < 2 & 3 &unknown; A"),
            ("<p>a</p>\n<p>b</p>", "a b"),
            ("plain", "plain"),
        ] {
            assert_eq!(words(html), text);
        }
    }

    proptest! {
        #[test]
        fn comes_back_from_html(text in "[<>&;#a-z/ü\"']{0,60}") {
            prop_assert_eq!(words(&html(&text)), text);
        }

        #[test]
        fn never_fails(html in "[<>&;#a-z/ü ]{0,60}") {
            let _ = words(&html);
        }
    }
}
