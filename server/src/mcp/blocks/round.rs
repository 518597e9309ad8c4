//! There and back: what the chat reads of a post can be handed back, and nothing of it is lost.

use super::edit::Wish;
use super::from_markdown;
use super::page::Page;
use proptest::prelude::*;

fn whole<'a>(markdown: &'a str) -> Wish<'a> {
    Wish::Whole { markdown, title: "" }
}

/// Hands a stored post back as it was read; answers what was read.
fn there_and_back(stored: &str) -> String {
    let page = Page::read(stored);
    let read = page.markdown();
    if !stored.trim().is_empty() {
        let edited = page.edit(&whole(&read)).unwrap_or_else(|why| panic!("{why}\n{read}\n{stored}"));
        assert_eq!(edited.content, stored, "{read}");
        assert!(edited.say.starts_with("Nothing changed"), "{}", edited.say);
    }
    read
}

fn articles() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/mcp/blocks/articles");
    let files = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
    let mut all: Vec<_> =
        files.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("it is text"))).collect();
    all.sort();
    assert_eq!(all.len(), 16);
    let long: String = all.iter().map(|(_, text)| text.as_str()).filter(|text| !text.contains("[^")).collect();
    all.push(("long".to_owned(), long.repeat(90_000 / long.len() + 1)));
    all
}

#[test]
fn sixteen_articles_come_back_equal() {
    for (name, article) in articles() {
        let blocks = from_markdown(&article, "");
        let read = there_and_back(&blocks);
        assert!(!read.contains("keep:"), "{name} is not said in Markdown:\n{read}");
        assert_eq!(from_markdown(&read, ""), blocks, "{name}:\n{read}");
        assert_eq!(Page::read(&from_markdown(&read, "")).markdown(), read, "{name} is not stable");
    }
}

#[test]
fn an_article_reads_as_a_person_would_write_it() {
    let all = articles();
    let (_, last) = all.iter().find(|(name, _)| name.contains("16")).expect("it is there");
    insta::assert_snapshot!(Page::read(&from_markdown(last, "")).markdown());
}

/// As the block editor of WordPress 7.1 saves it, and as WordPress writes it anew for people who may not write HTML.
const EDITED: &str = r##"<!-- wp:paragraph {"className":"intro"} -->
<p class="intro">Coloured <mark style="background-color:var(--x)" class="has-inline-color">words</mark> -- here.</p>
<!-- /wp:paragraph -->

<!-- wp:heading -->
<h2 class="wp-block-heading">Crust</h2>
<!-- /wp:heading -->

<!-- wp:paragraph -->
<p>Hot<br />oven, &#91;230 &deg;C], <strong>steam</strong>&nbsp;first.</p>
<!-- /wp:paragraph -->

<!-- wp:image {"id":12,"sizeSlug":"large"} -->
<figure class="wp-block-image size-large"><img src="https://a.example/1.png" alt="Loaf" class="wp-image-12"/></figure>
<!-- /wp:image -->

<!-- wp:gallery {"linkTo":"none"} -->
<figure class="wp-block-gallery has-nested-images"><!-- wp:image {"id":3} -->
<figure class="wp-block-image"><img src="https://a.example/3.png" alt="Three" class="wp-image-3"/></figure>
<!-- /wp:image --></figure>
<!-- /wp:gallery -->

<!-- wp:separator -->
<hr class="wp-block-separator has-alpha-channel-opacity" />
<!-- /wp:separator -->

<!-- wp:heading {"level":3} -->
<h3 class="wp-block-heading">Time</h3>
<!-- /wp:heading -->

<!-- wp:paragraph -->
<p>Forty minutes.</p>
<!-- /wp:paragraph -->

<!-- wp:heading -->
<h2 class="wp-block-heading">Crumb</h2>
<!-- /wp:heading -->

<!-- wp:more -->
<!--more-->
<!-- /wp:more -->

<p>Old words outside of blocks.</p>

<!-- wp:latest-posts {"postsToShow":3} /-->"##;

#[test]
fn what_the_editor_saved_is_carried_through() {
    insta::assert_snapshot!(there_and_back(EDITED));
}

