//! There and back: what the chat reads of a post can be handed back, and nothing of it is lost.

use super::edit::Wish;
use super::from_markdown;
use super::page::Page;
use proptest::prelude::*;

pub(super) fn whole<'a>(markdown: &'a str) -> Wish<'a> {
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

pub(super) fn articles() -> Vec<(String, String)> {
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
        let blocks = from_markdown(&article, "").blocks;
        let read = there_and_back(&blocks);
        assert!(!read.contains("keep:"), "{name} is not said in Markdown:\n{read}");
        assert_eq!(from_markdown(&read, "").blocks, blocks, "{name}:\n{read}");
        assert_eq!(Page::read(&from_markdown(&read, "").blocks).markdown(), read, "{name} is not stable");
    }
}

#[test]
fn an_article_reads_as_a_person_would_write_it() {
    let all = articles();
    let (_, last) = all.iter().find(|(name, _)| name.contains("16")).expect("it is there");
    insta::assert_snapshot!(Page::read(&from_markdown(last, "").blocks).markdown());
}

/// As the block editor of WordPress 7.1 saves it, and as WordPress writes it anew for people who may not write HTML.
pub(super) const EDITED: &str = r##"<!-- wp:paragraph {"className":"intro"} -->
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
        there_and_back(&from_markdown(&parts.concat(), "").blocks);
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
