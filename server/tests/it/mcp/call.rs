//! Who may call, and what they hear.

use super::house::{ADA, Door, JWT_SECRET, signed};
use serde_json::json;
use slipway::domain::Clock as _;
use slipway::domain::pairing::PairingStatus;
use slipway::domain::tenant::Status;
use slipway::systems::wordpress::DeskError;

#[tokio::test]
async fn calls_for_nobody_but_a_paired_person() {
    let door = Door::open().await;
    let claims = |exp: i64, iss: &str| json!({"sub": ADA, "iss": iss, "exp": exp});
    let (now, later) = (door.clock.now().unix(), 1_790_000_900);
    for (token, words) in [
        (String::new(), "not valid"),
        (door.token(ADA, -120), "Send the message again"),
        (signed(&claims(later, "open-webui"), "another secret of more than 32 letters"), "not valid"),
        (signed(&claims(later, "somebody"), JWT_SECRET), "not valid"),
        (signed(&json!({"iss": "open-webui", "exp": later}), JWT_SECRET), "not valid"),
        (signed(&json!({"iss": "open-webui", "sub": ADA}), JWT_SECRET), "not valid"),
        (signed(&json!({"iss": "open-webui", "sub": ADA, "exp": later, "nbf": now + 61}), JWT_SECRET), "not hold yet"),
        (signed(&json!({"iss": "open-webui", "sub": ADA, "exp": later, "iat": now + 61}), JWT_SECRET), "not hold yet"),
        (signed(&json!({"iss": "open-webui", "sub": "x".repeat(256), "exp": later}), JWT_SECRET), "not valid"),
        (door.token("slipway-probe", 60), "probe"),
        (door.token("chat-user-bob", 60), "https://acme.example/wp-admin/"),
    ] {
        let (error, text, _) = door.in_chat("c", &token, "create_draft", json!({"title": "t", "markdown": "m"})).await;
        assert!(error && text.contains(words), "{words}: {text}");
    }
    assert_eq!(door.house.made(), 0);
    let memory = door.house.memory();
    assert!(memory.records.len() == 11 && memory.records.iter().all(|r| !r.allowed), "{:?}", memory.records);
}

#[tokio::test]
async fn tells_when_the_chat_names_nobody() {
    let door = Door::open().await;
    let key = format!("Bearer {}", super::house::KEY);
    let reply = door.post(&[("authorization", &key)], &super::house::call("list_drafts", json!({}))).await;
    let answer: serde_json::Value = reply.ok().expect("200").json().expect("JSON");
    assert_eq!(answer["result"]["isError"], true);
    assert!(answer.to_string().contains("did not say who is asking"), "{answer}");
}

#[tokio::test]
async fn a_token_outlives_itself_by_a_minute() {
    let door = Door::open().await;
    let (error, text, _) = door.in_chat("c", &door.token(ADA, -50), "list_drafts", json!({})).await;
    assert!(!error, "{text}");
}

#[tokio::test]
async fn stops_at_a_pairing_or_tenant_that_is_not_sound() {
    let door = Door::open().await;
    for status in [PairingStatus::Broken, PairingStatus::SafeMode, PairingStatus::Leaving, PairingStatus::Gone] {
        door.house.pair(ADA, "ada@example.org", status);
        let (error, text, _) = door.ada("list_drafts", json!({})).await;
        assert!(error && text.contains("press Connect"), "{status:?}: {text}");
    }
    door.house.pair(ADA, "ada@example.org", PairingStatus::Connected);
    door.house.memory().status = Some(Status::Suspended);
    let (error, text, _) = door.ada("list_drafts", json!({})).await;
    assert!(error && text.contains("switched off"), "{text}");
}

#[tokio::test]
async fn says_what_wordpress_says_and_reports_a_refused_credential() {
    let door = Door::open().await;
    for (trouble, words) in [
        (DeskError::Revoked, "connect again"),
        (DeskError::Refused("Sorry, you are not allowed.".to_owned()), "Sorry, you are not allowed."),
        (DeskError::NotFound, "no such post"),
        (DeskError::Away("503".to_owned()), "in a minute"),
    ] {
        door.house.memory().trouble = Some(trouble);
        let (error, text, _) = door.ada("get_post", json!({"id": 12})).await;
        assert!(error && text.contains(words), "{text}");
    }
    assert_eq!(door.house.memory().broken.len(), 1);
}

