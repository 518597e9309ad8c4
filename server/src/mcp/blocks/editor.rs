//! Every block that is written is valid for the block editor of WordPress itself: its packages judge the blocks in Node.js
//! (`end2end/editor`), with the same functions as when somebody opens the post.

use super::from_markdown;
use super::round::{EDITED, articles, whole};
use super::{Page, Wish};
use std::path::Path;
use std::process::Command;

#[test]
fn the_editor_takes_every_block() {
    let editor = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/editor");
    if !editor.join("node_modules/.slipway-lock").exists() {
        eprintln!("SKIPPED the block editor: it is not installed. Run end2end/parts/setup editor to have it.");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut posts: Vec<(String, String)> =
        articles().into_iter().map(|(name, article)| (name, from_markdown(&article, "").blocks)).collect();
    posts.push(("html".to_owned(), from_markdown(HTML, "").blocks));
    let edit = Wish::Section { heading: "Crumb", markdown: "New **words**, [x], https://a.example and\n\n- a\n- b" };
    // The sample's gallery is as older editors saved it, without the classes that are wanted today.
    let stored = EDITED.replace("has-nested-images", "has-nested-images columns-default is-cropped");
    posts.push(("edited".to_owned(), Page::read(&stored).edit(&edit).expect("it is there").content));
    let again = posts[0].1.clone();
    posts.push((
        "again".to_owned(),
        Page::read(&again).edit(&whole("- a\n\n  ```\n  [b]\n  ```")).expect("a text").content,
    ));
    for (at, (_, blocks)) in posts.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{at:02}.html")), blocks).expect("written");
    }
    let check = Command::new("node").arg(editor.join("check.mjs")).arg(folder.path()).output().expect("node runs");
    let said = format!("{}{}", String::from_utf8_lossy(&check.stdout), String::from_utf8_lossy(&check.stderr));
    assert!(check.status.success(), "{said}");
    let count: usize = said.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
    assert!(count > 500, "{said}");
}

const HTML: &str = "<h2>Bread</h2>\n<p>Flour &amp; <b>water</b>.<br>Salt.</p>\n\n<table><tr><th>a</th></tr><tr><td>b</td></tr></table>\n\n\
    <ol start=\"4\"><li>one<ul><li>two</li></ul></li></ol>\n\n<pre>a\n  b</pre>\n\n<blockquote><p>c</p></blockquote>\n\nA $x_1$.";
