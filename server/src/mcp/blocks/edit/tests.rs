use super::super::from_markdown;
use super::super::round::{EDITED, whole};
use super::*;

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
    assert_eq!(
        page.edit(&wish("Butter", "x")).expect_err("not there"),
        "There is no section “Butter”. The sections are: “Crust”, “Time”, “Crumb”."
    );
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
    let hour = put("Forty minutes", "A whole hour").expect("there").content;
    let again = Page::read(&hour);
    let done = again.edit(&Wish::Words { old: "Forty minutes", new: "A whole hour" }).expect("it says so");
    assert_eq!(done.content, hour);
    assert!(again.edit(&Wish::Words { old: "Forty hours", new: "hour" }).is_err(), "a short word says nothing");
}

#[test]
fn a_reference_that_leads_nowhere_is_refused() {
    let page = Page::read(EDITED);
    let read = page.markdown();
    let keep = read.lines().find(|line| line.contains(" gallery ")).expect("a gallery");
    let sum = keep.split(' ').nth(4).expect("a hash");
    let no = page.edit(&whole(&read.replace(sum, "00000000"))).expect_err("it is not there");
    assert!(no.contains("not in the post (keep: 5 gallery 00000000)"), "{no}");
    for short in [
        "<!-- keep: 5 gallery -->",
        "<!-- keep: gallery -->",
        "<!-- keep: -->",
        "Words <!--keep:5--> more.",
        "<!-- KEEP: 5 GALLERY -->",
        "<!-- the rest is unchanged -->",
        &format!("{} {keep}", &keep[..keep.len() - 3]),
    ] {
        assert!(page.edit(&whole(&read.replace(keep, short))).expect_err(short).contains("not in the post"), "{short}");
    }
    // At another place it is the same one; and no other post's.
    assert!(page.edit(&whole(&format!("Words {} and more.", keep.replace("keep: 5", "keep: 9")))).is_ok());
    assert!(Page::read("<!-- wp:paragraph -->\n<p>a</p>\n<!-- /wp:paragraph -->").edit(&whole(keep)).is_err());
    assert_eq!(from_markdown(&format!("a\n\n{keep}\n\nb"), "").blocks, from_markdown("a\n\nb", "").blocks);
}

#[test]
fn blocks_that_differ_by_a_comment_are_not_confused() {
    let block = |note: &str| format!("<!-- wp:paragraph -->\n<p>a<!-- {note} --></p>\n<!-- /wp:paragraph -->");
    let post = format!("{}\n\n{}", block("one"), block("two"));
    let page = Page::read(&post);
    let swapped = format!("{}\n\n{}", page.parts[1].text, page.parts[0].text);
    let edited = page.edit(&whole(&swapped)).expect("both are there");
    assert_eq!(edited.content, format!("{}\n\n{}", block("two"), block("one")));
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
fn a_part_with_footnotes_is_not_written_anew_by_itself() {
    let stored =
        from_markdown("## Crust\n\nBread is old.[^1] Tar too.\n\n## Crumb\n\nSoft.\n\n[^1]: A note.", "").blocks;
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