#[tokio::test]
async fn serves_every_tool() {
    let door = Door::open().await;
    door.ada("create_draft", json!({"title": "Slow bread", "markdown": "Flour."})).await;
    for (tool, arguments, words) in [
        ("update_draft", json!({"id": "12", "title": "Slower bread"}), "was changed"),
        ("list_drafts", json!({"page": 1}), "Slower bread (id 12"),
        ("get_post", json!({"id": 12}), "as Markdown:\n\nFlour."),
        ("search_posts", json!({"query": "bread"}), "no such Posts"),
        (
            "list_categories",
            json!({}),
            "categories, page 1, 250 in all. For more call list_categories with page 2:\n- News (id 4",
        ),
        ("list_categories", json!({"page": "3"}), "categories, page 3, the last one, 250 in all:"),
        ("list_tags", json!({"words": "br"}), "bread (id 4"),
        (
            "upload_image",
            json!({"data": super::change::DOT, "filename": "Boat.PNG", "alt_text": "A boat"}),
            "![A boat](https://acme",
        ),
    ] {
        let (error, text, data) = door.ada(tool, arguments).await;
        assert!(!error && text.contains(words), "{tool}: {text}");
        assert!(data.is_object(), "{tool}: {data}");
    }
    let memory = door.house.memory();
    assert_eq!((memory.changes[0].0, memory.changes[0].1.content.clone()), (12, None));
    assert!(memory.images.values().all(|image| image.name == "boat.png"));
    let details: Vec<_> = memory.records.iter().map(|r| (r.who.as_str(), r.allowed, r.detail.as_str())).collect();
    assert_eq!(details[0], ("ada@example.org", true, "post 12"));
    let audit = format!("{:?}", memory.records);
    assert!(!audit.contains("bread") && !audit.contains("Flour"), "{audit}");
}

#[tokio::test]
async fn refuses_arguments_with_a_sentence() {
    for (tool, arguments, words) in [
        (
            "create_draft",
            json!({"markdown": "m"}),
            "The argument title is missing. Wanted: a text of 1 to 200 characters (Title of",
        ),
        ("create_draft", json!({"title": "t"}), "The tool needs: title, markdown. It may have: "),
        (
            "create_draft",
            json!({"title": 5, "markdown": "m"}),
            "The argument title does not fit. It came as a number: 5. Wanted: a text of",
        ),
        (
            "create_draft",
            json!({"title": "t", "body": ["m"]}),
            "The argument body does not fit. It came as a list: [\"m\"]. Wanted: a text",
        ),
        ("create_draft", json!({"title": "t", "body": "m", "content": "n"}), "The argument markdown came twice"),
        (
            "create_draft",
            json!({"title": "t", "markdown": "m", "tags": [{"id": 4}]}),
            "The argument tags does not fit. It came as a list: [{\"id\":4}]. Wanted: a list of at most 20 entries",
        ),
        (
            "create_draft",
            json!({"title": "t", "markdown": "m", "tags": (1..=21).collect::<Vec<_>>()}),
            "tags has 21 entries; at most 20",
        ),
        ("create_draft", json!({"title": "t", "markdown": "m", "categories": ["News", "Soup"]}), "no category"),
        (
            "create_draft",
            json!({"title": "t", "markdown": "m", "featured_image": "first"}),
            "The argument featured_image does not fit. It came as a text: \"first\". Wanted: a whole number of at least 1 (Id of",
        ),
        (
            "update_draft",
            json!({"id": 12, "replace": "old"}),
            "The argument replace does not fit. It came as a text: \"old\". Wanted: an object with new and old",
        ),
        ("update_draft", json!({"id": 12, "replace": {"old": "a"}}), "The argument replace does not fit"),
        ("create_draft", json!({"title": "x".repeat(201), "markdown": "m"}), "longer than 200"),
        ("create_draft", json!({"title": "t", "markdown": "x".repeat(200_001)}), "200,000"),
        ("create_draft", json!({"title": " ", "markdown": "m"}), "title"),
        ("create_draft", json!({"title": "t", "markdown": "<script>x</script>"}), "empty"),
        ("create_draft", json!({"title": "t", "markdown": "m", "tags": [0]}), "tags"),
        ("update_draft", json!({"id": 12}), "Nothing is to change"),
        (
            "get_post",
            json!({"id": "x"}),
            "The argument id does not fit. It came as a text: \"x\". Wanted: a whole number of at least 1",
        ),
        ("get_post", json!({"id": vec![1; 90]}), "…. Wanted: a whole number"),
        (
            "list_drafts",
            json!({"page": {}}),
            "The argument page does not fit. It came as an object: {}. Wanted: a whole number of 1 to 1000",
        ),
        ("upload_image", json!({"data": "PHN2Zz4=", "filename": "a.svg"}), "no JPEG"),
    ] {
        // A door of its own: so many calls in a row are slowed down.
        let door = Door::open().await;
        let (error, text, _) = door.ada(tool, arguments).await;
        assert!(error && text.contains(words), "{tool}: {text}");
        assert_eq!(door.house.made(), 0);
    }
}

#[tokio::test]
async fn names_of_categories_and_tags_are_taken_and_a_missing_picture_is_said() {
    let door = Door::open().await;
    let arguments = json!({"title": "t", "markdown": "m", "categories": "News, 4", "tags": ["slow food", 4, "4"]});
    let (error, text, data) = door.ada("create_draft", arguments).await;
    assert!(!error && !text.contains("Note:") && data["notes"].is_null(), "{text}");
    let arguments = json!({"title": "u", "markdown": "m", "featured_image": 4711});
    let (error, text, data) = door.ada("create_draft", arguments).await;
    assert!(!error && text.contains("\nNote: The site has no picture with the id 4711"), "{text}");
    assert_eq!(data["notes"].as_array().map(Vec::len), Some(1), "{data}");
    assert!(!door.ada("update_draft", json!({"id": 12, "tags": "bread"})).await.0);
    assert_eq!(door.house.memory().changes[0].1.tags, Some(vec![4]));
}
