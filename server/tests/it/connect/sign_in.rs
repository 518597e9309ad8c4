//! Signing in to a tenant's WordPress with a code of the portal.

use super::plugin::{Back, Plugin, Said, ada, challenge, person, town};
use serde_json::json;
use slipway::domain::{Caller, Clock as _, Role, Standing};
use std::time::Duration;

const VERIFIER: &str = "a-verifier-that-is-long-enough-for-rfc-7636-rules";
const STATE: &str = "a-state-of-the-site";

/// The way back to the site, with its code.
async fn enter(site: &Plugin<'_>, who: Caller) -> Back {
    let portal = site.town.house.portal_for(who);
    let slug = site.tenant.slug.to_string();
    let address = portal.sign_in_to_site(slug, STATE.into(), challenge(VERIFIER), "/wp-admin/".into()).await;
    Back::parse(&address.expect("it may"))
}

async fn redeem(site: &Plugin<'_>, code: &str, verifier: &str) -> Said {
    site.post("/connect/v1/sign-in", &json!({"code": code, "code_verifier": verifier})).await
}

#[tokio::test]
async fn a_person_of_the_tenant_is_signed_in_once() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let back = enter(&site, ada()).await;
    let start = format!("{}/wp-login.php?action=slipway_callback&code=", site.tenant.site_url);
    assert!(back.url.as_str().starts_with(&start), "{}", back.url);
    assert_eq!((back.query["state"].as_str(), &back.query["iss"]), (STATE, &town.house.systems.public_url));
    assert_eq!(back.code().len(), 43);
    let before = town.stage.clock.now().0;
    let said = redeem(&site, back.code(), VERIFIER).await;
    assert_eq!(said.status, 200);
    let at = said.data["at"].as_i64().expect("a time");
    assert!(before < at && at < town.stage.clock.now().0, "when the role was read");
    let told = json!({"subject": "sub-ada", "email": "ada@example.org", "email_verified": true, "name": "ada",
        "role": "administrator", "at": at});
    assert_eq!(said.data, told);
    for _ in 0..2 {
        assert_eq!(redeem(&site, back.code(), VERIFIER).await.code(), "code_refused", "once");
    }
    assert_eq!(site.audit("site.sign_in").await, [("ada@example.org".to_owned(), true)]);
}

#[tokio::test]
async fn codes_that_are_late_foreign_or_somebody_elses_sign_nobody_in() {
    let town = town().await;
    let (site, other) = (Plugin::of(&town, "acme").await, Plugin::of(&town, "globex").await);
    let mut refusals = vec![redeem(&site, &"A".repeat(43), VERIFIER).await];
    let late = enter(&site, ada()).await;
    town.stage.clock.by(Duration::from_secs(60));
    refusals.push(redeem(&site, late.code(), VERIFIER).await);
    let foreign = enter(&site, ada()).await;
    refusals.push(redeem(&other, foreign.code(), VERIFIER).await);
    refusals.push(redeem(&site, foreign.code(), VERIFIER).await);
    let stolen = enter(&site, ada()).await;
    refusals.push(redeem(&site, stolen.code(), &VERIFIER.replace('a', "b")).await);
    refusals.push(redeem(&site, stolen.code(), VERIFIER).await);
    let pairing = enter(&site, ada()).await;
    let question = super::plugin::Question {
        intent: String::new(),
        state: STATE.into(),
        verifier: VERIFIER.into(),
        subject: "sub-ada".into(),
    };
    refusals.push(site.complete(pairing.code(), &question).await);
    for refusal in &refusals {
        assert_eq!((refusal.status, refusal.code()), (400, "code_refused"));
        assert_eq!(refusal, &refusals[0]);
    }
}

#[tokio::test]
async fn the_role_is_the_one_of_the_moment() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let mia = person("mia", Standing::Person);
    for (now, then, said) in [
        (Role::Member, Role::Member, "author"),
        (Role::Member, Role::Admin, "administrator"),
        (Role::Admin, Role::Member, "author"),
    ] {
        site.add(&mia, now).await;
        let back = enter(&site, mia.clone()).await;
        let portal = town.house.portal_for(ada());
        portal.put_member("acme".into(), "mia@example.org".into(), then).await.expect("it may");
        assert_eq!(redeem(&site, back.code(), VERIFIER).await.data["role"], said, "{now:?} {then:?}");
    }
    let back = enter(&site, mia).await;
    town.house.portal_for(ada()).remove_member("acme".into(), "mia@example.org".into()).await.expect("it may");
    assert_eq!(redeem(&site, back.code(), VERIFIER).await.code(), "code_refused");
}

#[tokio::test]
async fn people_of_other_tenants_get_no_code() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    for (who, status) in [
        (person("mallory", Standing::Person), 404),
        (person("olivia", Standing::Operator), 403),
        (person("ava", Standing::Auditor), 403),
    ] {
        let portal = town.house.portal_for(who.clone());
        let refused = portal.sign_in_to_site("acme".into(), STATE.into(), challenge(VERIFIER), String::new()).await;
        assert_eq!(refused.expect_err("not theirs").status, status, "{who:?}");
        assert!(site.audit("site.sign_in").await.contains(&(who.email.to_string(), false)));
    }
    for (state, challenge) in [("short", challenge(VERIFIER)), (STATE, "plain".into()), (STATE, String::new())] {
        let portal = town.house.portal_for(ada());
        let refused = portal.sign_in_to_site("acme".into(), state.into(), challenge, String::new()).await;
        assert_eq!(refused.expect_err("it is no question").status, 400);
    }
}
