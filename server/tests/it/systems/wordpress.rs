//! The driver for WordPress, against a stand-in that fails on purpose.

use crate::sim::{
    self,
    faults::{Effects, Faults, Trouble},
    wordpress::WordPress as Server,
};
use sha2::{Digest, Sha256};
use slipway::domain::{At, Fault, Seen, TenantId};
use slipway::systems::wordpress::rest::RestWordPress;
use slipway::systems::wordpress::{Base, Desk, DeskError, Draft, Image, Login, Named, Site, Taxonomy, WordPress};
use std::time::Duration;
use uuid::Uuid;

mod alike;
mod people;
mod real;

const ACME: TenantId = TenantId(Uuid::from_u128(7));

async fn stage() -> (Server, Effects, RestWordPress) {
    let effects = Effects::default();
    let server = Server::serve(Faults::default(), effects.clone()).await;
    server.sites.open(ACME, "the-site-secret");
    (server, effects, RestWordPress::new(sim::http()))
}

pub(super) fn draft(title: &str) -> Draft {
    let content = "<!-- wp:paragraph --><p>Soup &amp; salad</p><!-- /wp:paragraph -->".to_owned();
    Draft { title: Some(title.to_owned()), content: Some(content), ..Draft::default() }
}

fn code(fault: Fault) -> &'static str {
    match fault {
        Fault::Fail { code, .. } => code,
        Fault::Retry { .. } => "retry",
    }
}

#[tokio::test]
async fn sees_what_a_site_says_of_itself() {
    let (server, _, wordpress) = stage().await;
    let site = server.sites.wanted(ACME);
    let Ok(Seen::Ready(about)) = wordpress.look(&site, &[]).await else { panic!("not ready") };
    assert_eq!((about.plugin.as_str(), about.wordpress.as_str()), ("1.0.0", "7.1.4"));
    for _ in 0..2 {
        assert_eq!(wordpress.ensure(&site, "Acme & Söhne", &[], At(1)).await, Ok(Seen::Ready(about.clone())));
    }
    assert_eq!(server.sites.with(ACME, |s| s.title.clone()), "Acme & Söhne");
    assert_eq!(wordpress.ensure(&site, "", &[], At(1)).await.map_err(code), Err("title_refused"));

    server.sites.with(ACME, |s| s.plain = true);
    assert_eq!(wordpress.look(&site, &[]).await, Ok(Seen::Ready(about.clone())), "permalinks change nothing");
    assert_eq!(about.rest_url, format!("{}/?rest_route=/", site.address));

    let public = Site { site_url: "https://acme.example.org".to_owned(), ..site.clone() };
    server.sites.with(ACME, |s| s.believes = Some(public.site_url.clone()));
    let Ok(Seen::Ready(about)) = wordpress.look(&public, &[]).await else { panic!("not ready behind an ingress") };
    assert_eq!(about.rest_url, format!("{}/?rest_route=/", site.address), "the way that the portal has");
    server.sites.with(ACME, |s| s.believes = None);

    server.sites.with(ACME, |s| s.no_passwords = true);
    assert!(
        matches!(wordpress.look(&site, &[]).await, Ok(Seen::Drifted { what }) if what.contains("Application passwords"))
    );
    server.sites.with(ACME, |s| s.believes = Some("http://old.example".to_owned()));
    assert!(
        matches!(wordpress.look(&site, &[]).await, Ok(Seen::Drifted { what }) if what.contains("http://old.example"))
    );
    server.sites.open(ACME, "another");
    assert!(matches!(wordpress.look(&site, &[]).await, Ok(Seen::Drifted { what }) if what.contains("secret")));
    server.sites.close(ACME);
    assert_eq!(wordpress.look(&site, &[]).await.map_err(code), Err("retry"));
}

