//! Tokens of programs: the same on both databases.

use super::{audit::column, email, entry, gone, house::House, on_both, ordered};
use app::model::audit::AuditQuery;
use slipway::domain::{
    ApiTokenId, At, Caller, Standing,
    api_token::{ApiToken, Grounds, Health, Scope},
    secret::TokenHash,
};
use std::time::Duration;
use uuid::Uuid;

on_both!(
    a_token_comes_back_as_it_was,
    of_two_living_ones_with_a_name_one_is_kept,
    use_is_noted_once_a_minute,
    an_end_is_for_ever_and_audited_once,
    a_sign_in_confirms_and_finds_what_rests_on_nothing,
    tokens_end_with_their_tenant,
    tokens_rest_at_another_issuer,
);

fn token(n: u128, name: &str) -> ApiToken {
    ApiToken {
        id: ApiTokenId(Uuid::from_u128(n)),
        name: name.into(),
        scope: Scope::Auditor,
        grounds: Grounds::Operator,
        subject: "sub olivia".into(),
        email: email("olivia@example.org"),
        made_at: At(1_000),
        expires_at: At(9_000_000_000),
        confirmed_at: At(1_000),
        used_at: None,
        ended_at: None,
    }
}

fn hash(n: u128) -> TokenHash {
    TokenHash::of(&format!("token {n}"))
}

async fn put(house: &House, n: u128, token: &ApiToken) -> bool {
    house.store.put_token(token, &hash(n), &entry("token.make")).await.unwrap()
}

async fn a_token_comes_back_as_it_was(house: &House) {
    let tenant = ordered(&house.store, 1, "acme").await;
    let scoped = ApiToken { scope: Scope::Tenant(tenant.id), grounds: Grounds::Admin, ..token(1, "a") };
    let machine = ApiToken { scope: Scope::Operator, grounds: Grounds::Machine, ..token(2, "b") };
    for (n, token) in [(1, &scoped), (2, &machine)] {
        assert!(put(house, n, token).await);
        assert_eq!(house.store.token_by_hash(&hash(n)).await.unwrap().as_ref(), Some(token));
        assert_eq!(house.store.token(token.id).await.unwrap().as_ref(), Some(token));
    }
    assert_eq!(house.store.token_by_hash(&hash(3)).await.unwrap(), None);
    let stored = column(house, "SELECT hash FROM api_token ORDER BY id").await;
    assert_eq!(stored, [hash(1).hex(), hash(2).hex()], "only hashes are kept");
}

async fn of_two_living_ones_with_a_name_one_is_kept(house: &House) {
    let store = &house.store;
    assert!(put(house, 1, &token(1, "deploy")).await);
    assert!(!put(house, 2, &token(2, "deploy")).await);
    let other = ApiToken { subject: "sub ben".into(), ..token(3, "deploy") };
    assert!(put(house, 3, &other).await, "another person's names are their own");
    assert_eq!(store.audit_verify().await.unwrap(), Ok(2));
    assert!(store.end_token(token(1, "").id, &entry("token.revoke")).await.unwrap());
    assert!(put(house, 4, &token(4, "deploy")).await, "a name is free again at the end");
    let later = ApiToken { made_at: At(9_000_000_001), expires_at: At(i64::MAX), ..token(5, "deploy") };
    assert!(put(house, 5, &later).await, "and when its time is over");
    let mine = store.tokens(Some("sub olivia"), At(9_000_000_001)).await.unwrap();
    assert_eq!(mine.iter().map(|t| t.id.0.as_u128()).collect::<Vec<_>>(), [5, 1, 4]);
    assert_eq!(store.tokens(None, At(2_000)).await.unwrap().len(), 4);
}

async fn use_is_noted_once_a_minute(house: &House) {
    put(house, 1, &token(1, "a")).await;
    let used = async |at: i64| {
        let token = house.store.token_by_hash(&hash(1)).await.unwrap().unwrap();
        house.store.touch_token(&token, At(at)).await.unwrap();
        house.store.token_by_hash(&hash(1)).await.unwrap().unwrap().used_at
    };
    assert_eq!(used(5_000_000).await, Some(At(5_000_000)));
    assert_eq!(used(64_999_999).await, Some(At(5_000_000)));
    assert_eq!(used(65_000_000).await, Some(At(65_000_000)));
}

