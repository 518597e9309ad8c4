//! A small OpenID provider: discovery, keys, code exchange with PKCE, userinfo, and switches for everything that goes
//! wrong in life. Signs with ES256. Written from OpenID Connect Core 1.0, Discovery 1.0 and Back-Channel Logout 1.0.

use super::Wire;
use axum::{
    Form, Json, Router,
    extract::State,
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use p256::pkcs8::EncodePrivateKey as _;
use serde_json::{Value, json};
use slipway::domain::secret::pkce_matches;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};
use url::Url;

/// What the provider is told to do wrong, or differently.
#[derive(Debug, Clone, Default)]
pub(crate) struct Switches {
    /// Claims that replace those of the id token.
    pub(crate) id_token: HashMap<&'static str, Value>,
    /// Claims that replace those of the userinfo endpoint.
    pub(crate) userinfo: HashMap<&'static str, Value>,
    /// E-mail, name and groups only at the userinfo endpoint.
    pub(crate) thin: bool,
    /// Announce a place to sign out.
    pub(crate) end_session: bool,
    /// Promise to name itself in each answer.
    pub(crate) names_itself: bool,
    /// Answer nothing but 503.
    pub(crate) down: bool,
    /// Think this long before it describes itself.
    pub(crate) slow: std::time::Duration,
}

/// A person the provider knows.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) subject: &'static str,
    pub(crate) email: Option<&'static str>,
    pub(crate) verified: Option<bool>,
    pub(crate) groups: Vec<&'static str>,
}

impl Person {
    pub(crate) fn ada() -> Self {
        Self { subject: "sub-ada", email: Some("ada@example.org"), verified: Some(true), groups: vec![] }
    }

    pub(crate) fn olivia() -> Self {
        let groups = vec!["slipway-operators"];
        Self { subject: "sub-olivia", email: Some("olivia@example.org"), groups, ..Self::ada() }
    }
}

struct Grant {
    person: Person,
    nonce: String,
    challenge: String,
    redirect: String,
}

struct Inside {
    issuer: String,
    key: (String, p256::SecretKey),
    keys_made: u8,
    grants: HashMap<String, Grant>,
    tokens: HashMap<String, Person>,
    switches: Switches,
    discoveries: u32,
    id_tokens: Vec<String>,
    now: i64,
}

/// The provider.
#[derive(Clone)]
pub(crate) struct Idp {
    inside: Arc<Mutex<Inside>>,
    _wire: Arc<Wire>,
}

pub(crate) const CLIENT: &str = "slipway";
pub(crate) const SECRET: &str = "the-secret-of-the-client";

fn key(number: u8) -> (String, p256::SecretKey) {
    (format!("key-{number}"), p256::SecretKey::from_slice(&[number; 32]).expect("it is in range"))
}

impl Idp {
    /// A provider whose clock says `now` (seconds since 1970).
    pub(crate) async fn open(now: i64) -> Self {
        let inside = Inside {
            issuer: String::new(),
            key: key(1),
            keys_made: 1,
            grants: HashMap::new(),
            tokens: HashMap::new(),
            switches: Switches::default(),
            discoveries: 0,
            id_tokens: Vec::new(),
            now,
        };
        let inside = Arc::new(Mutex::new(inside));
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(inside.clone());
        let wire = Wire::serve(app).await;
        inside.lock().expect("no test panicked in here").issuer.clone_from(&wire.url);
        Self { inside, _wire: Arc::new(wire) }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect("no test panicked in here")
    }

    pub(crate) fn issuer(&self) -> String {
        self.inside().issuer.clone()
    }

    pub(crate) fn switch(&self, change: impl FnOnce(&mut Switches)) {
        change(&mut self.inside().switches);
    }

    /// How often it was asked to describe itself.
    pub(crate) fn discoveries(&self) -> u32 {
        self.inside().discoveries
    }

    /// The id tokens that it gave out.
    pub(crate) fn id_tokens(&self) -> Vec<String> {
        self.inside().id_tokens.clone()
    }

    /// Time goes by there too.
    pub(crate) fn by(&self, time: std::time::Duration) {
        self.inside().now += i64::try_from(time.as_secs()).expect("a short time");
    }

    /// Restarts with new keys; the old ones are gone.
    pub(crate) fn rotate(&self) {
        let mut inside = self.inside();
        inside.keys_made += 1;
        inside.key = key(inside.keys_made);
    }