#[test]
fn a_section_is_replaced_and_nothing_else() {
    let page = Page::read(EDITED);
    let wish = |heading, markdown| Wish::Section { heading, markdown };
    let edited = page.edit(&wish("crust", "Cold *oven*.")).expect("it is there");
    assert_eq!(
        edited.say,
        "The section “Crust” was replaced. New: 1 paragraph. Gone: 1 gallery, 1 heading, 2 paragraphs, 1 picture, \
         1 separator. Untouched: 1 block of the kind latest-posts, 1 block of the kind more, 2 headings, 1 paragraph, \
         1 piece of HTML."
    );
    let new = "<!-- wp:paragraph -->\n<p>Cold <em>oven</em>.</p>\n<!-- /wp:paragraph -->";
    assert!(edited.content.contains(&format!("Crust</h2>\n<!-- /wp:heading -->\n\n{new}\n\n<!-- wp:heading -->")));
    for [here, there, length] in &edited.kept {
        assert_eq!(edited.content[*here..here + length], EDITED[*there..there + length]);
    }
    let (first, last) = (EDITED.find("<!-- wp:heading").expect("it"), EDITED.rfind("<!-- wp:heading").expect("it"));
    assert!(edited.content.starts_with(&EDITED[..first]) && edited.content.ends_with(&EDITED[last..]));

    // The heading repeated, a heading beneath it, another one in its place; what is kept by reference; a smaller section.
    let keep = page.markdown().lines().find(|line| line.contains(" gallery ")).expect("a gallery").to_owned();
    let with_keep = format!("Cold.\n{keep}\n\nMore.");
    for (heading, markdown, part) in [
        ("Crust", "# Crust\n\nCold.", "Crust</h2>\n<!-- /wp:heading -->\n\n<!-- wp:paragraph -->\n<p>Cold."),
        (
            "## Crust",
            "### Colour\n\nBrown.",
            "Crust</h2>\n<!-- /wp:heading -->\n\n<!-- wp:heading {\"level\":3} -->\n<h3 class=\"wp-block-heading\">Colour",
        ),
        (
            "Crust",
            "## Rind\n\nHard.",
            "</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:heading -->\n<h2 class=\"wp-block-heading\">Rind",
        ),
        ("Crust", with_keep.as_str(), "Cold.</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:gallery {\"linkTo\""),
        (
            "Time",
            "An hour.",
            "An hour.</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:heading -->\n<h2 class=\"wp-block-heading\">Crumb",
        ),
    ] {
        let edited = page.edit(&wish(heading, markdown)).expect("it is there");
        assert!(edited.content.contains(part), "{markdown}: {}", edited.content);
    }
    let no = page.edit(&wish("Butter", "x")).expect_err("not there");
    assert_eq!(no, "There is no section “Butter”. The sections are: “Crust”, “Time”, “Crumb”.");
}

#[test]
fn words_are_replaced_where_they_stand_and_nowhere_else() {
    let page = Page::read(EDITED);
    let put = |old, new| page.edit(&Wish::Words { old, new });
    let edited = put("Forty minutes", "**An hour**").expect("there");
    assert_eq!(edited.content, EDITED.replace("Forty minutes", "<strong>An hour</strong>"));
    assert!(
        edited.say.starts_with("The words were replaced. New: 1 paragraph. Gone: 1 paragraph. Untouched:"),
        "{}",
        edited.say
    );
    // Behind a reference: plain words for plain words, with all that Markdown cannot say.
    let edited = put("words</mark>", "x").expect_err("a tag is no word");
    assert!(edited.contains("not in the post"), "{edited}");
    let edited = put("Coloured", "Bright & <b>red</b>").expect("there");
    assert_eq!(edited.content, EDITED.replace("Coloured", "Bright &amp; &lt;b&gt;red&lt;/b&gt;"));
    for [here, there, length] in &edited.kept {
        assert_eq!(edited.content[*here..here + length], EDITED[*there..there + length]);
    }
    let script = "<!-- wp:html -->\n<p title=\"a > hello\">b</p><script>say(\"hello\")</script>\n<!-- /wp:html -->";
    assert!(Page::read(script).edit(&Wish::Words { old: "hello", new: "x" }).is_err());
    assert!(Page::read("<p title=\"a > hello\">b</p>").edit(&Wish::Words { old: "hello", new: "x" }).is_err());
    let edited = put("Old words", "New words").expect("there");
    assert_eq!(edited.content, EDITED.replace("Old words", "New words"));
    // Over two paragraphs, and away with them.
    let edited = put("### Time\n\nForty minutes.", "").expect("there");
    assert!(!edited.content.contains("Time</h3>") && edited.content.contains("Crumb"), "{}", edited.content);
    for (old, words) in [("nowhere", "is not in the post"), ("o", "more than once"), ("intro", "is not in the post")] {
        assert!(put(old, "x").expect_err(old).contains(words), "{old}");
    }
    let again = Page::read(&edited.content).edit(&Wish::Words { old: "Crumb x", new: "Crumb" }).expect("it says so");
    assert_eq!(again.content, edited.content);
}

#[test]
fn a_reference_that_leads_nowhere_is_refused() {
    let page = Page::read(EDITED);
    let read = page.markdown();
    let keep = read.lines().find(|line| line.contains(" gallery ")).expect("a gallery");
    let sum = keep.split(' ').nth(4).expect("a hash");
    let no = page.edit(&whole(&read.replace(sum, "00000000"))).expect_err("it is not there");
    assert!(no.contains("no longer there (keep: 5 gallery 00000000)"), "{no}");
    // At another place it is the same one; and no other post's.
    assert!(page.edit(&whole(&format!("Words {} and more.", keep.replace("keep: 5", "keep: 9")))).is_ok());
    assert!(Page::read("<!-- wp:paragraph -->\n<p>a</p>\n<!-- /wp:paragraph -->").edit(&whole(keep)).is_err());
    assert_eq!(from_markdown(&format!("a\n\n{keep}\n\nb"), ""), from_markdown("a\n\nb", ""));
}

