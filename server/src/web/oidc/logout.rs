//! Logout tokens of the provider. The OpenID library does not know them, so they are checked here, against the same
//! keys. Source: OpenID Connect Back-Channel Logout 1.0, section 2.6.

use super::{
    Settings, Trouble,
    bounds::{self, LEEWAY},
    provider::{Known, Provider},
};
use crate::domain::{At, Subject, person::SignedOut};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{Jwk, JwkSet},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashSet;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// A token may be this old, seconds; an old one could be a replay.
const AGE: i64 = 600;
const ALGORITHMS: [Algorithm; 8] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
];

#[derive(Deserialize)]
struct Claims {
    aud: Value,
    azp: Option<String>,
    iat: i64,
    nbf: Option<Value>,
    exp: Option<i64>,
    sub: Option<String>,
    sid: Option<String>,
    #[serde(default)]
    events: Map<String, Value>,
    nonce: Option<Value>,
}

/// What ended at the provider.
pub(super) async fn ended(
    provider: &Provider,
    settings: &Settings,
    token: &str,
    now: At,
) -> Result<SignedOut, Trouble> {
    let head = decode_header(token).map_err(|_| Trouble::Forged("it is no token"))?;
    let known = provider.known().await?;
    let claims = match key(&known, head.kid.as_deref(), head.alg).and_then(|key| read(&key, head.alg, settings, token))
    {
        Ok(claims) => claims,
        Err(Unfit::Signature) => {
            let newer = provider.newer(&known).await?;
            key(&newer, head.kid.as_deref(), head.alg)
                .and_then(|key| read(&key, head.alg, settings, token))
                .map_err(|_| Trouble::Forged("its signature does not fit the published keys"))?
        }
        Err(Unfit::Claims) => return Err(Trouble::Forged("it is not for the portal, or from somebody else")),
    };
    judge(claims, &settings.client_id, now.unix())
}

/// Why a token is not taken.
enum Unfit {
    /// No key fits; a newer one may.
    Signature,
    /// Issuer or audience, or a claim is missing.
    Claims,
}

fn key(known: &Known, id: Option<&str>, algorithm: Algorithm) -> Result<DecodingKey, Unfit> {
    if !ALGORITHMS.contains(&algorithm) {
        return Err(Unfit::Claims);
    }
    let keys: JwkSet =
        serde_json::to_value(&known.keys).and_then(serde_json::from_value).map_err(|_| Unfit::Signature)?;
    let fits = |key: &&Jwk| id.is_none_or(|id| key.common.key_id.as_deref() == Some(id));
    let key = keys.keys.iter().find(fits).ok_or(Unfit::Signature)?;
    DecodingKey::from_jwk(key).map_err(|_| Unfit::Signature)
}

fn read(key: &DecodingKey, algorithm: Algorithm, settings: &Settings, token: &str) -> Result<Claims, Unfit> {
    let mut rules = Validation::new(algorithm);
    rules.validate_exp = false; // below, by the house's clock
    rules.required_spec_claims = HashSet::from(["iss".into(), "aud".into()]);
    rules.set_issuer(&[&settings.issuer]);
    rules.set_audience(&[&settings.client_id]);
    decode::<Claims>(token, key, &rules).map(|token| token.claims).map_err(|error| match error.kind() {
        jsonwebtoken::errors::ErrorKind::InvalidSignature => Unfit::Signature,
        _ => Unfit::Claims,
    })
}

/// With a `sid` that one session is meant, without it all of the person (section 2.4).
fn judge(claims: Claims, client: &str, now: i64) -> Result<SignedOut, Trouble> {
    if claims.nonce.is_some() {
        return Err(Trouble::Forged("it has a nonce, so it is no logout token"));
    }
    if !claims.events.contains_key(EVENT) {
        return Err(Trouble::Forged("it is no logout token"));
    }
    if claims.aud.as_array().is_some_and(|all| all.iter().any(|one| one != client)) {
        return Err(Trouble::Forged("it is for others too"));
    }
    bounds::asked_by(claims.azp.as_deref(), client)?;
    bounds::begun(claims.iat, claims.nbf.as_ref(), now)?;
    if claims.iat < now - AGE || claims.exp.is_some_and(|exp| exp.saturating_add(LEEWAY) < now) {
        return Err(Trouble::Forged("its time is over"));
    }
    let subject = claims.sub.as_deref().map(Subject::parse).transpose()?.map(String::from);
    match (bounds::sid(claims.sid.as_deref()), subject) {
        (Some(sid), subject) => Ok(SignedOut::Session { sid, subject }),
        (None, Some(subject)) => Ok(SignedOut::Person(subject)),
        (None, None) => Err(Trouble::Forged("it names neither a person nor a session")),
    }
}
