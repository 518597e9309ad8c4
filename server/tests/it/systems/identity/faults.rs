//! The driver against a provider that fails on purpose.

use super::{ready, wanted};
use crate::sim::{
    self,
    faults::{Effects, Faults, Trouble},
    idp::{Habits, Idp, TOKEN},
};
use secrecy::{ExposeSecret, SecretString};
use slipway::domain::{Fault, Gone, Seen};
use slipway::systems::identity::{Identity, rfc7591::Rfc7591};
use std::time::Duration;
use url::Url;

async fn stage(habits: Habits) -> (Idp, Rfc7591) {
    let idp = Idp::serve(habits, Faults::default(), Effects::default()).await;
    let issuer = Url::parse(&idp.wire.url).expect("an address");
    (idp, Rfc7591::new(sim::http(), issuer, SecretString::from(TOKEN)))
}

const KEYED: Habits = Habits { keyed: true, rotates: false, elsewhere: false, mute: false };

#[tokio::test]
async fn one_client_however_often_the_answer_is_lost() {
    let (idp, identity) = stage(KEYED).await;
    for trouble in [Trouble::LostAnswer, Trouble::LostRequest, Trouble::Unwell, Trouble::Page, Trouble::WrongAnswer] {
        idp.faults.arm("POST /reg", trouble.clone(), 1);
        let fault = identity.ensure(&wanted(1, None)).await.expect_err("it fails");
        assert!(matches!(fault, Fault::Retry { .. }), "{trouble:?}: {fault}");
    }
    idp.faults.arm("POST /reg", Trouble::TooMany(7), 1);
    let slow = identity.ensure(&wanted(1, None)).await;
    assert!(
        matches!(slow, Err(Fault::Retry { after: Some(after), .. }) if after == Duration::from_secs(7)),
        "{slow:?}"
    );
    let made = ready(identity.ensure(&wanted(1, None)).await);
    assert_eq!(idp.effects.world().made["client"], 1);

    let known = wanted(1, made.handle);
    for trouble in [Trouble::LostAnswer, Trouble::LostRequest] {
        idp.faults.arm("DELETE /reg", trouble, 1);
        assert!(matches!(identity.remove(&known).await, Err(Fault::Retry { .. })));
    }
    for _ in 0..2 {
        assert!(matches!(identity.remove(&known).await, Ok(Gone::Seen { .. })));
    }
    assert!(idp.effects.world().objects.is_empty());
}

#[tokio::test]
async fn keeps_up_with_rotating_tokens_and_foreign_changes() {
    let (idp, identity) = stage(Habits { rotates: true, ..KEYED }).await;
    let made = ready(identity.ensure(&wanted(1, None)).await);
    let mut moved = wanted(1, made.handle);
    moved.redirect_uris = vec!["http://127.9.9.9/a".to_owned(), "http://127.9.9.9/b".to_owned()];
    let corrected = ready(identity.ensure(&moved).await);
    assert_eq!(idp.redirects()[0].as_array().map(Vec::len), Some(2));
    moved.handle = corrected.handle;
    assert!(matches!(identity.look(&moved).await, Ok(Seen::Ready(_))), "the new token is the one that is kept");

    // The answer to an update was lost, and with it the new token: the same software gets its client again.
    moved.name = "Another name".to_owned();
    idp.faults.arm("PUT /reg", Trouble::LostAnswer, 1);
    assert!(matches!(identity.ensure(&moved).await, Err(Fault::Retry { .. })));
    let again = ready(identity.ensure(&moved).await);
    assert_eq!(again.client, corrected.client);
    moved.handle = again.handle;

    idp.new_secret("changed-at-the-provider");
    assert!(matches!(identity.look(&moved).await, Ok(Seen::Drifted { what }) if what.contains("secret")));
    let taken = ready(identity.ensure(&moved).await);
    assert_eq!(taken.secret.expose_secret(), "changed-at-the-provider");
    moved.handle = taken.handle;
    assert!(matches!(identity.look(&moved).await, Ok(Seen::Ready(_))));
    assert_eq!(idp.effects.world().made["client"], 1);
}

#[tokio::test]
async fn sends_no_token_to_a_host_that_an_answer_chose() {
    let (idp, identity) = stage(Habits { elsewhere: true, ..KEYED }).await;
    let refused = identity.ensure(&wanted(1, None)).await;
    assert!(matches!(refused, Err(Fault::Fail { code: "registration_elsewhere", .. })), "{refused:?}");
    assert!(!idp.faults.calls().iter().any(|c| c.starts_with("GET /reg")));
}

