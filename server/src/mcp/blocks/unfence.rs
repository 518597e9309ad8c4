//! Models like to put a whole article into one fence, as they show Markdown in a chat. Left there, it would be a page of code.

/// The text without a fence around all of it. One without a language is taken off only if the article's title stands in it:
/// it may be code.
pub(super) fn unfenced<'a>(markdown: &'a str, title: &str) -> &'a str {
    let text = markdown.trim();
    let Some((first, rest)) = text.split_once('\n') else { return markdown };
    let first = first.trim_end();
    let mark = first.chars().next().filter(|mark| matches!(mark, '`' | '~'));
    let language = first.trim_start_matches(['`', '~']);
    let length = first.len() - language.len();
    let Some((inside, last)) = rest.rsplit_once('\n') else { return markdown };
    let closes = |line: &str| {
        let line = line.trim();
        line.len() >= length && Some(line.chars().all(|c| Some(c) == mark)) == Some(true)
    };
    let repeats = || {
        let heading = inside.trim_start().lines().next().unwrap_or_default().trim_start_matches('#').trim();
        !title.is_empty() && heading.to_lowercase() == title.trim().to_lowercase()
    };
    let means = match language.trim().to_ascii_lowercase().as_str() {
        "markdown" | "md" => true,
        "" => repeats(),
        _ => false,
    };
    // Other code in the article has fences in pairs; a lone one closes the first, and words follow.
    let even = inside.lines().filter(|line| line.trim_start().starts_with("```")).count() % 2 == 0;
    if mark.is_some() && length >= 3 && means && closes(last) && even { inside } else { markdown }
}

#[cfg(test)]
mod tests {
    use super::unfenced;

    #[test]
    fn takes_a_fence_around_the_whole_off() {
        for (text, inside) in [
            ("```markdown\n# Bread\n\nFlour.\n```", "# Bread\n\nFlour."),
            ("\n~~~md\nFlour.\n~~~\n", "Flour."),
            ("```\n# Bread\nFlour.\n```", "# Bread\nFlour."),
            ("````markdown\nFlour.\n```sh\nls\n```\nWater.\n````", "Flour.\n```sh\nls\n```\nWater."),
            ("```markdown\nFlour.\n```sh\nls\n```\n```", "Flour.\n```sh\nls\n```"),
        ] {
            assert_eq!(unfenced(text, "Bread"), inside, "{text}");
        }
        for code in
            ["```\nls\n```", "```sh\nls\n```", "```markdown\na\n```\nb\n```", "```markdown", "a\nb", "```md\na", ""]
        {
            assert_eq!(unfenced(code, "Bread"), code);
        }
    }
}
