//! A hand-over that stops anywhere: the process dies, or the site hangs up and the call is dropped with it.

use super::plugin::{Plugin, ada, town};
use axum::{body::Body, http::Request};
use secrecy::ExposeSecret as _;
use slipway::{
    domain::{At, Clock as _, Flow, Pairing, PairingId},
    saga::Secrets as _,
};
use std::{future::Future, task::Poll, time::Duration};
use tower::ServiceExt as _;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Lets a future go on `times` times at most, then drops it where it stands.
async fn cut<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let (mut future, mut left) = (Box::pin(future), times);
    std::future::poll_fn(move |cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

async fn sealed(site: &Plugin<'_>, id: PairingId) -> bool {
    let vault = site.town.stage.vault.of(site.tenant.id);
    vault.get(&Pairing::credential(id)).await.expect("the vault works").is_some()
}

#[tokio::test]
async fn p16_a_hand_over_that_is_cut_short_anywhere_leaves_no_credential_for_good() {
    let town = town().await;
    let site = Plugin::of(&town, "acme").await;
    let (mut orphans, mut opened, mut times) = (Vec::new(), None, 0);
    // How often it is asked to go on until somewhere is not the same each time: on a busy machine a round may miss the moment.
    for _ in 0..500 {
        let (code, question) = site.code(ada()).await;
        let (body, uuid) = site.handing_over(&code, &question);
        let request = Request::post("/connect/v1/complete")
            .header("authorization", format!("Bearer {}", site.secret.expose_secret()))
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let answer = cut(slipway::connect::router(town.house.clone()).oneshot(request), times).await;
        assert!(answer.is_none(), "nobody works on it, so it waits: {answer:?}");
        let id: PairingId = question.intent.parse().expect("an id");
        if town.stage.state(site.tenant.id).await.flows.contains_key(&Flow::Pair(id)) {
            opened = opened.or(Some(id));
            if !orphans.is_empty() {
                break;
            }
            times = 0;
            continue;
        }
        times += 1;
        town.wordpress.sites.revoke(site.tenant.id, uuid);
        if sealed(&site, id).await {
            orphans.push(id);
        }
    }
    let opened = opened.expect("at last it comes through");
    assert!(!orphans.is_empty(), "there is a moment between the vault and the log");
    let sweep = async || {
        let before = At(town.stage.clock.now().0 - i64::try_from(DAY.as_micros()).expect("it is small"));
        town.stage.store.sweep(before).await.expect("the store works");
    };
    sweep().await;
    assert!(sealed(&site, orphans[0]).await, "it could still be under way");
    town.stage.clock.by(2 * DAY);
    sweep().await;
    for orphan in orphans {
        assert!(!sealed(&site, orphan).await);
    }
    assert!(sealed(&site, opened).await, "its flow goes on");
}
