//! OpenWebUI and its stand-in, asked what the driver asks: `docs/outside/openwebui.md` in calls.

use super::{real, visit::visit};
use crate::alike::{Call, Side, assert_alike, call, send};
use crate::sim::openwebui::{BASE, KEY, OpenWebUiSim};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

/// What each of them chooses by itself, or words that nobody reads by program.
const OWN: [&str; 8] =
    ["id", "user_id", "created_at", "updated_at", "last_active_at", "profile_image_url", "detail", "version"];

fn admins(call: Call) -> Call {
    call.header("authorization", "Bearer {key}")
}

fn get(what: &'static str, path: &'static str) -> Call {
    admins(call(what, "GET", path))
}

fn post(what: &'static str, path: &'static str, body: &Value) -> Call {
    admins(send(what, "POST", path, body))
}

fn to_group() -> Value {
    json!([{"principal_type": "group", "principal_id": "{group}", "permission": "read"}])
}

fn preset(grants: &Value) -> Value {
    json!({"id": "wp-acme", "base_model_id": "{base}", "name": "Acme writer", "meta": {"toolIds": ["server:mcp:wp-acme"],
        "x_slipway": {"tenant": "t"}}, "params": {"system": "Write."}, "access_grants": grants, "is_active": true})
}

fn connection(id: &str) -> Value {
    json!({"type": "mcp", "url": "http://127.0.0.1:9/mcp/acme", "path": "", "auth_type": "bearer", "key": "k",
        "config": {"enable": true, "function_name_filter_list": "", "access_grants": to_group()},
        "info": {"id": id, "name": "WordPress", "description": "Drafts"}, "x_slipway": {"tenant": "t"}})
}

fn doors() -> Vec<Call> {
    vec![
        call("the version, by nobody", "GET", "/api/version"),
        call("people, by nobody", "GET", "/api/v1/users/?page=1"),
        call("people, with a wrong key", "GET", "/api/v1/users/?page=1").header("authorization", "Bearer sk-wrong"),
        get("a wrong address", "/api/v1/no/such/thing"),
        post("a wrong address, posted to", "/api/v1/no/such/thing", &json!({})),
        get("rules of sign-in", "/api/v1/auths/admin/config/oauth"),
        get("models beneath", "/api/models/base"),
    ]
}

fn people() -> Vec<Call> {
    let update = "/api/v1/users/{ada}/update";
    vec![
        get("a person by address", "/api/v1/users/?query=ada@example.org&order_by=email&direction=asc&page=1")
            .keep("ada", "/users/0/id"),
        get("nobody by address", "/api/v1/users/?query=nobody@example.org&order_by=email&direction=asc&page=1"),
        get("an underscore for any letter", "/api/v1/users/?query=a_a@example.org&page=1"),
        get("who was active last", "/api/v1/users/?query=ada&order_by=last_active_at&direction=desc&page=1"),
        get("a page behind the last", "/api/v1/users/?query=ada&page=2"),
        get("a person", "/api/v1/users/{ada}"),
        get("a person who is not there", "/api/v1/users/11111111-2222-4333-8444-555555555555"),
        post("let in", update, &json!({"role": "user"})),
        post("another address", update, &json!({"email": "ada@new.example"})),
        post("a taken address", update, &json!({"email": "ben@example.org"})),
        post("the address of before", update, &json!({"email": "ada@example.org"})),
        post(
            "let in who is not there",
            "/api/v1/users/11111111-2222-4333-8444-555555555555/update",
            &json!({"role": "user"}),
        ),
        get("the person afterwards", "/api/v1/users/{ada}"),
    ]
}

fn groups() -> Vec<Call> {
    let nobody = "11111111-2222-4333-8444-555555555555";
    vec![
        get("no groups", "/api/v1/groups/"),
        post("a group without description", "/api/v1/groups/create", &json!({"name": "tenant-acme"})),
        post("a group", "/api/v1/groups/create", &json!({"name": "tenant-acme", "description": "slipway:t"}))
            .keep("group", "/id"),
        post(
            "another name",
            "/api/v1/groups/id/{group}/update",
            &json!({"name": "tenant-new", "description": "slipway:t"}),
        ),
        post("a name for none", "/api/v1/groups/id/none/update", &json!({"name": "x", "description": "x"})),
        get("one group", "/api/v1/groups/"),
        post("somebody in", "/api/v1/groups/id/{group}/users/add", &json!({"user_ids": ["{ada}", nobody]})),
        post("again", "/api/v1/groups/id/{group}/users/add", &json!({"user_ids": ["{ada}"]})),
        post("into none", "/api/v1/groups/id/none/users/add", &json!({"user_ids": ["{ada}"]})),
        get("a member", "/api/v1/users/{ada}"),
        post("somebody out", "/api/v1/groups/id/{group}/users/remove", &json!({"user_ids": ["{ada}", nobody]})),
        post("out again", "/api/v1/groups/id/{group}/users/remove", &json!({"user_ids": ["{ada}"]})),
        get("no member", "/api/v1/users/{ada}"),
    ]
}