#[tokio::test]
async fn says_who_answered_in_place_of_the_plugin() {
    let (server, _, wordpress) = stage().await;
    let site = server.sites.wanted(ACME);
    for (status, location, body, said) in [
        (
            401,
            "",
            "{\"code\": \"slipway_unauthorized\", \"message\": \"Only the portal\"}",
            "does not accept the secret",
        ),
        (
            401,
            "",
            "{\"code\": \"rest_closed\", \"message\": \"Members only.\"}",
            "closes its REST interface to the portal: \u{201c}Members only.\u{201d}",
        ),
        (403, "", "{\"code\": \"rest_forbidden\", \"message\": \"No.\"}", "Allow the routes slipway/v1"),
        (401, "", "<p>Who are you?", "asks for a password"),
        (403, "", "<p>Forbidden", "before WordPress answers (403)"),
        (404, "", "{\"code\": \"rest_no_route\"}", "The Slipway plugin does not answer"),
        (404, "", "<p>Not found", "There is no WordPress"),
        (302, "/wp-admin/install.php", "", "not installed"),
        (301, "/somewhere/", "", "leads the portal to another page"),
    ] {
        server.faults.arm("GET /t", Trouble::Says { status, location, body }, 1);
        let seen = wordpress.look(&site, &[]).await;
        assert!(matches!(&seen, Ok(Seen::Drifted { what }) if what.contains(said)), "{status} {body}: {seen:?}");
    }
}

#[tokio::test]
async fn tells_a_gate_from_a_credential_that_is_gone() {
    let (server, _, wordpress) = stage().await;
    let (login, uuid) = server.sites.connect(ACME, 2, "mia");
    let plugins = "{\"code\": \"incorrect_password\", \"message\": \"Wrong password.\"}";
    for (status, body, expected) in [
        (401, "<p>Who are you?", "site_gated"),
        (301, "", "site_redirects"),
        (500, plugins, "wordpress_refused"),
        (500, "{\"code\": \"internal_server_error\"}", "retry"),
        (500, "<p>There has been a critical error", "retry"),
    ] {
        server.faults.arm("GET /t", Trouble::Says { status, location: "", body }, 1);
        assert_eq!(wordpress.introspect(&login).await.map_err(code), Err(expected), "{status} {body}");
    }
    for (status, body) in [(401, "<p>Who are you?"), (500, plugins)] {
        server.faults.arm("DELETE /t", Trouble::Says { status, location: "", body }, 1);
        assert_eq!(wordpress.revoke(&login, &uuid.to_string()).await.map_err(code), Err("retry"), "{status} {body}");
    }
}

#[tokio::test]
async fn introspects_and_revokes_a_credential() {
    let (server, effects, wordpress) = stage().await;
    let (login, uuid) = server.sites.connect(ACME, 2, "mia");
    let found = wordpress.introspect(&login).await.expect("it answers").expect("it is accepted");
    assert_eq!((found.user_id, found.login.as_str(), found.password_uuid), (2, "mia", uuid.to_string()));
    assert!(found.edit_posts && !found.too_much);
    server.sites.with(ACME, |s| s.wide = true);
    assert!(wordpress.introspect(&login).await.expect("it answers").expect("it is accepted").too_much);

    let (other, other_uuid) = server.sites.connect(ACME, 2, "mia");
    wordpress.revoke(&other, &uuid.to_string()).await.expect("a successor may remove its predecessor");
    assert_eq!(wordpress.introspect(&login).await, Ok(None));
    server.faults.arm("DELETE /t", Trouble::LostAnswer, 1);
    assert_eq!(wordpress.revoke(&other, &other_uuid.to_string()).await.map_err(code), Err("retry"));
    for _ in 0..2 {
        assert_eq!(wordpress.revoke(&other, &other_uuid.to_string()).await, Ok(()), "gone already is success");
    }
    assert_eq!(wordpress.revoke(&other, "../posts").await.map_err(code), Err("password_id"));
    assert!(effects.world().objects.is_empty());

    let (login, _) = server.sites.connect(ACME, 2, "mia");
    server.sites.with(ACME, |s| s.no_passwords = true);
    assert_eq!(wordpress.introspect(&login).await.map_err(code), Err("application_passwords_off"));
    for (trouble, expected) in [(Trouble::Page, "retry"), (Trouble::Unwell, "retry"), (Trouble::TooMany(3), "retry")] {
        server.faults.arm("GET /t", trouble, 1);
        assert_eq!(wordpress.introspect(&login).await.map_err(code), Err(expected));
    }
}

