//! The same words make one draft.

use super::change::DOT;
use super::house::{ADA, Door};
use serde_json::{Value, json};
use slipway::systems::wordpress::DeskError;

fn words() -> Value {
    json!({"title": "Slow bread", "markdown": "## Flour\n\nAnd water."})
}

#[tokio::test]
async fn makes_a_draft_and_hands_out_its_links() {
    let door = Door::open().await;
    let (error, text, data) = door.ada("create_draft", words()).await;
    assert!(!error);
    let post = door.house.memory().posts[0].1.clone();
    assert!(text.contains(&post.edit_url) && text.contains(&post.preview_url), "{text}");
    assert_eq!((&data["id"], &data["repeated"]), (&json!(12), &json!(false)));
    assert!(
        post.content.expect("content").starts_with("<!-- wp:heading -->\n<h2 class=\"wp-block-heading\">Flour</h2>")
    );
}

#[tokio::test]
async fn the_same_words_in_the_same_chat_make_one() {
    let door = Door::open().await;
    door.ada("create_draft", words()).await;
    door.clock.by(std::time::Duration::from_secs(3 * 24 * 3600));
    let (error, text, data) =
        door.ada("create_draft", json!({"title": " Slow bread", "content": "## Flour\r\n\r\nAnd water.\n"})).await;
    assert!(!error && text.contains("already"), "{text}");
    assert_eq!((&data["id"], &data["repeated"], door.house.made()), (&json!(12), &json!(true), 1));

    let token = door.token(ADA, 60);
    for _ in 0..2 {
        door.in_chat("another-chat", &token, "create_draft", words()).await;
        door.in_chat("", &token, "create_draft", words()).await;
    }
    door.ada("create_draft", json!({"title": "Slow bread", "markdown": "Other."})).await;
    assert_eq!(door.house.made(), 4);
}

#[tokio::test]
async fn many_at_once_make_one() {
    let door = Door::open().await;
    let answers = futures::future::join_all((0..10).map(|_| door.ada("create_draft", words()))).await;
    assert_eq!(door.house.made(), 1);
    for (error, text, _) in answers {
        assert!(!error || text.contains("at this moment"), "{text}");
    }
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_one() {
    let door = Door::open().await;
    door.house.memory().lose_answer = true;
    assert!(door.ada("create_draft", words()).await.0);
    assert!(!door.ada("create_draft", words()).await.0);
    assert_eq!(door.house.made(), 1);

    // The process dies between WordPress and the record: the claim is given out again, the site knows its key.
    let door = Door::open().await;
    door.house.memory().forgetful = true;
    let (error, text, _) = door.ada("create_draft", words()).await;
    assert!(!error && !text.contains("5432"), "{text}");
    door.house.memory().claims.clear();
    assert!(!door.ada("create_draft", words()).await.0);
    assert_eq!(door.house.made(), 1);
}

#[tokio::test]
async fn a_refusal_is_not_remembered() {
    let door = Door::open().await;
    door.house.memory().trouble = Some(DeskError::Refused("Not now.".to_owned()));
    assert!(door.ada("create_draft", words()).await.0);
    assert!(!door.ada("create_draft", words()).await.0);
}

#[tokio::test]
async fn who_threw_it_away_gets_a_new_one() {
    let door = Door::open().await;
    door.ada("create_draft", words()).await;
    door.house.memory().posts[0].1.status = "trash".to_owned();
    let (_, _, data) = door.ada("create_draft", words()).await;
    assert_eq!((&data["id"], &data["repeated"]), (&json!(13), &json!(false)));
    let (_, _, data) = door.ada("create_draft", words()).await;
    assert_eq!((&data["id"], &data["repeated"]), (&json!(13), &json!(true)));

    // Also when only the site remembers.
    door.house.memory().claims.clear();
    let (_, _, data) = door.ada("create_draft", words()).await;
    assert_eq!((&data["id"], door.house.made()), (&json!(13), 2));
}

#[tokio::test]
async fn a_picture_is_uploaded_once() {
    let door = Door::open().await;
    let picture = json!({"data": DOT, "filename": "boat.png"});
    door.house.memory().lose_answer = true;
    assert!(door.ada("upload_image", picture.clone()).await.0);
    for _ in 0..2 {
        let (error, text, _) = door.ada("upload_image", picture.clone()).await;
        assert!(!error, "{text}");
    }
    assert_eq!(door.house.memory().images.len(), 1);
}
