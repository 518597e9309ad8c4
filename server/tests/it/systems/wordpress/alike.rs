//! A real WordPress with this project's plugin, and the stand-in, asked what the portal asks: `docs/outside/wordpress.md` in calls.

use super::real::{connect, site_of};
use crate::alike::{Call, Side, assert_alike, call, send};
use crate::sim;
use crate::sim::faults::{Effects, Faults};
use crate::sim::wordpress::WordPress as Server;
use crate::systems::site::{Host, steady};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret as _;
use serde_json::json;
use slipway::domain::{At, Seen, TenantId};
use slipway::systems::wordpress::rest::RestWordPress;
use slipway::systems::wordpress::{Login, WordPress as _};
use uuid::Uuid;

/// What each of them chooses by itself, and words for people.
const OWN: [&str; 17] = [
    "accounts",
    "rendered",
    "id",
    "uuid",
    "message",
    "modified_gmt",
    "link",
    "source_url",
    "last_used",
    "php",
    "wordpress",
    "plugin",
    "time",
    "tenant",
    "tenant_id",
    "count",
    "term_id",
];

fn portal(call: Call) -> Call {
    call.header("authorization", "Bearer {secret}")
}

fn mia(call: Call) -> Call {
    call.header("authorization", "Basic {mia}")
}

fn boss(call: Call) -> Call {
    call.header("authorization", "Basic {boss}")
}

/// The plugin, by the site's secret.
fn plugin() -> Vec<Call> {
    let settings = "/?rest_route=/slipway/v1/settings";
    let people = json!([{"subject": "mia", "email": "mia@example.org", "role": "author"}]);
    vec![
        call("status, by nobody", "GET", "/?rest_route=/slipway/v1/status"),
        call("status, by somebody else", "GET", "/?rest_route=/slipway/v1/status")
            .header("authorization", "Bearer wrong"),
        portal(send("settings", "POST", settings, &json!({"title": "Acme", "people": people, "at": 1}))),
        portal(send("a title that is none", "POST", settings, &json!({"title": "", "people": [], "at": 2}))),
        portal(send(
            "the end of an account that is not there",
            "POST",
            "/?rest_route=/slipway/v1/end-account",
            &json!({"id": 4711, "login": "eve"}),
        )),
        portal(call("a route that is not there", "GET", "/?rest_route=/slipway/v1/nothing")),
        portal(call("status", "GET", "/?rest_route=/slipway/v1/status")),
    ]
}

fn credential() -> Vec<Call> {
    let introspect = "/?rest_route=/wp/v2/users/me/application-passwords/introspect";
    vec![
        call("a credential, by nobody", "GET", introspect),
        call("a credential that is wrong", "GET", introspect).header("authorization", "Basic bWlhOndyb25n"),
        mia(call("a credential", "GET", introspect)).keep("password", "/uuid"),
        mia(call("a person", "GET", "/?rest_route=/wp/v2/users/me&context=edit")).keep("me", "/id"),
        boss(call("an administrator, narrowed", "GET", "/?rest_route=/wp/v2/users/me&context=edit")),
        mia(call("what a credential may not", "GET", "/?rest_route=/wp/v2/plugins")),
        mia(call("a post's end", "DELETE", "/?rest_route=/wp/v2/posts/1")),
    ]
}

const POSTS: &str = "/?rest_route=/wp/v2/posts&_fields=id,title,status,content,modified_gmt,link,featured_media";
const DRAFT: &str =
    "/?rest_route=/wp/v2/posts/{draft}&_fields=id,title,status,content,modified_gmt,link,featured_media";
const EDIT: &str =
    "/?rest_route=/wp/v2/posts/{draft}&context=edit&_fields=id,title,status,content,modified_gmt,link,featured_media";
const LIST: &str = "/?rest_route=/wp/v2/posts&status=draft,pending&author={me}&context=edit&orderby=modified&order=desc&per_page=20&page=1&_fields=id,title,status,content,modified_gmt,link,featured_media";
const BEHIND: &str = "/?rest_route=/wp/v2/posts&status=draft,pending&author={me}&context=edit&per_page=20&page=2&_fields=id,title,status";

