//! The question in the browser: who may answer it, what it shows, and where the answer goes.

use super::{
    front::Front,
    plugin::{Back, Plugin, ada, person, town},
};
use crate::sim::idp_login::Person;
use serde_json::json;
use slipway::domain::{Role, Standing};
use std::time::Duration;

#[tokio::test]
async fn p3_state_and_issuer_come_back_as_they_went() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    for state in ["s".repeat(16), "a+b&c=d%26#e/f?g;h\"i<j>".to_owned(), "x".repeat(128)] {
        let (mut body, _) = site.asking();
        body["state"] = json!(state);
        let said = site.post("/connect/v1/intents", &body).await;
        let intent = said.data["authorize_url"].as_str().expect("an address").rsplit('/').next().expect("a part");
        let portal = town.house.portal_for(ada());
        let back = Back::parse(&portal.answer_consent(intent.to_owned(), true).await.expect("it may"));
        assert_eq!(back.query["state"], state);
        assert_eq!(back.query["iss"], town.house.systems.public_url);
    }
    for state in ["short".to_owned(), "x".repeat(129), "with a space in it".to_owned(), "söme-other-letters".to_owned()]
    {
        let (mut body, _) = site.asking();
        body["state"] = json!(state);
        assert_eq!(site.post("/connect/v1/intents", &body).await.code(), "intent_refused", "{state}");
    }
}

#[tokio::test]
async fn p3_an_answer_belongs_to_one_question_of_one_tenant() {
    let town = town().await;
    let (site, other) = (Plugin::of(&town, "acme").await, Plugin::of(&town, "globex").await);
    let (mine, theirs) = (site.press().await, other.press().await);
    let back = site.approve(&mine, ada()).await;
    assert_ne!(back.query["state"], theirs.state);
    // Another browser's verifier, another tenant's site: the code of the one question opens neither.
    assert_eq!(other.complete(back.code(), &theirs).await.code(), "code_refused");
    let denied = town.house.portal_for(ada()).answer_consent(theirs.intent.clone(), false).await.expect("it may");
    let denied = Back::parse(&denied);
    assert_eq!((denied.query["error"].as_str(), &denied.query["state"]), ("access_denied", &theirs.state));
    assert_eq!(denied.query["iss"], town.house.systems.public_url);
    assert!(!denied.query.contains_key("code"));
}

#[tokio::test]
async fn p4_the_answer_goes_to_the_registered_address_whatever_the_site_says() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let (mut body, _) = site.asking();
    for field in ["redirect_uri", "callback", "return_to", "callback_url"] {
        body[field] = json!("https://evil.example/take");
    }
    let said = site.post("/connect/v1/intents", &body).await;
    let intent = said.data["authorize_url"].as_str().expect("an address").rsplit('/').next().expect("a part");
    let address = town.house.portal_for(ada()).answer_consent(intent.to_owned(), true).await.expect("it may");
    let start = format!("{}/wp-admin/admin-post.php?action=slipway_connect_callback&code=", site.tenant.site_url);
    assert!(address.starts_with(&start), "{address}");
    let names: Vec<String> = Back::parse(&address).url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["action", "code", "state", "iss"]);
}

#[tokio::test]
async fn p4_a_site_that_calls_itself_otherwise_gets_no_question() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let registered = site.tenant.site_url.clone();
    let tail = registered.strip_prefix("http://").expect("a loopback address");
    for claimed in [
        "https://evil.example".to_owned(),
        format!("https://{tail}"),
        format!("http://ada@{tail}"),
        format!("http://{tail}@evil.example"),
        format!("{registered}.evil.example"),
        format!("{registered}/../other"),
        format!("{registered}?x"),
        registered.replace("127.0.0.1", "127.0.0.1.nip.example"),
        registered.replace("127.0.0.1", "2130706433"),
        registered.replace("127.0.0.1", "[::ffff:127.0.0.1]"),
        registered.replace("127.0.0.1", "xn--127-0.0.1"),
        registered.replace("127.0.0.1:", "127.0.0.1:1"),
        String::new(),
    ] {
        let (mut body, _) = site.asking();
        body["site_url"] = json!(claimed);
        let said = site.post("/connect/v1/intents", &body).await;
        assert_eq!((said.status, said.code()), (409, "site_moved"), "{claimed}");
    }
}

#[tokio::test]
async fn p13_the_consent_page_cannot_be_framed_and_leads_only_to_the_registered_site() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let question = site.press().await;
    let front = Front::of(&town).await;
    let mut browser = front.signed_in(Person::ada()).await;
    let page = browser.get(&format!("/connect/{}", question.intent)).await;
    assert_eq!(page.status, 200);
    let policy = page.head("content-security-policy");
    let origin = site.tenant.site_url.split("/t/").next().expect("an origin");
    assert!(policy.contains(&format!("form-action 'self' {origin};")), "{policy}");
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains('*'), "{policy}");
    assert_eq!((page.head("x-frame-options"), page.head("cache-control")), ("DENY", "no-store"));
    // A form of another site answers nothing.
    let path = format!("/connect/{}", question.intent);
    for header in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
    {
        assert_eq!(browser.post_raw(&path, &[header], "answer=approve".into()).await.status, 403, "{header:?}");
    }
    let address = browser.post(&path, &[("answer", "approve"), ("to", "https://evil.example")]).await.location();
    assert!(address.starts_with(&format!("{}/wp-admin/", site.tenant.site_url)), "{address}");
}

