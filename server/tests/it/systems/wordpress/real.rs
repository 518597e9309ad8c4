//! The same driver against a real WordPress with this project's plugin.

use super::draft;
use crate::sim;
use crate::systems::site::{APP_ID, Host, steady};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use slipway::domain::{At, Seen};
use slipway::systems::site::Wanted;
use slipway::systems::wordpress::rest::RestWordPress;
use slipway::systems::wordpress::{About, Desk, DeskError, Draft, Image, Login, Named, Site, Taxonomy, WordPress};
use std::collections::BTreeMap;

/// A picture of one pixel.
pub(super) const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// What a person's browser and the plugin do in WordPress: an account with an application password under our id.
const CONNECT: &str = r#"
$_SERVER['HTTP_HOST'] = parse_url(getenv('SLIPWAY_SITE_URL'), PHP_URL_HOST);
require getcwd() . '/wp-load.php';
$name = getenv('PERSON');
$user = get_user_by('login', $name);
$id = $user ? $user->ID : wp_insert_user(array('user_login' => $name, 'user_pass' => wp_generate_password(),
  'user_email' => "$name@example.org", 'role' => getenv('ROLE')));
list($plain, $item) = WP_Application_Passwords::create_new_application_password($id,
  array('name' => 'Slipway', 'app_id' => getenv('SLIPWAY_APP_ID')));
echo json_encode(array('password' => $plain, 'uuid' => $item['uuid'], 'id' => $id));
"#;

/// What a person does at their desk.
const PUBLISH: &str = r#"
$_SERVER['HTTP_HOST'] = parse_url(getenv('SLIPWAY_SITE_URL'), PHP_URL_HOST);
require getcwd() . '/wp-load.php';
wp_update_post(array('ID' => (int) getenv('PERSON'), 'post_status' => 'publish'));
$wp_rewrite->set_permalink_structure(getenv('ROLE'));
$wp_rewrite->flush_rules(); // as the page Permalinks does; without it the old rules go on
echo '{}';
"#;

/// Runs a script inside the site, with the site's own environment.
async fn php(host: &Host, script: &str, person: &str, role: &str) -> Value {
    let sheet: Value =
        serde_json::from_str(&std::fs::read_to_string(host.tree().join("env")).expect("a sheet")).expect("JSON");
    let env: BTreeMap<String, String> = serde_json::from_value(sheet["env"].clone()).expect("an environment");
    let mut command = tokio::process::Command::new("php");
    command.args(["-r", script]).current_dir(host.tree().join("htdocs")).env_clear().envs(env);
    let output = command.env("PERSON", person).env("ROLE", role).output().await.expect("PHP runs");
    let said = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}{}", String::from_utf8_lossy(&output.stderr)))
}

pub(super) async fn connect(host: &Host, site: &Site, about: &About, person: &str, role: &str) -> (Login, String) {
    let made = php(host, CONNECT, person, role).await;
    let password = SecretString::from(made["password"].as_str().expect("a password"));
    let (site_url, rest_url) = (site.site_url.clone(), about.rest_url.clone());
    let login = Login { site_url, rest_url, user: person.to_owned(), password };
    (login, made["uuid"].as_str().expect("its id").to_owned())
}

pub(super) fn site_of(wanted: &Wanted) -> Site {
    let (address, site_url) = (wanted.site_url.clone(), wanted.site_url.clone());
    Site { address, site_url, secret: wanted.site_secret.clone() }
}