fn drafts() -> Vec<Call> {
    let content = "<!-- wp:paragraph -->\n<p>Soup</p>\n<!-- /wp:paragraph -->";
    let draft =
        json!({"title": "Soup &amp; bread", "content": content, "status": "draft", "slipway_key": "0f".repeat(32)});
    let with = |name: &str, value: serde_json::Value| {
        let mut draft = draft.clone();
        draft[name] = value;
        draft
    };
    let base = |sum: &str| json!({"content": content.replace("Soup", "Stew"), "slipway_base": sum, "slipway_kept": []});
    vec![
        mia(call("no drafts", "GET", LIST)),
        mia(send("a draft", "POST", POSTS, &draft)).keep("draft", "/id"),
        mia(send("the same again", "POST", POSTS, &draft)),
        mia(send("a key that is none", "POST", POSTS, &with("slipway_key", json!("x")))),
        mia(send("published at once", "POST", POSTS, &with("status", json!("publish")))),
        mia(send(
            "nothing in it",
            "POST",
            POSTS,
            &json!({"title": "", "content": "", "status": "draft", "slipway_key": "1f".repeat(32)}),
        )),
        mia(call("a list of one", "GET", LIST)),
        mia(call("the page behind it", "GET", BEHIND)),
        mia(call("the draft, to be changed", "GET", EDIT)),
        mia(call("the draft, to be read", "GET", DRAFT)),
        mia(call("a post that is not there", "GET", "/?rest_route=/wp/v2/posts/999999&context=edit")),
        boss(call("somebody else's draft, to be changed", "GET", EDIT)),
        boss(call("somebody else's draft, to be read", "GET", DRAFT)),
        boss(send("a change of somebody else's draft", "POST", DRAFT, &json!({"title": "Taken"}))),
        mia(send("a change to a text of before", "POST", DRAFT, &base(&"0".repeat(64)))),
        mia(send("a change that publishes", "POST", DRAFT, &json!({"status": "publish"}))),
        mia(send("another title", "POST", DRAFT, &json!({"title": "Stew"}))),
        mia(send("a change of none", "POST", "/?rest_route=/wp/v2/posts/999999", &json!({"title": "None"}))),
    ]
}

fn terms_and_pictures() -> Vec<Call> {
    let pixel = STANDARD.decode(super::real::PIXEL).expect("a picture");
    let media = "/?rest_route=/wp/v2/media&alt_text=A%20bowl&slipway_key=dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd";
    let other =
        "/?rest_route=/wp/v2/media&slipway_key=eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
    let named = |call: Call| call.header("content-disposition", "attachment; filename=\"bowl.png\"");
    let tags = "/?rest_route=/wp/v2/tags";
    vec![
        mia(call("no tags", "GET", "/?rest_route=/wp/v2/tags&search=slow&per_page=100&_fields=id,name,count")),
        mia(send("a tag", "POST", tags, &json!({"name": "Slow"}))).keep("tag", "/id"),
        mia(send("the same tag", "POST", tags, &json!({"name": "slow"}))),
        mia(call("a tag by words", "GET", "/?rest_route=/wp/v2/tags&search=slow&per_page=100&_fields=id,name,count")),
        mia(call(
            "a tag by its id",
            "GET",
            "/?rest_route=/wp/v2/tags&include={tag}&per_page=100&_fields=id,name,count",
        )),
        mia(send("a category", "POST", "/?rest_route=/wp/v2/categories", &json!({"name": "Soups"}))),
        named(mia(call("a picture", "POST", media).body("image/png", pixel.clone()))),
        named(mia(call("the same picture", "POST", media).body("image/png", pixel.clone()))),
        named(mia(call("a program", "POST", other).body("text/x-php", "<?php"))),
        mia(call("a picture without a name", "POST", other).body("image/png", pixel)),
    ]
}

fn ends() -> Vec<Call> {
    let mine = "/?rest_route=/wp/v2/users/me/application-passwords/{password}";
    vec![
        mia(call(
            "the end of a password that is not there",
            "DELETE",
            "/?rest_route=/wp/v2/users/me/application-passwords/11111111-2222-4333-8444-555555555555",
        )),
        mia(call("the password's end, by itself", "DELETE", mine)),
        mia(call("again", "DELETE", mine)),
        mia(call("a draft afterwards", "GET", EDIT)),
    ]
}

fn side(base: String, secret: &str, mia: &Login, boss: &Login) -> Side {
    let basic = |login: &Login| STANDARD.encode(format!("{}:{}", login.user, login.password.expose_secret()));
    let names = [("secret", secret.to_owned()), ("mia", basic(mia)), ("boss", basic(boss))];
    Side { base, names: names.into() }
}

#[tokio::test]
async fn wordpress_and_its_stand_in_answer_alike() {
    let Some(host) = Host::new().await else { return };
    let wanted = host.wanted(5, "acme").await;
    steady(&host, &wanted).await;
    let site = site_of(&wanted);
    let wordpress = RestWordPress::new(sim::http());
    let Ok(Seen::Ready(about)) = wordpress.ensure(&site, "Acme", &[], At(1)).await else { panic!("not ready") };
    let (boss, _) = connect(&host, &site, &about, "boss", "administrator").await;
    let (mia, _) = connect(&host, &site, &about, "mia", "author").await;
    let mut real = side(site.address.clone(), site.secret.expose_secret(), &mia, &boss);

    let server = Server::serve(Faults::default(), Effects::default()).await;
    let tenant = TenantId(Uuid::from_u128(5));
    server.sites.open(tenant, "the-secret-of-the-site");
    let ((mia, _), (boss, _)) = (server.sites.connect(tenant, 3, "mia"), server.sites.connect(tenant, 2, "boss"));
    let mut stand_in = side(server.sites.address(tenant), "the-secret-of-the-site", &mia, &boss);

    let table: Vec<Call> =
        [plugin(), credential(), drafts(), terms_and_pictures(), ends()].into_iter().flatten().collect();
    assert_alike(&mut stand_in, &mut real, &table, &OWN).await;
}