#[tokio::test]
async fn p14_the_page_names_tenant_site_person_asker_and_end() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let question = site.press().await;
    let page = town.house.portal_for(ada()).consent(question.intent.clone()).await.expect("it may");
    assert_eq!((page.tenant.as_str(), page.wp_login.as_str()), ("acme", "ada"));
    assert_eq!(page.asked_by, "Slipway Connect 1.0.0");
    assert_eq!(page.expires_at - page.asked_at, 300_000_000);
    assert_eq!(page.me.email, "ada@example.org");
    assert!(site.tenant.site_url.starts_with(&format!("http://{}/", page.site)), "{}", page.site);
    assert!(site.tenant.site_url.starts_with(&format!("{}/", page.callback_origin)), "{}", page.callback_origin);
    let mut browser = Front::of(&town).await.signed_in(Person::ada()).await;
    let text = browser.get(&format!("/connect/{}", question.intent)).await.text();
    for named in ["acme", &page.site, "ada@example.org", "Slipway Connect 1.0.0", "Approve", "Deny", "draft"] {
        assert!(text.contains(named), "{named} is not on the page");
    }
}

#[tokio::test]
async fn p14_what_a_site_says_of_itself_is_text_and_nothing_else() {
    let town = town().await;
    let mut site = Plugin::of(&town, "acme").await;
    site.user.1 = "<script>alert(1)</script>";
    let (mut body, _) = site.asking();
    body["versions"]["plugin"] = json!("1.0<img src=x onerror=alert(1)>");
    let said = site.post("/connect/v1/intents", &body).await;
    let intent =
        said.data["authorize_url"].as_str().expect("an address").rsplit('/').next().expect("a part").to_owned();
    let mut browser = Front::of(&town).await.signed_in(Person::ada()).await;
    let text = browser.get(&format!("/connect/{intent}")).await.text();
    assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{text}");
}

#[tokio::test]
async fn a_login_that_cannot_be_seen_or_turns_the_text_around_is_told_in_plain_letters() {
    let town = town().await;
    let mut site = Plugin::of(&town, "acme").await;
    for (login, shown) in [("ada\u{202e}nib", "adanib"), ("\u{3164}", "number 7")] {
        site.user.1 = login;
        let question = site.press().await;
        let page = town.house.portal_for(ada()).consent(question.intent.clone()).await.expect("it may");
        assert_eq!(page.wp_login, shown);
    }
}

#[tokio::test]
async fn only_people_of_the_tenant_see_and_answer_its_questions() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let question = site.press().await;
    let strangers =
        [person("mallory", Standing::Person), person("olivia", Standing::Operator), person("ava", Standing::Auditor)];
    for who in strangers {
        let portal = town.house.portal_for(who.clone());
        let missing = portal.consent("00000000-0000-4000-8000-000000000000".into()).await.expect_err("it is not there");
        assert_eq!(portal.consent(question.intent.clone()).await.expect_err("not theirs"), missing);
        assert_eq!(portal.answer_consent(question.intent.clone(), true).await.expect_err("not theirs"), missing);
        assert_eq!(portal.answer_consent(question.intent.clone(), false).await.expect_err("not theirs"), missing);
        assert!(site.audit("pairing.answer").await.contains(&(who.email.to_string(), false)));
    }
    site.add(&person("mia", Standing::Person), Role::Member).await;
    let mia = person("mia", Standing::Person);
    let question = super::plugin::Question { subject: mia.subject.clone(), ..question };
    let back = site.approve(&question, mia).await;
    assert_eq!(site.complete(back.code(), &question).await.status, 200);
}

#[tokio::test]
async fn a_question_ends_after_five_minutes_and_is_answered_once() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let (late, denied) = (site.press().await, site.press().await);
    let portal = town.house.portal_for(ada());
    portal.answer_consent(denied.intent.clone(), false).await.expect("it may");
    let again = portal.answer_consent(denied.intent.clone(), true).await.expect_err("it was answered");
    assert_eq!((again.status, again.code.as_str()), (409, "intent_answered"));
    town.stage.clock.by(Duration::from_secs(300));
    let over = portal.answer_consent(late.intent.clone(), true).await.expect_err("it is over");
    assert_eq!((over.status, over.code.as_str()), (410, "intent_expired"));
    assert_eq!(portal.consent(late.intent).await.expect_err("it is over").code, "intent_expired");
}