#[tokio::test]
async fn the_portal_and_two_people_at_a_real_site() {
    let Some(host) = Host::new().await else { return };
    let wanted = host.wanted(3, "acme").await;
    steady(&host, &wanted).await;
    let wordpress = RestWordPress::new(sim::http());
    let site = site_of(&wanted);
    let Ok(Seen::Ready(about)) = wordpress.ensure(&site, "Acme & Söhne", &[], At(1)).await else {
        panic!("not ready")
    };
    assert_eq!(wordpress.ensure(&site, "Acme & Söhne", &[], At(1)).await, Ok(Seen::Ready(about.clone())));
    assert_eq!(wordpress.look(&site, &[]).await, Ok(Seen::Ready(about.clone())));
    assert_eq!(about.rest_url, format!("{}/?rest_route=/", site.address));
    let wrong = Site { secret: SecretString::from("wrong"), ..site.clone() };
    assert!(matches!(wordpress.look(&wrong, &[]).await, Ok(Seen::Drifted { .. })));
    let moved = Site { site_url: "http://new.example".to_owned(), ..site.clone() };
    assert!(matches!(wordpress.look(&moved, &[]).await, Ok(Seen::Drifted { .. })));

    let (boss, uuid) = connect(&host, &site, &about, "boss", "administrator").await;
    let (mia, mias) = connect(&host, &site, &about, "mia", "author").await;
    let found = wordpress.introspect(&boss).await.expect("it answers").expect("it is accepted");
    assert_eq!((found.login.as_str(), &found.password_uuid, found.app_id), ("boss", &uuid, APP_ID.to_string()));
    assert!(found.edit_posts && !found.too_much, "even an administrator's credential is narrow");

    let id = drafts(&wordpress, &boss, &mia).await;
    pictures(&wordpress, &mia).await;
    php(&host, PUBLISH, &id.to_string(), "").await;
    plain_permalinks(&wordpress, &site, &boss, &mia, id).await;

    for _ in 0..2 {
        assert_eq!(wordpress.revoke(&mia, &mias).await, Ok(()));
    }
    assert_eq!(wordpress.introspect(&mia).await, Ok(None));
    assert_eq!(wordpress.list_drafts(&mia, 1).await, Err(DeskError::Revoked));
    assert!(wordpress.introspect(&boss).await.expect("it answers").is_some(), "the other one is untouched");
    assert!(!format!("{mia:?}").contains(mia.password.expose_secret()));
}

async fn drafts(desk: &RestWordPress, boss: &Login, mia: &Login) -> i64 {
    let key = "0f".repeat(32);
    let post = desk.create_draft(boss, &draft("Soup & <em>salad</em>"), &key).await.expect("written");
    assert_eq!((post.status.as_str(), post.title.as_str()), ("draft", "Soup & <em>salad</em>"));
    let same = desk.create_draft(boss, &draft("Soup & <em>salad</em>"), &key).await.expect("the same");
    assert_eq!(same.id, post.id);
    let theirs = desk.create_draft(mia, &draft("Mine"), &key).await.expect("another person, another draft");
    assert_ne!(theirs.id, post.id);
    let listed = desk.list_drafts(boss, 1).await.expect("a list");
    assert_eq!((listed.items.iter().map(|p| p.id).collect::<Vec<_>>(), listed.total), (vec![post.id], Some(1)));
    assert_eq!(desk.list_drafts(boss, 2).await.expect("a list").items, Vec::new());

    let change = Draft { excerpt: Some("Short".to_owned()), ..terms(desk, boss, mia).await };
    let changed = desk.update_draft(boss, post.id, &change).await.expect("changed");
    assert_eq!(changed.featured_media, 0, "WordPress takes the id of a picture that is not there, and sets none");
    let read = desk.get_post(boss, post.id).await.expect("there");
    assert_eq!((read.title, read.content), (post.title, draft("").content));

    let foreign = desk.update_draft(boss, theirs.id, &draft("Taken")).await;
    assert!(matches!(&foreign, Err(DeskError::Refused(words)) if words.contains("own person")), "{foreign:?}");
    assert_eq!(desk.get_post(mia, post.id).await, Err(DeskError::NotFound));
    assert_eq!(desk.get_post(mia, 9999).await, Err(DeskError::NotFound));
    let empty = desk.create_draft(mia, &Draft::default(), &"1e".repeat(32)).await;
    assert!(matches!(&empty, Err(DeskError::Refused(words)) if words.contains("empty")), "{empty:?}");
    post.id
}