#[tokio::test]
async fn writes_one_draft_however_often_the_answer_is_lost() {
    let (server, effects, desk) = stage().await;
    let (login, _) = server.sites.connect(ACME, 2, "mia");
    let key = "a".repeat(64);
    server.faults.arm("POST /t", Trouble::LostAnswer, 2);
    for _ in 0..2 {
        let away = desk.create_draft(&login, &draft("Soup"), &key).await;
        assert!(matches!(away, Err(DeskError::Away(_))), "{away:?}");
    }
    let post = desk.create_draft(&login, &draft("Soup"), &key).await.expect("written");
    assert_eq!(desk.create_draft(&login, &draft("Soup"), &key).await, Ok(post.clone()));
    assert_eq!(effects.world().made["post"], 1);
    let site = server.sites.address(ACME);
    assert_eq!(post.edit_url, format!("{site}/wp-admin/post.php?post={}&action=edit", post.id));
    assert_eq!(post.preview_url, format!("{site}/?p={}&preview=true", post.id));

    let changed =
        desk.update_draft(&login, post.id, &Draft { title: Some("Stew".to_owned()), ..Draft::default() }).await;
    assert_eq!(changed.map(|p| p.title), Ok("Stew".to_owned()));
    let read = desk.get_post(&login, post.id).await.expect("there");
    assert_eq!((read.title.as_str(), read.content), ("Stew", draft("").content));
}

#[tokio::test]
async fn changes_a_text_only_while_it_is_the_one_that_was_read() {
    let (server, _, desk) = stage().await;
    let (login, _) = server.sites.connect(ACME, 2, "mia");
    let made = desk.create_draft(&login, &draft("Soup"), &"a".repeat(64)).await.expect("written");
    let read = desk.get_post(&login, made.id).await.expect("there");
    assert_eq!((read.version.len(), &read.version), (16, &made.version));
    let base = |sum: &str| Some(Base { sum: sum.to_owned(), kept: vec![[0, 0, 4]] });
    let sum: String = Sha256::digest(read.content.expect("a text")).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(sum.starts_with(&read.version));
    let change = |base| Draft { content: Some("<!-- wp:more /-->".to_owned()), base, ..Draft::default() };
    assert_eq!(desk.update_draft(&login, made.id, &change(base(&"0".repeat(64)))).await, Err(DeskError::Changed));
    let changed = desk.update_draft(&login, made.id, &change(base(&sum))).await.expect("changed");
    assert_ne!(changed.version, read.version);
    assert_eq!(desk.update_draft(&login, made.id, &change(base(&sum))).await, Err(DeskError::Changed));
}

#[tokio::test]
async fn shows_drafts_posts_terms_and_takes_pictures() {
    let (server, effects, desk) = stage().await;
    let (mia, _) = server.sites.connect(ACME, 2, "mia");
    let (ben, _) = server.sites.connect(ACME, 3, "ben");
    for n in 0..25 {
        desk.create_draft(&mia, &draft(&format!("Soup & {n}")), &format!("{n:064x}")).await.expect("written");
    }
    let first = desk.list_drafts(&mia, 1).await.expect("a list");
    assert_eq!((first.items.len(), first.total, first.items[0].title.as_str()), (20, Some(25), "Soup & 24"));
    assert_eq!(desk.list_drafts(&mia, 2).await.expect("a list").items.len(), 5);
    assert_eq!(desk.list_drafts(&mia, 3).await.expect("behind the last page is nothing").items, Vec::new());
    assert_eq!(desk.list_drafts(&ben, 1).await.expect("a list").items, Vec::new());

    let id = first.items[0].id;
    assert_eq!(desk.get_post(&ben, id).await, Err(DeskError::NotFound));
    assert_eq!(desk.get_post(&ben, 999).await, Err(DeskError::NotFound));
    server.sites.with(ACME, |s| s.publish(id));
    let seen = desk.get_post(&ben, id).await.expect("published");
    assert_eq!((seen.title.as_str(), seen.status.as_str()), ("Soup & 24", "publish"));
    assert_eq!(desk.search_posts(&ben, "soup", 1).await.expect("a list").items.len(), 1);
    let terms = desk.terms(&ben, Taxonomy::Categories, "tips", 1).await.expect("a list");
    assert_eq!((terms.items[0].name.as_str(), terms.total), ("Tips & Tricks", Some(1)));

    let image = |name: &str, mime: &str| Image {
        name: name.to_owned(),
        mime: mime.to_owned(),
        alt: "A bowl & a \"spoon\"".to_owned(),
        bytes: vec![1, 2, 3],
    };
    let key = "d".repeat(64);
    server.faults.arm("POST /t", Trouble::LostAnswer, 1);
    let bowl = || image("bo\"wl\r\n.png", "image/png");
    assert!(matches!(desk.upload_image(&mia, bowl(), &key).await, Err(DeskError::Away(_))));
    let media = desk.upload_image(&mia, bowl(), &key).await.expect("taken");
    assert_eq!(desk.upload_image(&mia, bowl(), &key).await, Ok(media.clone()), "the same key is the same picture");
    assert!(media.url.ends_with("-bo-wl--.png"), "{}", media.url);
    let refused = desk.upload_image(&mia, image("x.php", "text/x-php"), &"e".repeat(64)).await;
    assert!(matches!(refused, Err(DeskError::Refused(_))), "{refused:?}");
    assert_eq!(effects.world().made["file"], 1);
}

