//! Authentik that is not ready, forgets, breaks off or answers nonsense.

use super::{FOREIGN, code, driver, set};
use crate::sim::{
    authentik::{EMAIL, TOKEN},
    faults::Trouble,
};
use serde_json::json;
use slipway::domain::{Fault, Gone, Seen};
use slipway::systems::identity::{Identity, authentik::Authentik};
use std::time::Duration;

#[tokio::test]
async fn comes_through_every_fault_at_every_call() {
    let calm = set().await;
    calm.ready().await;
    let (world, mut calls) = (calm.sim.effects.world(), calm.sim.faults.calls());
    calm.gone().await;
    let mut removal: Vec<String> = calm.sim.faults.calls().split_off(calls.len());
    // A fault strikes the first call of a name, so each name is tried once.
    for names in [&mut calls, &mut removal] {
        names.sort();
        names.dedup();
    }
    let all = [
        Trouble::LostRequest,
        Trouble::LostAnswer,
        Trouble::Unwell,
        Trouble::Page,
        Trouble::TooMany(1),
        Trouble::WrongAnswer,
    ];
    for trouble in &all {
        for call in &calls {
            let set = set().await;
            set.sim.faults.arm(call, trouble.clone(), 1);
            let mut tries = 0;
            while !matches!(set.identity.ensure(&set.acme).await, Ok(Seen::Ready(_))) {
                tries += 1;
                assert!(tries < 4, "{trouble:?} at {call}");
            }
            assert_eq!(set.sim.effects.world(), world, "{trouble:?} at {call}");
        }
        for call in &removal {
            let set = set().await;
            set.ready().await;
            set.sim.faults.arm(call, trouble.clone(), 1);
            let mut tries = 0;
            while !matches!(set.identity.remove(&set.acme).await, Ok(Gone::Seen { .. })) {
                tries += 1;
                assert!(tries < 4, "{trouble:?} at {call}");
            }
            assert!(set.sim.effects.world().objects.is_empty(), "{trouble:?} at {call}");
        }
    }
}

#[tokio::test]
async fn waits_while_authentik_sets_itself_up() {
    let set = set().await;
    let all = set.sim.inside.memory().rows.clone();
    for (kind, words) in [
        ("flow", "no flow default-provider-authorization-implicit-consent yet"),
        ("certificate", "no certificate authentik Self-signed Certificate yet"),
        ("mapping", "no scope mapping goauthentik.io/providers/oauth2/scope-openid yet"),
    ] {
        set.sim.inside.memory().rows.remove(kind);
        assert_eq!(set.identity.look(&set.acme).await, Ok(Seen::Absent));
        match set.identity.ensure(&set.acme).await {
            Err(Fault::Retry { why, after }) => {
                assert!(why.contains(words) && why.contains("a minute or two"), "{why}");
                assert_eq!(after, Some(Duration::from_secs(15)));
            }
            other => panic!("{other:?}"),
        }
        let health = set.identity.health().await;
        assert!(!health.ok && health.next.contains("blueprints"), "{health:?}");
        set.sim.inside.memory().rows = all.clone();
    }
    assert!(set.sim.effects.world().objects.is_empty());
    set.ready().await;
}

#[tokio::test]
async fn makes_the_mapping_of_addresses_where_it_may_and_waits_for_it_elsewhere() {
    let set = set().await;
    set.sim.inside.memory().rows.get_mut("mapping").expect("they are there").retain(|r| r.value["name"] != EMAIL);
    set.sim.inside.memory().narrow = true;
    assert!(matches!(set.identity.ensure(&set.acme).await, Err(Fault::Retry { why, .. }) if why.contains(EMAIL)));
    set.sim.inside.memory().narrow = false;
    set.ready().await;
    let mapping = set.sim.inside.memory().one("mapping", EMAIL).clone();
    assert_eq!(mapping["expression"], "return {\"email\": request.user.email, \"email_verified\": True}");
    set.gone().await;
    assert_eq!(set.sim.inside.memory().one("mapping", EMAIL)["pk"], mapping["pk"], "it is everybody's and stays");
}

#[tokio::test]
async fn finds_references_anew_when_they_are_gone() {
    let set = set().await;
    set.ready().await;
    set.gone().await;
    // The database was restored: the same slugs, other ids.
    for (kind, name) in
        [("flow", "default-provider-invalidation-flow"), ("certificate", "authentik Self-signed Certificate")]
    {
        set.sim.inside.memory().one(kind, name)["pk"] = json!(FOREIGN);
    }
    set.ready().await;
    let provider = set.sim.inside.memory().one("provider", "wp-acme").clone();
    assert_eq!(provider["signing_key"], FOREIGN);
    let flows = || set.sim.faults.calls().iter().filter(|c| c.contains("/flows/")).count();
    let before = flows();
    set.ready().await;
    assert_eq!(flows(), before, "they are kept");
}