    /// The person signs in at `authorize` and is sent back: the path and query of the callback.
    pub(crate) fn sign_in(&self, authorize: &str, person: Person) -> String {
        let url = Url::parse(authorize).expect("it is an address");
        let ask: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(ask["client_id"], CLIENT);
        assert_eq!(ask["response_type"], "code");
        assert_eq!(ask["code_challenge_method"], "S256");
        assert!(ask["scope"].split(' ').any(|scope| scope == "openid"), "{authorize}");
        let mut inside = self.inside();
        let code = format!("code-{}", inside.grants.len() + 1);
        let (nonce, challenge) = (ask["nonce"].clone(), ask["code_challenge"].clone());
        let grant = Grant { person, nonce, challenge, redirect: ask["redirect_uri"].clone() };
        inside.grants.insert(code.clone(), grant);
        let back = Url::parse(&ask["redirect_uri"]).expect("it is an address");
        let iss: String = url::form_urlencoded::byte_serialize(inside.issuer.as_bytes()).collect();
        format!("{}?code={code}&state={}&iss={iss}", back.path(), ask["state"])
    }

    /// A logout token for the portal, with claims replaced or (null) removed.
    pub(crate) fn logout_token(&self, subject: &str, changes: &Value) -> String {
        let inside = self.inside();
        let mut claims = json!({
            "iss": inside.issuer, "aud": CLIENT, "iat": inside.now, "exp": inside.now + 120, "jti": "1", "sub": subject,
            "sid": "s1", "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        replace(&mut claims, changes);
        inside.signed(&claims, "logout+jwt")
    }
}

fn replace(claims: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().expect("changes are an object") {
        match value {
            Value::Null => drop(claims.as_object_mut().expect("claims are an object").remove(name)),
            value => claims[name] = value.clone(),
        }
    }
}

type Door = State<Arc<Mutex<Inside>>>;

impl Inside {
    fn signed(&self, claims: &Value, kind: &str) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.key.0.clone());
        header.typ = Some(kind.into());
        let der = self.key.1.to_pkcs8_der().expect("a key has this form");
        encode(&header, claims, &EncodingKey::from_ec_der(der.as_bytes())).expect("the key signs")
    }

    fn told(person: &Person) -> Value {
        let mut claims = json!({ "sub": person.subject, "name": person.subject.trim_start_matches("sub-") });
        claims["groups"] = json!(person.groups);
        if let Some(email) = person.email {
            claims["email"] = json!(email);
        }
        if let Some(verified) = person.verified {
            claims["email_verified"] = json!(verified);
        }
        claims
    }
}

async fn describe(State(inside): Door) -> Result<Json<Value>, StatusCode> {
    let slow = inside.lock().expect("no test panicked in here").switches.slow;
    tokio::time::sleep(slow).await;
    let mut inside = inside.lock().expect("no test panicked in here");
    inside.discoveries += 1;
    if inside.switches.down {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let i = &inside.issuer;
    let mut about = json!({
        "issuer": i, "authorization_endpoint": format!("{i}/authorize"), "token_endpoint": format!("{i}/token"),
        "userinfo_endpoint": format!("{i}/userinfo"), "jwks_uri": format!("{i}/jwks"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": inside.switches.names_itself,
    });
    if inside.switches.end_session {
        about["end_session_endpoint"] = json!(format!("{i}/end"));
    }
    Ok(Json(about))
}

async fn keys(State(inside): Door) -> Json<Value> {
    use p256::elliptic_curve::sec1::ToEncodedPoint as _;
    let inside = inside.lock().expect("no test panicked in here");
    let point = inside.key.1.public_key().to_encoded_point(false);
    let part = |bytes: Option<&p256::FieldBytes>| URL_SAFE_NO_PAD.encode(bytes.expect("a point has two parts"));
    Json(json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": inside.key.0,
        "x": part(point.x()), "y": part(point.y()),
    }] }))
}

async fn token(
    State(inside): Door,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let mut inside = inside.lock().expect("no test panicked in here");
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{CLIENT}:{SECRET}"));
    let refused = |why: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": why })));
    if headers.get("authorization").is_none_or(|value| value != &format!("Basic {basic}")) {
        return refused("invalid_client");
    }
    let Some(grant) = inside.grants.remove(&form["code"]) else { return refused("invalid_grant") };
    if grant.redirect != form["redirect_uri"] || !pkce_matches(&form["code_verifier"], &grant.challenge) {
        return refused("invalid_grant");
    }
    let (now, thin) = (inside.now, inside.switches.thin);
    let mut claims = if thin { json!({ "sub": grant.person.subject }) } else { Inside::told(&grant.person) };
    let always = json!({ "iss": inside.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": grant.nonce });
    replace(&mut claims, &always);
    replace(&mut claims, &json!(inside.switches.id_token));
    let access = format!("access-{}", form["code"]);
    inside.tokens.insert(access.clone(), grant.person);
    let id_token = inside.signed(&claims, "JWT");
    inside.id_tokens.push(id_token.clone());
    let answer = json!({ "access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": id_token });
    (StatusCode::OK, Json(answer))
}

async fn userinfo(State(inside): Door, headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    let inside = inside.lock().expect("no test panicked in here");
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let person = inside.tokens.get(token.trim_start_matches("Bearer ")).ok_or(StatusCode::UNAUTHORIZED)?;
    let mut told = Inside::told(person);
    replace(&mut told, &json!(inside.switches.userinfo));
    Ok(Json(told))
}
