//! The provider and its stand-in, asked what the driver asks: `docs/outside/openid-provider.md` in calls. How providers differ
//! from each other, the other tests try with the stand-in alone.

use crate::alike::{Call, Side, assert_alike, call, send};
use crate::real::Part;
use crate::sim::faults::{Effects, Faults};
use crate::sim::idp::{Habits, Idp, TOKEN};
use serde_json::{Value, json};

const OWN: [&str; 8] = [
    "authorization_endpoint",
    "token_endpoint",
    "client_id",
    "client_secret",
    "client_id_issued_at",
    "registration_access_token",
    "error_description",
    "scope",
];

fn metadata() -> Value {
    json!({"client_name": "Acme & Söhne", "redirect_uris": ["http://127.77.3.9:8000/callback"], "grant_types": ["authorization_code"],
        "response_types": ["code"], "token_endpoint_auth_method": "client_secret_basic", "application_type": "web",
        "software_id": "slipway:t"})
}

/// The same with these members.
fn with(more: Value) -> Value {
    let mut all = metadata();
    for (name, value) in more.as_object().expect("members") {
        all[name] = value.clone();
    }
    all
}

const AUTHORIZE: &str = "{authorize}?client_id={client}&redirect_uri=http%3A%2F%2F127.77.3.9%3A8000%2Fcallback&response_type=code&scope=openid&prompt=none&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

fn redeem(what: &'static str) -> Call {
    let body = "grant_type=authorization_code&code=slipway-asks-whether-this-client-is-known";
    call(what, "POST", "{redeem}")
        .header("authorization", "Basic {basic}")
        .body("application/x-www-form-urlencoded", body)
}

fn table() -> Vec<Call> {
    let known = json!({"client_id": "{client}", "client_secret": "{secret}"});
    let opens = |call: Call| call.header("authorization", "Bearer {token}");
    let manages = |call: Call| call.header("authorization", "Bearer {manage}");
    let kept = |call: Call| {
        call.keep("client", "/client_id")
            .keep("secret", "/client_secret")
            .keep("manage", "/registration_access_token")
            .keep("managed", "/registration_client_uri")
    };
    let mut renamed = with(known.clone());
    renamed["client_name"] = json!("Globex");
    vec![
        call("discovery", "GET", "/.well-known/openid-configuration")
            .keep("authorize", "/authorization_endpoint")
            .keep("redeem", "/token_endpoint"),
        send("a registration by nobody", "POST", "/reg", &metadata()),
        send("a registration with a wrong token", "POST", "/reg", &metadata()).header("authorization", "Bearer wrong"),
        opens(send("a client without address", "POST", "/reg", &with(json!({"redirect_uris": []})))),
        opens(send(
            "a client with something else for an address",
            "POST",
            "/reg",
            &with(json!({"redirect_uris": ["not an address"]})),
        )),
        opens(send(
            "a client with a fragment",
            "POST",
            "/reg",
            &with(json!({"redirect_uris": ["http://127.77.3.9:8000/#a"]})),
        )),
        kept(opens(send("a client", "POST", "/reg", &metadata()))),
        kept(opens(send("the same software again", "POST", "/reg", &metadata()))),
        manages(call("the client", "GET", "{managed}")),
        call("the client, with a wrong token", "GET", "{managed}").header("authorization", "Bearer wrong"),
        kept(opens(send("and again, in case that ended its token", "POST", "/reg", &metadata()))),
        manages(send(
            "a change that names another secret",
            "PUT",
            "{managed}",
            &with(json!({"client_id": "{client}", "client_secret": "x"})),
        )),
        manages(send(
            "a change to a bad address",
            "PUT",
            "{managed}",
            &with(json!({"client_id": "{client}", "client_secret": "{secret}", "redirect_uris": ["x"]})),
        )),
        kept(manages(send("a change", "PUT", "{managed}", &renamed))),
        manages(call("the client, changed", "GET", "{managed}")),
        redeem("a code that was never given out"),
        call("nobody signed in, without a page", "GET", AUTHORIZE),
        manages(call("its end", "DELETE", "{managed}")),
        manages(call("its end again", "DELETE", "{managed}")),
        manages(call("the client, gone", "GET", "{managed}")),
        redeem("a code of a client that is gone"),
        call("nobody signed in, without a page, at a client that is gone", "GET", AUTHORIZE),
    ]
}

#[tokio::test]
async fn provider_and_stand_in_answer_alike() {
    let Some(part) = Part::idp().await else { return };
    let habits = Habits { keyed: true, rotates: true, ..Habits::default() };
    let sim = Idp::serve(habits, Faults::default(), Effects::default()).await;
    let side = |base: String| Side { base, names: [("token", TOKEN.to_owned())].into() };
    let mut real = side(format!("http://{}:{}", part.host, part.port));
    assert_alike(&mut side(sim.wire.url.clone()), &mut real, &table(), &OWN).await;
}