async fn an_end_is_for_ever_and_audited_once(house: &House) {
    let store = &house.store;
    put(house, 1, &token(1, "a")).await;
    let id = token(1, "").id;
    assert!(store.end_token(id, &entry("token.revoke").changed("Works", "Revoked")).await.unwrap());
    assert!(!store.end_token(id, &entry("token.revoke")).await.unwrap());
    assert!(store.token(id).await.unwrap().unwrap().ended_at.is_some());
    let (rows, _) = store.audit_page(&AuditQuery::default(), 9).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].before.as_deref(), rows[0].after.as_deref()), (Some("Works"), Some("Revoked")));
    assert_eq!(store.audit_verify().await.unwrap(), Ok(2));
}

async fn a_sign_in_confirms_and_finds_what_rests_on_nothing(house: &House) {
    let tenant = ordered(&house.store, 1, "acme").await;
    put(house, 1, &token(1, "reads")).await;
    let admin = ApiToken { scope: Scope::Tenant(tenant.id), grounds: Grounds::Admin, ..token(2, "people") };
    put(house, 2, &admin).await;
    let mut olivia = Caller {
        subject: "sub olivia".into(),
        email: email("olivia@example.org"),
        name: "Olivia".into(),
        standing: Standing::Operator,
    };
    assert!(house.store.confirm_tokens(&olivia, At(7)).await.unwrap().is_empty());
    assert_eq!(house.store.token(admin.id).await.unwrap().unwrap().confirmed_at, At(7));
    olivia.standing = Standing::Auditor;
    let lost = house.store.confirm_tokens(&olivia, At(8)).await.unwrap();
    assert_eq!(lost.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["reads"]);
    let lost = house.store.token(lost[0].id).await.unwrap().unwrap();
    assert_eq!(lost.confirmed_at, At(7), "what rests on nothing is not confirmed, even if nobody comes to end it");
    let week = Duration::from_secs(7 * 24 * 3600);
    let (lasting, end) = (ApiToken { expires_at: At(i64::MAX), ..lost }, At(7).plus(week));
    assert_eq!((lasting.health(At(end.0 - 1)), lasting.health(end)), (Health::Living, Health::Resting));
    let resting = house.store.token(admin.id).await.unwrap().unwrap();
    assert_eq!(resting.health(At(8)), Health::Living);
    let long = Duration::from_secs(31 * 24 * 3600);
    let lasting = ApiToken { expires_at: At(i64::MAX), ..resting };
    assert_eq!(lasting.health(At(8).plus(long)), Health::Resting);
}

async fn tokens_end_with_their_tenant(house: &House) {
    let tenant = ordered(&house.store, 1, "acme").await;
    let scoped = ApiToken { scope: Scope::Tenant(tenant.id), ..token(1, "a") };
    put(house, 1, &scoped).await;
    put(house, 2, &token(2, "b")).await;
    gone(&house.store, tenant.id, 2).await;
    let left = house.store.tokens(None, At(2_000)).await.unwrap();
    assert_eq!(left.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["b"]);
}

async fn tokens_rest_at_another_issuer(house: &House) {
    let machine = ApiToken { grounds: Grounds::Machine, subject: "command line".into(), ..token(2, "b") };
    assert!(put(house, 1, &token(1, "a")).await && put(house, 2, &machine).await);
    let at = async |issuer: &str| house.store.clone().at_issuer(issuer).await.unwrap();
    let here = at("https://a.example.org/").await;
    assert_eq!(here.token_by_hash(&hash(1)).await.unwrap().unwrap(), token(1, "a"));
    let other = at("https://b.example.org/").await;
    let resting = other.token_by_hash(&hash(1)).await.unwrap().unwrap();
    assert_eq!(resting.confirmed_at, At(0));
    assert_eq!(resting.subject, "https://a.example.org/ sub olivia", "it equals no subject of here");
    assert_eq!(other.tokens(Some("sub olivia"), At(1)).await.unwrap(), []);
    assert_eq!(other.token_by_hash(&hash(2)).await.unwrap().unwrap(), machine, "the command line is at every issuer");
}