#[tokio::test]
async fn a_bad_token_is_called_a_bad_token() {
    let set = set().await;
    let stranger = driver(&set.sim.wire.url, "an-app-password", set.clock.clone());
    set.clock.by(Duration::from_secs(601));
    assert_eq!(code(stranger.look(&set.acme).await), "credential_refused");
    assert_eq!(code(stranger.remove(&set.acme).await), "credential_refused");
    let refused = stranger.ensure(&set.acme).await.expect_err("refused");
    assert!(refused.to_string().contains("(403)") && refused.to_string().contains("app password"), "{refused}");
    let checks = stranger.examine().await;
    assert_eq!(checks.len(), 1, "the rest stands on it");
    assert!(!checks[0].health.ok && checks[0].health.next.contains("identity.authentik.token"));
    // It is revoked in the middle.
    for call in ["POST /api/v3/providers/oauth2/", "POST /api/v3/core/groups/", "DELETE"] {
        set.sim.faults.arm(call, Trouble::Denied, 1);
        let outcome = code(set.identity.ensure(&set.acme).await);
        assert!(call == "DELETE" || outcome == "credential_refused", "{call}: {outcome}");
    }
}

/// Authentik's worker makes the account a minute or two after the server answers. A portal that came up beside it waits.
#[tokio::test]
async fn a_token_that_was_never_taken_is_waited_for_in_the_first_minutes() {
    let set = set().await;
    let early = driver(&set.sim.wire.url, "a-token-to-come", set.clock.clone());
    let waits = async |driver: &Authentik| match driver.ensure(&set.acme).await {
        Err(Fault::Retry { why, after }) => {
            assert!(why.contains("does not know the portal's token yet (403)"), "{why}");
            assert_eq!(after, Some(Duration::from_secs(15)));
            true
        }
        _ => false,
    };
    assert!(waits(&early).await);
    assert!(!early.health().await.ok && early.health().await.next.contains("token"), "and the doctor is not content");
    set.clock.by(Duration::from_secs(590));
    assert!(waits(&early).await);
    set.clock.by(Duration::from_secs(11));
    assert_eq!(code(early.ensure(&set.acme).await), "credential_refused");
    // Once it was taken, a refusal is one at once.
    let young = driver(&set.sim.wire.url, TOKEN, set.clock.clone());
    for expected in ["retry", "credential_refused"] {
        set.sim.faults.arm("GET /api/v3/admin/version/", Trouble::Denied, 1);
        assert_eq!(code(young.ensure(&set.acme).await), expected);
        assert!(young.health().await.ok, "it is taken");
    }
}

#[tokio::test]
async fn says_which_words_authentik_had_for_a_refusal() {
    let set = set().await;
    let mut odd = set.acme.clone();
    odd.site_url = "no address".to_owned();
    let refused = set.identity.ensure(&odd).await.expect_err("refused");
    // The stand-in refuses it because the description does.
    assert!(
        matches!(&refused, Fault::Fail { code: "identity_refused", .. }) && refused.to_string().contains("uri"),
        "{refused}"
    );
    let flaw = set.sim.inside.memory().flaws.pop();
    assert!(flaw.is_some_and(|f| f.contains("POST /core/applications/")));
}

#[tokio::test]
async fn examines_question_by_question() {
    let set = set().await;
    let checks = set.identity.examine().await;
    assert!(checks.len() == 10 && checks.iter().all(|c| c.health.ok), "{checks:#?}");
    assert_eq!(checks[0].health.say, "Authentik 2026.2.2");
    assert!(set.sim.effects.world().made.is_empty(), "a look makes nothing");
    assert!(set.identity.health().await.ok);
    set.sim.inside.memory().version = "2027.2.0".to_owned();
    assert!(set.identity.health().await.say.contains("newer than what this Slipway knows"));
    set.sim.inside.memory().forbidden = ["provider", "binding"].into();
    let checks = set.identity.examine().await;
    let rights = &checks.iter().find(|check| check.what == "Rights").expect("it was asked").health;
    assert!(
        !rights.ok && rights.say.contains("add_oauth2provider, authentik_policies.add_policybinding"),
        "{rights:?}"
    );
    assert_eq!(code(set.identity.ensure(&set.acme).await), "identity_forbidden");
    set.sim.faults.arm("GET /api/v3/admin/version/", Trouble::Page, 1);
    assert!(set.identity.health().await.say.contains("page instead of data"));
}