/// Categories and tags by name and id; neither an unknown one nor a doubled one goes by unseen.
async fn terms(desk: &RestWordPress, boss: &Login, mia: &Login) -> Draft {
    let named = |name: &str| Named { id: name.parse().ok(), name: Some(name.to_owned()) };
    let found = desk.terms(boss, Taxonomy::Categories, "", 1).await.expect("a list");
    let (id, name) = (found.items[0].id, found.items[0].name.clone());
    let both = [named(&name.to_uppercase()), Named { id: Some(id), name: None }];
    let categories = desk.chosen(boss, Taxonomy::Categories, &both).await.expect("found");
    assert_eq!((categories.as_slice(), found.total), ([id].as_slice(), Some(1)));
    let nothing = desk.chosen(boss, Taxonomy::Categories, &[named("Soups"), named("4711")]).await;
    let say = "no category “Soups”, no category “4711”";
    assert!(matches!(&nothing, Err(DeskError::NoTerm(words)) if words.contains(say)), "{nothing:?}");

    let tags = desk.chosen(mia, Taxonomy::Tags, &[named("slow & good")]).await.expect("made");
    assert_eq!(desk.chosen(boss, Taxonomy::Tags, &[named("Slow & Good")]).await, Ok(tags.clone()));
    assert_eq!(desk.terms(mia, Taxonomy::Tags, "slow", 1).await.expect("a list").total, Some(1));
    Draft { categories: Some(categories), tags: Some(tags), featured_media: Some(4711), ..Draft::default() }
}

async fn pictures(desk: &RestWordPress, mia: &Login) {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let image = Image {
        name: "Schüssel \"1\".png".to_owned(),
        mime: "image/png".to_owned(),
        alt: "A bowl & a \"spoon\"".to_owned(),
        bytes: STANDARD.decode(PIXEL).expect("a picture"),
    };
    let media = desk.upload_image(mia, image.clone(), &"d".repeat(64)).await.expect("taken");
    let served = sim::http().call("The site", reqwest::Method::GET, &media.url).send().await.expect("it answers");
    assert_eq!(served.body, image.bytes);
    let fake = Image { name: "x.php".to_owned(), mime: "image/png".to_owned(), ..image };
    let refused = desk.upload_image(mia, Image { bytes: b"<?php".to_vec(), ..fake }, &"e".repeat(64)).await;
    assert!(matches!(refused, Err(DeskError::Refused(_))), "{refused:?}");
    let with_picture = Draft { featured_media: Some(media.id), ..draft("With a picture") };
    desk.create_draft(mia, &with_picture, &"2d".repeat(32)).await.expect("written");
}

/// Permalinks were set to plain, and a draft was published: `/wp-json/` is gone, everything else goes on.
async fn plain_permalinks(wordpress: &RestWordPress, site: &Site, boss: &Login, mia: &Login, id: i64) {
    let pretty = format!("{}/wp-json/slipway/v1/status", site.address);
    let answer = sim::http().call("The site", reqwest::Method::GET, &pretty).send().await.expect("it answers");
    assert!(answer.status.is_redirection(), "what plain permalinks do: {}", answer.status);
    let Ok(Seen::Ready(about)) = wordpress.look(site, &[]).await else { panic!("not ready with plain permalinks") };
    assert_eq!(about.rest_url, boss.rest_url, "what was connected before goes on");
    let seen = wordpress.get_post(mia, id).await.expect("published");
    assert_eq!((seen.status.as_str(), seen.title.as_str()), ("publish", "Soup & <em>salad</em>"));
    assert_eq!(wordpress.search_posts(mia, "salad", 1).await.expect("a list").items[0].id, id);
    let late = wordpress.update_draft(boss, id, &draft("Late")).await;
    assert!(matches!(&late, Err(DeskError::Refused(words)) if words.contains("drafts")), "{late:?}");
}
