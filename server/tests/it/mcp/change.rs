//! A change of a draft loses nothing that it does not name.

use super::house::Door;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const GALLERY: &str =
    "<!-- wp:gallery {\"linkTo\":\"none\"} -->\n<figure class=\"wp-block-gallery\"></figure>\n<!-- /wp:gallery -->";

/// A PNG of one pixel.
pub(super) const DOT: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// SHA-256 of a text; its beginning is the text's version.
pub(super) fn sum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn version(text: &str) -> String {
    sum(text)[..16].to_owned()
}

/// A draft with two sections, and a gallery that its person put into the first.
async fn bread() -> Door {
    let door = Door::open().await;
    let markdown = "Bread is *old*.\n\n## Crust\n\nHot oven.\n\n## Crumb\n\n| a | b |\n|---|--:|\n| 1 | 2 |";
    door.ada("create_draft", json!({"title": "Slow bread", "markdown": markdown})).await;
    let stored = text(&door).replace(
        "\n\n<!-- wp:heading -->\n<h2 class=\"wp-block-heading\">Crumb",
        &format!("\n\n{GALLERY}\n\n<!-- wp:heading -->\n<h2 class=\"wp-block-heading\">Crumb"),
    );
    assert!(stored.contains(GALLERY));
    door.house.memory().posts[0].1.content = Some(stored);
    door
}

fn text(door: &Door) -> String {
    door.house.memory().posts[0].1.content.clone().expect("a text")
}

/// The Markdown and the version of the draft, as the model reads them.
async fn read(door: &Door) -> (String, String) {
    let now = version(&text(door));
    door.house.memory().posts[0].1.version = now;
    let (_, text, data) = door.ada("get_post", json!({"id": 12})).await;
    let (_, markdown) = text.split_once("as Markdown:\n\n").expect("a text");
    (markdown.to_owned(), data["version"].as_str().expect("a version").to_owned())
}

fn with(more: Value) -> Value {
    let mut all = json!({"id": 12});
    for (name, value) in more.as_object().expect("an object") {
        all[name] = value.clone();
    }
    all
}

#[tokio::test]
async fn what_was_read_can_be_handed_back() {
    let door = bread().await;
    let before = text(&door);
    let (markdown, version) = read(&door).await;
    assert!(markdown.contains("## Crust\n\nHot oven.\n\n<!-- keep: 4 gallery "), "{markdown}");
    assert!(markdown.contains("|-|-:|"), "{markdown}");
    let (error, said, data) = door.ada("update_draft", with(json!({"markdown": markdown, "version": version}))).await;
    assert!(!error && said.contains("Nothing was changed"), "{said}");
    assert_eq!((data["repeated"].clone(), text(&door), door.house.memory().changes.len()), (json!(true), before, 0));
}

#[tokio::test]
async fn an_edit_names_what_it_replaces() {
    let door = bread().await;
    let before = text(&door);
    let replace = json!({"replace": {"old": "Hot oven", "new": "A **cold** oven"}});
    for say in [
        "The words were replaced. New: 1 paragraph. Gone: 1 paragraph. Untouched: 1 gallery, 2 headings, 1 paragraph, 1 table.",
        "Nothing was changed",
    ] {
        let (error, said, _) = door.ada("update_draft", with(replace.clone())).await;
        assert!(!error && said.contains(say), "{said}");
    }
    assert_eq!(text(&door), before.replace("Hot oven", "A <strong>cold</strong> oven"));
    let base = door.house.memory().changes[0].1.base.clone().expect("a base");
    assert_eq!((base.sum.len(), base.kept.len()), (64, 5));
    let section = json!({"section": "Crumb", "markdown": "Soft."});
    let (error, said, _) = door.ada("update_draft", with(section)).await;
    assert!(!error && said.contains("The section “Crumb” was replaced. New: 1 paragraph. Gone: 1 table."), "{said}");
    assert!(text(&door).contains(GALLERY) && !text(&door).contains("wp:table"), "{}", text(&door));
}

#[tokio::test]
async fn nobody_writes_over_what_they_have_not_read() {
    let door = bread().await;
    let (markdown, version) = read(&door).await;
    let mine = text(&door).replace("Hot oven", "Written in the editor");
    door.house.memory().posts[0].1.content = Some(mine.clone());
    let changed = markdown.replace("Hot oven", "Cold oven");
    for (change, words) in [
        (json!({"markdown": changed, "version": version}), "changed by somebody since it was read"),
        (json!({"section": "Crust", "markdown": "Cold.", "version": version}), "Read it again with get_post"),
        (json!({"markdown": changed}), "give its version"),
        (json!({"replace": {"old": "Hot oven", "new": "x"}}), "is not in the post"),
        (json!({"replace": {"old": " ", "new": "x"}}), "Give the old words"),
        (json!({"section": "Crust"}), "new text as markdown"),
        (json!({"section": "Butter", "markdown": "x"}), "The sections are: “Crust”, “Crumb”"),
        (json!({"markdown": "x", "replace": {"old": "a", "new": "b"}}), "Give one of these"),
    ] {
        let (error, said, _) = door.ada("update_draft", with(change)).await;
        assert!(error && said.contains(words), "{words}: {said}");
    }
    assert_eq!((text(&door), door.house.memory().changes.len()), (mine, 0));
}

#[tokio::test]
async fn what_can_only_be_read_is_not_changed() {
    let door = bread().await;
    {
        let post = &mut door.house.memory().posts[0].1;
        (post.version, post.content) = (String::new(), Some("<h2>Crust</h2><p>Hot <em>oven</em>.</p>".to_owned()));
    }
    let (_, said, _) = door.ada("get_post", json!({"id": 12})).await;
    assert!(said.contains("It can only be read here.") && said.ends_with("## Crust\n\nHot *oven*."), "{said}");
    let (error, said, _) = door.ada("update_draft", with(json!({"section": "Crust", "markdown": "x"}))).await;
    assert!(error && said.contains("changed in WordPress"), "{said}");
}