fn models() -> Vec<Call> {
    let (one, update) = ("/api/v1/models/model?id=wp-acme", "/api/v1/models/model/update");
    let access = "/api/v1/models/model/access/update";
    let mut other = preset(&json!([]));
    other["name"] = json!("Another name");
    other["is_active"] = json!(false);
    vec![
        get("no model", one),
        post("a change of none", update, &preset(&json!([]))),
        post("a model", "/api/v1/models/create", &preset(&to_group())),
        post("a model again", "/api/v1/models/create", &preset(&to_group())),
        get("the model", one),
        post("a change, with grants that do not count", update, &other),
        get("its name is another, its grants are as before", one),
        post("grants", access, &json!({"id": "wp-acme", "access_grants": []})),
        get("its grants are others", one),
        post("grants of a model without record", access, &json!({"id": "{base}", "access_grants": to_group()})),
        get("which has one now", "/api/v1/models/model?id={base}"),
        post(
            "the group's end takes its grants",
            "/api/v1/models/model/access/update",
            &json!({"id": "wp-acme", "access_grants": to_group()}),
        ),
        admins(call("the group's end", "DELETE", "/api/v1/groups/id/{group}/delete")),
        admins(call("its end again", "DELETE", "/api/v1/groups/id/{group}/delete")),
        get("the model without the group", one),
        get("the other one without the group", "/api/v1/models/model?id={base}"),
        post("the model's end", "/api/v1/models/model/delete", &json!({"id": "wp-acme"})),
        post("the model's end again", "/api/v1/models/model/delete", &json!({"id": "wp-acme"})),
        get("no model afterwards", one),
    ]
}

fn connections() -> Vec<Call> {
    const LIST: &str = "/api/v1/configs/tool_servers";
    let mut lacks = connection("wp-acme");
    lacks.as_object_mut().expect("an object").remove("key");
    let foreign = json!({"url": "http://other.example", "path": "", "auth_type": null, "key": "k", "config": {"enable": false}, "z": 1.0});
    vec![
        get("no connection", LIST),
        post("two", LIST, &json!({"TOOL_SERVER_CONNECTIONS": [foreign, connection("wp-acme")]})),
        get("both", LIST),
        post("one that lacks a field", LIST, &json!({"TOOL_SERVER_CONNECTIONS": [lacks]})),
        get("both still", LIST),
        post("a look at one where nobody listens", "/api/v1/configs/tool_servers/verify", &connection("wp-acme")),
        post("none", LIST, &json!({"TOOL_SERVER_CONNECTIONS": []})),
    ]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts a real OpenWebUI; `make test` runs it by itself, with --ignored"]
async fn real_openwebui_and_its_stand_in_answer_alike() {
    let world = real::world().await.expect("end2end/parts/setup openwebui brings what is missing");
    let sim = OpenWebUiSim::start().await;
    for name in ["ada", "ben"] {
        let email = format!("{name}@example.org");
        visit(&world.base, &email).await.expect("the chat lets them in");
        let id = sim.inside.sign_in(name, &email).expect("the stand-in does");
        // What the provider calls them.
        let called = json!(if name == "ada" { "Ada Byrne" } else { "Ben" });
        sim.inside
            .memory()
            .users
            .iter_mut()
            .filter(|u| u["id"] == id.as_str())
            .for_each(|u| u["name"] = called.clone());
    }
    let side = |base: &str, key: &str, model: &str| Side {
        base: base.to_owned(),
        names: [("key", key), ("base", model)].map(|(name, value)| (name, value.to_owned())).into(),
    };
    let mut stand_in = side(&sim.wire.url, KEY, BASE);
    let mut real = side(&world.base, world.admin.expose_secret(), real::MODEL);
    let table: Vec<Call> = [doors(), people(), groups(), models(), connections()].into_iter().flatten().collect();
    assert_alike(&mut stand_in, &mut real, &table, &OWN).await;
}