#[test]
fn a_whole_text_says_what_stays_and_what_goes() {
    let page = Page::read(EDITED);
    let read = page.markdown();
    let changed = read.replace("Forty minutes", "An hour").replace("## Crumb\n\n", "");
    let edited = page.edit(&whole(&changed)).expect("fine");
    assert_eq!(
        edited.content,
        EDITED
            .replace("Forty minutes", "An hour")
            .replace("<!-- wp:heading -->\n<h2 class=\"wp-block-heading\">Crumb</h2>\n<!-- /wp:heading -->\n\n", "")
    );
    assert!(
        edited.say.starts_with("The text was replaced. New: 1 paragraph. Gone: 1 heading, 1 paragraph. Untouched:"),
        "{}",
        edited.say
    );
}

#[test]
fn stays_quick_on_hostile_posts() {
    let begun = std::time::Instant::now();
    let words = |n: usize| "*a* _b_ [c] <d> `e` & 1. ".repeat(n);
    for hostile in [
        format!("<!-- wp:paragraph -->\n<p>{}</p>\n<!-- /wp:paragraph -->", words(1_500).replace('<', "&lt;")),
        "<em>".repeat(10_000),
        "<!-- wp:list --><ul><li>".repeat(5_000),
        "<!-- wp:a -->".repeat(5_000),
        "<!-- /wp:a -->".repeat(5_000),
        "<!-- wp:paragraph -->\n<p>a</p>\n<!-- /wp:paragraph -->\n\n".repeat(1_000),
        "<!-- wp:paragraph -->\n<p><em>a</em><strong>b</strong></p>\n<!-- /wp:paragraph -->".repeat(400),
        "<!--".repeat(10_000),
    ] {
        there_and_back(&hostile);
    }
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

proptest! {
    #[test]
    fn any_article_comes_back(
        parts in proptest::collection::vec(prop_oneof![
            Just("- "), Just("  "), Just("\n"), Just("\n\n"), Just("> "), Just("1. "), Just("# "), Just("```"), Just("`"),
            Just("*"), Just("**"), Just("~~"), Just("["), Just("]"), Just("(https://a.example)"), Just("!["), Just("<b>"),
            Just("</b>"), Just("<!--"), Just("-->"), Just("<p>"), Just("| a "), Just("|---|---|\n"), Just("---\n"),
            Just("word"), Just("- [x] "), Just("\\"), Just("&lt;"), Just("    "), Just("7. "), Just("[^1]"), Just("\n[^1]: n\n"),
            Just("<br>"), Just("_"), Just("{#a}"), Just("<!-- keep: 1 a b -->"),
        ], 0..60)
    ) {
        there_and_back(&from_markdown(&parts.concat(), ""));
    }

    #[test]
    fn any_post_comes_back(
        parts in proptest::collection::vec(prop_oneof![
            Just("<!-- wp:paragraph -->"), Just("<!-- /wp:paragraph -->"), Just("<p>"), Just("</p>"), Just("<!-- wp:list -->"),
            Just("<ul class=\"wp-block-list\">"), Just("<li>"), Just("</li>"), Just("</ul>"), Just("<!-- /wp:list -->"),
            Just("<!-- wp:more /-->"), Just("<em>"), Just("</em>"), Just("<a href=\"x\">"), Just("</a>"), Just("<table>"),
            Just("<td>"), Just("<pre>"), Just("<code>"), Just("</pre>"), Just("word"), Just(" "), Just("\n"), Just("&amp;"),
            Just("<!-- keep: 1 a b -->"), Just("<!-- x -->"), Just("<img src=\"https://a.example/x\" alt=\"a\">"), Just("<sup>"),
        ], 0..40)
    ) {
        there_and_back(parts.concat().trim());
    }
}

#[test]
fn a_part_with_footnotes_is_not_written_anew_by_itself() {
    let stored = from_markdown("## Crust\n\nBread is old.[^1] Tar too.\n\n## Crumb\n\nSoft.\n\n[^1]: A note.", "");
    let page = Page::read(&stored);
    for wish in [
        Wish::Words { old: "old", new: "ancient" },
        Wish::Words { old: "Soft", new: "Soft.[^2]" },
        Wish::Section { heading: "Crust", markdown: "Another." },
        Wish::Section { heading: "Crumb", markdown: "The notes stand at its end." },
    ] {
        let why = page.edit(&wish).expect_err("it would lose a footnote");
        assert!(why.starts_with("This part has footnotes"), "{why}");
    }
    let words = page.edit(&Wish::Words { old: "Soft", new: "Open" }).expect("no footnote is near");
    assert!(words.content.contains("Open."), "{}", words.content);
    let empty = page.edit(&Wish::Section { heading: "Crust", markdown: " " });
    assert!(empty.is_err(), "nothing would be left");
}