#[tokio::test]
async fn says_when_the_provider_is_another_one_or_refuses() {
    let (idp, identity) = stage(KEYED).await;
    // The simulator names itself by the host it was asked by, so a proxy that changes the host is played by the issuer.
    let behind = Url::parse(&idp.wire.url.replace("127.0.0.1", "LOCALHOST.")).expect("an address");
    let behind = Rfc7591::new(sim::http(), behind, TOKEN.into()).ensure(&wanted(1, None)).await;
    assert!(behind.is_err(), "{behind:?}");
    let refused = Rfc7591::new(sim::http(), Url::parse(&idp.wire.url).expect("an address"), "wrong".into());
    let refused = refused.ensure(&wanted(1, None)).await;
    assert!(matches!(refused, Err(Fault::Fail { code: "credential_refused", .. })), "{refused:?}");

    let torn = identity.look(&wanted(1, Some(SecretString::from("{torn")))).await;
    assert!(matches!(torn, Err(Fault::Fail { code: "handle_unreadable", .. })), "{torn:?}");
    assert!(!format!("{identity:?}").contains(TOKEN));
}

#[tokio::test]
async fn a_provider_that_does_not_key_can_keep_one_unused_client() {
    let (idp, identity) = stage(Habits::default()).await;
    idp.faults.arm("POST /reg", Trouble::LostAnswer, 1);
    assert!(identity.ensure(&wanted(1, None)).await.is_err());
    let made = ready(identity.ensure(&wanted(1, None)).await);
    assert_eq!(idp.effects.world().objects.len(), 2, "the known limit of such providers");
    assert!(matches!(identity.remove(&wanted(1, made.handle)).await, Ok(Gone::Seen { .. })));
    assert!(matches!(identity.remove(&wanted(1, None)).await, Ok(Gone::Seen { .. })));
    assert_eq!(idp.effects.world().objects.len(), 1);
}

/// 401 at the management address says that the token is not taken, and nothing of the client.
#[tokio::test]
async fn a_client_whose_token_was_revoked_is_not_called_gone_and_not_doubled() {
    let (idp, identity) = stage(Habits::default()).await;
    let made = ready(identity.ensure(&wanted(1, None)).await);
    let known = wanted(1, made.handle);
    idp.revoke();
    assert!(
        matches!(identity.look(&known).await, Ok(Seen::Drifted { what }) if what.contains("does not take the token")),
        "it is there"
    );
    for _ in 0..2 {
        let ensured = identity.ensure(&known).await.map(|_| ());
        let removed = identity.remove(&known).await.map(|_| ());
        for outcome in [ensured, removed] {
            match outcome {
                Err(Fault::Fail { code: "registration_token_refused", say, .. }) => {
                    assert!(say.contains(&made.client.client_id), "{say}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(idp.effects.world().objects.len(), 1, "there is one, and it is the first");
    // Somebody removes it at the provider.
    idp.clear();
    assert!(matches!(identity.remove(&known).await, Ok(Gone::Seen { .. })));
    assert_eq!(identity.look(&known).await, Ok(Seen::Absent));
}

/// `invalid_client` at the token endpoint says that the secret is not the client's, and nothing of the client.
#[tokio::test]
async fn a_client_whose_token_and_secret_are_others_now_is_not_called_gone() {
    let (idp, identity) = stage(Habits::default()).await;
    let known = wanted(1, ready(identity.ensure(&wanted(1, None)).await).handle);
    idp.revoke();
    idp.new_secret("an administrator's");
    assert!(matches!(identity.look(&known).await, Ok(Seen::Drifted { .. })), "it is there");
    let removed = identity.remove(&known).await;
    assert!(matches!(removed, Err(Fault::Fail { code: "registration_token_refused", .. })), "{removed:?}");
    assert!(identity.ensure(&known).await.is_err(), "not a second one");
    assert_eq!(idp.effects.world().objects.len(), 1);
    idp.clear();
    assert!(matches!(identity.remove(&known).await, Ok(Gone::Seen { .. })));
}

#[tokio::test]
async fn a_provider_that_keys_registrations_gives_a_lost_token_back() {
    let (idp, identity) = stage(KEYED).await;
    let made = ready(identity.ensure(&wanted(1, None)).await);
    idp.revoke();
    assert_eq!(ready(identity.ensure(&wanted(1, made.handle.clone())).await).client, made.client);
    idp.revoke();
    assert!(matches!(identity.remove(&wanted(1, made.handle)).await, Ok(Gone::Seen { .. })));
    assert!(idp.effects.world().objects.is_empty());
}

#[tokio::test]
async fn where_nobody_says_whether_the_client_is_there_the_certificate_says_so() {
    let (idp, identity) = stage(Habits { mute: true, ..Habits::default() }).await;
    let made = ready(identity.ensure(&wanted(1, None)).await);
    idp.revoke();
    match identity.remove(&wanted(1, made.handle)).await {
        Ok(Gone::Unseen { what }) => assert!(what.contains(&made.client.client_id), "{what}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(idp.effects.world().objects.len(), 1, "it is there indeed");
}

#[tokio::test]
async fn says_that_there_is_no_way_past_the_portal() {
    let (_idp, identity) = stage(KEYED).await;
    let checks = identity.examine().await;
    assert!(checks.iter().all(|check| check.health.ok), "{checks:#?}");
    let second = checks.iter().find(|check| check.what == "Second way into sites").expect("it is told");
    assert!(second.health.say.contains("PKCE") && second.health.say.contains("portal's sign-in only"), "{second:?}");
}
