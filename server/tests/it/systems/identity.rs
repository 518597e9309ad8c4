//! The driver for dynamic registration, against the real OpenID provider.

use crate::real::Part;
use crate::sim;
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use slipway::domain::{Fault, Gone, Roster, Seen, Slug, TenantId, person::Member};
use slipway::systems::identity::rfc7591::Rfc7591;
use slipway::systems::identity::{Identity, Registration, Wanted};
use std::sync::Arc;
use url::Url;
use uuid::Uuid;

mod alike;
pub(crate) mod authentik;
mod faults;

pub(super) fn wanted(n: u128, handle: Option<SecretString>) -> Wanted {
    Wanted {
        tenant: TenantId(Uuid::from_u128(n)),
        slug: Slug::parse("acme").expect("a slug"),
        name: "Acme & Söhne".to_owned(),
        redirect_uris: vec![
            "http://127.77.3.9:8000/wp-admin/admin-ajax.php?action=openid-connect-authorize".to_owned(),
        ],
        site_url: "http://127.77.3.9:8000".to_owned(),
        logout_uris: vec!["http://127.77.3.9:8000/".to_owned()],
        people: people([]),
        secret: SecretString::from("proposed"),
        handle,
    }
}

/// People who do not change under a call.
#[derive(Debug)]
struct Fixed(Vec<Member>);

#[async_trait]
impl Roster for Fixed {
    async fn people(&self) -> Result<Vec<Member>, Fault> {
        Ok(self.0.clone())
    }
}

pub(crate) fn people(list: impl IntoIterator<Item = Member>) -> Arc<dyn Roster> {
    Arc::new(Fixed(list.into_iter().collect()))
}

pub(super) fn ready(seen: Result<Seen<Registration>, Fault>) -> Registration {
    match seen {
        Ok(Seen::Ready(registration)) => registration,
        other => panic!("not ready: {other:?}"),
    }
}

async fn clients(part: &Part) -> Vec<Value> {
    let url = format!("http://{}:{}/demo/clients", part.host, part.port);
    let reply = sim::http().call("The provider", reqwest::Method::GET, &url).send().await.expect("it answers");
    reply.json().expect("a list")
}

fn driver(part: &Part, token: &str) -> Rfc7591 {
    let issuer = Url::parse(&format!("http://{}:{}", part.host, part.port)).expect("an address");
    Rfc7591::new(sim::http(), issuer, SecretString::from(token))
}

#[tokio::test]
async fn registers_corrects_and_removes_at_the_real_provider() {
    let Some(part) = Part::idp().await else { return };
    let identity = driver(&part, "an-initial-access-token");
    assert!(identity.health().await.ok, "{:?}", identity.health().await);
    assert_eq!(identity.look(&wanted(1, None)).await, Ok(Seen::Absent));

    let made = ready(identity.ensure(&wanted(1, None)).await);
    assert_ne!(made.secret.expose_secret(), "proposed", "this provider chooses its own");
    let known = wanted(1, made.handle.clone());
    assert_eq!(identity.look(&known).await, Ok(Seen::Ready(made.client.clone())));
    assert_eq!(ready(identity.ensure(&known).await).client, made.client);

    // The answer was lost: the same software gets the same client.
    let again = ready(identity.ensure(&wanted(1, None)).await);
    assert_eq!((&again.client, again.secret.expose_secret()), (&made.client, made.secret.expose_secret()));
    assert_eq!(clients(&part).await.len(), 1);

    let mut moved = wanted(1, again.handle.clone());
    moved.redirect_uris = vec!["http://127.77.3.9:9000/callback".to_owned()];
    assert!(matches!(identity.look(&moved).await, Ok(Seen::Drifted { .. })));
    let corrected = ready(identity.ensure(&moved).await);
    assert_eq!(corrected.secret.expose_secret(), made.secret.expose_secret(), "an update keeps the secret");
    moved.handle = corrected.handle;
    assert_eq!(identity.look(&moved).await, Ok(Seen::Ready(made.client.clone())));
    assert_eq!(clients(&part).await[0]["redirect_uris"][0], "http://127.77.3.9:9000/callback");

    let gone = identity.remove(&moved).await;
    assert_eq!(gone, Ok(Gone::Seen { what: format!("Sign-in client {} is gone.", made.client.client_id) }));
    assert_eq!(identity.remove(&moved).await, gone, "removing twice is the same as once");
    assert_eq!(identity.look(&moved).await, Ok(Seen::Absent));
    assert!(clients(&part).await.is_empty());
}

#[tokio::test]
async fn removes_what_a_lost_answer_left_and_says_what_is_wrong() {
    let Some(mut part) = Part::idp().await else { return };
    let identity = driver(&part, "an-initial-access-token");
    ready(identity.ensure(&wanted(1, None)).await);
    assert!(matches!(identity.remove(&wanted(1, None)).await, Ok(Gone::Seen { .. })));
    assert!(matches!(identity.remove(&wanted(1, None)).await, Ok(Gone::Seen { .. })));
    assert!(clients(&part).await.is_empty());

    let refused = driver(&part, "wrong").ensure(&wanted(1, None)).await;
    assert!(matches!(refused, Err(Fault::Fail { code: "credential_refused", .. })), "{refused:?}");
    let mut bad = wanted(2, None);
    bad.redirect_uris = vec!["not an address".to_owned()];
    let refused = identity.ensure(&bad).await.expect_err("refused");
    assert!(refused.to_string().contains("redirect_uri"), "{refused}");
    assert!(matches!(refused, Fault::Fail { code: "registration_refused", .. }), "{refused:?}");

    part.crash().await;
    assert_eq!(identity.look(&wanted(1, None)).await, Ok(Seen::Absent), "nothing is known, so nothing is asked");
    assert!(matches!(identity.ensure(&wanted(1, None)).await, Err(Fault::Retry { .. })));
    assert!(!identity.health().await.ok);
}