fn by_name(name: &str) -> Named {
    Named { id: name.parse().ok(), name: Some(name.to_owned()) }
}

fn by_id(id: i64) -> Named {
    Named { id: Some(id), name: None }
}

#[tokio::test]
async fn finds_categories_and_makes_tags() {
    let (server, _, desk) = stage().await;
    let (mia, _) = server.sites.connect(ACME, 2, "mia");
    let categories = async |named: &[Named]| desk.chosen(&mia, Taxonomy::Categories, named).await;
    assert_eq!(categories(&[by_name("tips & TRICKS"), by_id(1), by_name("1")]).await, Ok(vec![1]));
    for (named, said) in [(by_name("Tips"), "no category “Tips”"), (by_id(7), "no category with the id 7")] {
        let refused = categories(&[by_id(1), named]).await;
        assert!(matches!(&refused, Err(DeskError::NoTerm(say)) if say.contains(said)), "{refused:?}");
    }
    let tags = async |named: &[Named]| desk.chosen(&mia, Taxonomy::Tags, named).await;
    let made = tags(&[by_name("bread"), by_name("slow food")]).await.expect("made");
    assert_eq!(tags(&[by_name("Bread"), by_name("slow food"), by_id(made[0])]).await, Ok(made.clone()), "once");
    assert!(matches!(tags(&[by_name("2024")]).await, Err(DeskError::NoTerm(_))), "a number may be meant as an id");
    assert_eq!(desk.terms(&mia, Taxonomy::Tags, "", 1).await.expect("a list").total, Some(2));
}

#[tokio::test]
async fn says_why_it_did_not_work() {
    let (server, effects, desk) = stage().await;
    let (login, uuid) = server.sites.connect(ACME, 2, "mia");
    let (ben, _) = server.sites.connect(ACME, 3, "ben");
    let post = desk.create_draft(&login, &draft("Soup"), &"b".repeat(64)).await.expect("written");
    let refused = |r: Result<slipway::systems::wordpress::Post, DeskError>| match r {
        Err(DeskError::Refused(words)) => words,
        other => panic!("not refused: {other:?}"),
    };
    assert!(refused(desk.update_draft(&ben, post.id, &draft("Mine")).await).contains("own person"));
    assert_eq!(
        refused(desk.create_draft(&login, &Draft::default(), &"c".repeat(64)).await),
        "Content, title, and excerpt are empty."
    );
    server.sites.with(ACME, |s| s.publish(post.id));
    assert!(refused(desk.update_draft(&login, post.id, &draft("Late")).await).contains("only write drafts"));
    assert_eq!(desk.update_draft(&login, 999, &draft("None")).await, Err(DeskError::NotFound));

    let world = effects.world();
    for trouble in [Trouble::LostRequest, Trouble::Page, Trouble::Unwell, Trouble::TooMany(9), Trouble::Denied] {
        server.faults.arm("POST /t", trouble.clone(), 1);
        let away = desk.create_draft(&login, &draft("Stew"), &"d".repeat(64)).await;
        assert!(matches!(away, Err(DeskError::Away(_))), "{trouble:?}: {away:?}");
    }
    assert_eq!(effects.world(), world, "none of these had an effect");
    server.sites.revoke(ACME, uuid);
    assert_eq!(desk.list_drafts(&login, 1).await, Err(DeskError::Revoked));
    server.faults.arm("POST /t", Trouble::Slow(Duration::from_millis(30)), 1);
    assert_eq!(desk.create_draft(&login, &draft("Stew"), &"d".repeat(64)).await, Err(DeskError::Revoked));
    let nowhere = Login { rest_url: "not an address".to_owned(), ..ben };
    assert!(matches!(desk.get_post(&nowhere, 1).await, Err(DeskError::Away(_))));
}
