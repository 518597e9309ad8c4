//! The shape of the API: what is refused and how, paging, repeated orders, files; and that its description is up to date.

use super::api_rights::Desked;
use crate::portal::stage::Who;
use axum::body::Body;
use http::{HeaderMap, Method, Request, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use slipway::{domain::Actor, web};
use std::path::Path;

/// An operator's program.
struct Program {
    desk: Desked,
    token: String,
}

impl Program {
    async fn open() -> Self {
        let desk = Desked::open().await;
        let token = desk.token(Who::Operator, "operator", "", "program").await;
        Self { desk, token }
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, HeaderMap, String) {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, body) = self.desk.send(request, Body::from(body.to_owned())).await.into_parts();
        let body = body.collect().await.expect("it arrives").to_bytes().to_vec();
        (head.status.as_u16(), head.headers, String::from_utf8(body).expect("it is text"))
    }

    async fn json(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let (status, _, text) =
            self.send(method, path, &[("content-type", "application/json")], &body.to_string()).await;
        (status, serde_json::from_str(&text).expect("it is data"))
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let (status, _, text) = self.send(Method::GET, path, &[], "").await;
        (status, serde_json::from_str(&text).expect("it is data"))
    }
}

#[test]
fn the_openapi_description_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/api/openapi.json");
    let want = serde_json::to_string_pretty(&web::openapi()).expect("it is data") + "\n";
    if std::fs::read_to_string(&file).unwrap_or_default() != want {
        std::fs::write(&file, &want).expect("it can be written");
        panic!("docs/api/openapi.json was out of date and is written anew: commit it");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_a_problem() {
    let program = Program::open().await;
    let json = ("content-type", "application/json");
    let order = r#"{"name":"Acme","admin_email":"ada@example.org"}"#;
    let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(70_000));
    for (method, path, headers, body, status, code) in [
        (Method::POST, "/tenants", &[][..], order, 415, "wrong_type"),
        (Method::POST, "/tenants", &[("content-type", "text/plain")], order, 415, "wrong_type"),
        (Method::POST, "/tenants", &[json], "{", 400, "body_unreadable"),
        (Method::POST, "/tenants", &[json], r#"{"name":1}"#, 422, "body_unfit"),
        (Method::POST, "/tenants", &[json], r#"{"name":"A","admin_email":"a@b.org","x":1}"#, 422, "body_unfit"),
        (Method::POST, "/tenants", &[json], r#"{"name":"","admin_email":"a"}"#, 422, "order_refused"),
        (Method::POST, "/tenants", &[json], &large, 413, "too_large"),
        (Method::POST, "/tenants", &[json, ("idempotency-key", "")], order, 400, "idempotency_key_unfit"),
        (Method::POST, "/tenants", &[json, ("accept", "text/html")], order, 406, "not_acceptable"),
        (Method::GET, "/tenants?x=1", &[], "", 400, "query_unreadable"),
        (Method::GET, "/tenants?page=0", &[], "", 400, "query_unreadable"),
        (Method::GET, "/tenants?page=-1", &[], "", 400, "query_unreadable"),
        (Method::GET, "/audit?since=yesterday", &[], "", 422, "day_unreadable"),
        (Method::GET, "/audit.csv?until=2026-13-01", &[], "", 422, "day_unreadable"),
        (Method::GET, "/audit.csv", &[("accept", "application/json")], "", 406, "not_acceptable"),
        (Method::GET, "/nothing", &[], "", 404, "not_found"),
        (Method::PATCH, "/tenants", &[], "", 405, "wrong_method"),
    ] {
        let (got, headers, text) = program.send(method.clone(), path, headers, body).await;
        let problem: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{method} {path}: {e}: {text}"));
        assert_eq!((got, problem["code"].as_str()), (status, Some(code)), "{method} {path}: {text}");
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json", "{method} {path}");
        assert_eq!(problem["type"], format!("urn:slipway:problem:{code}"));
        assert_eq!(
            (&problem["status"], problem["trace"].as_str()),
            (&json!(status), headers["x-request-id"].to_str().ok())
        );
        assert!(status != 405 || headers[header::ALLOW] == "GET,HEAD,POST", "{headers:?}");
    }
    let (_, problem) = program.json(Method::POST, "/tenants", &json!({ "name": "", "admin_email": "a" })).await;
    let fields: Vec<_> = problem["fields"].as_array().expect("fields").iter().map(|f| f["field"].clone()).collect();
    assert_eq!(fields, ["name", "slug", "admin_email"]);
}

#[tokio::test]
async fn an_order_can_be_repeated() {
    let program = Program::open().await;
    let headers = [("content-type", "application/json"), ("idempotency-key", "3c9f5f5e")];
    let order = r#"{"name":"Acme Tools","slug":"acme","language":"de","admin_email":"ada@example.org"}"#;
    for _ in 0..2 {
        let (status, headers, text) = program.send(Method::POST, "/tenants", &headers, order).await;
        let tenant: Value = serde_json::from_str(&text).expect("it is data");
        assert_eq!(
            (status, &tenant["slug"], &tenant["status"]),
            (201, &json!("acme"), &json!("provisioning")),
            "{text}"
        );
        assert_eq!(headers[header::LOCATION], "/api/v1/tenants/acme");
        assert_eq!(tenant["ordered_by"], "token program of olivia@example.org");
        assert_eq!((&tenant["language"], &tenant["time_zone"]), (&json!("de"), &json!("Europe/Berlin")));
        let at = tenant["ordered_at"].as_str().expect("a moment");
        assert!(at.parse::<jiff::Timestamp>().is_ok() && at.ends_with('Z'), "{at}");
    }
    assert_eq!(program.get("/tenants").await.1["total"], 1);
    for (was, is) in [
        ("Acme Tools", "Other"),
        (r#""slug":"acme""#, r#""slug":"globex""#),
        (r#""language":"de""#, r#""language":"en""#),
        (r#""language":"de""#, r#""language":"de","time_zone":"Asia/Tokyo""#),
        ("ada@example.org", "ben@example.org"),
    ] {
        let (status, _, text) = program.send(Method::POST, "/tenants", &headers, &order.replace(was, is)).await;
        assert!(status == 422 && text.contains("idempotency_key_reused"), "{is}: {text}");
    }
    let (status, _, text) = program.send(Method::POST, "/tenants", &headers[..1], order).await;
    assert!(status == 422 && text.contains("acme is taken"), "{text}");
}

#[tokio::test]
async fn what_is_read_is_as_the_description_says() {
    let program = Program::open().await;
    program.desk.books.tenant("acme").await;
    let described = web::openapi();
    for (path, template) in [
        ("/me", "/me"),
        ("/tenants?q=ac&status=needs_attention&page=1", "/tenants"),
        ("/tenants/acme", "/tenants/{slug}"),
        ("/tenants/acme/timeline", "/tenants/{slug}/timeline"),
        ("/activity?tenant=acme", "/activity"),
        ("/audit?who=olivia&refused=", "/audit"),
        ("/systems", "/systems"),
        ("/plans", "/plans"),
        ("/slugs/acme", "/slugs/{slug}"),
    ] {
        let (status, answer) = program.get(path).await;
        assert_eq!(status, 200, "{path}: {answer}");
        let media = &described["paths"][format!("/api/v1{template}")]["get"]["responses"]["200"]["content"];
        let mut schema = media["application/json"]["schema"].clone();
        schema["components"] = described["components"].clone();
        if let Err(why) = jsonschema::validate(&schema, &answer) {
            panic!("{path}: {why}: {answer}");
        }
    }
    for (path, operations) in described["paths"].as_object().expect("paths") {
        for operation in operations.as_object().expect("operations").values() {
            let known = operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "path").count();
            assert_eq!(known, path.matches('{').count(), "{path}: a part of it is not described");
        }
    }
    let steps = program.get("/tenants/acme/timeline").await.1["steps"].clone();
    let ranks: Vec<_> = steps.as_array().expect("steps").iter().map(|step| step["rank"].clone()).collect();
    assert_eq!(ranks[..3], [json!(1), json!(1), json!(2)], "{ranks:?}");
    let (_, preview) = program.json(Method::POST, "/order-preview", &json!({ "name": "New One" })).await;
    assert_eq!((&preview["slug"]["slug"], &preview["slug"]["free"]), (&json!("new-one"), &json!(true)), "{preview}");
    assert_eq!(preview["makes"].as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn the_audit_pages_and_exports_all_of_it() {
    let program = Program::open().await;
    let house = &program.desk.books.town.house;
    for n in 0..230 {
        let mut entry = house.entry(&Actor::Chat, "test.many", None, n % 2 == 0, format!("Number {n}."));
        entry.who = "=cmd|' /C calc'!A0".into();
        house.store.audit(&entry.changed("", "x, \"y\"")).await.expect("the store works");
    }
    let (mut before, mut seen) = (0, 0);
    loop {
        let (_, page) = program.get(&format!("/audit?what=test.many&before={before}")).await;
        seen += page["entries"].as_array().map_or(0, Vec::len);
        let Some(next) = page["next_before"].as_i64() else { break };
        before = next;
    }
    assert_eq!(seen, 230);
    let (status, headers, text) = program.send(Method::GET, "/audit.jsonl?what=test.many&refused=1", &[], "").await;
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("each line is data")).collect();
    assert_eq!((status, lines.len()), (200, 115));
    assert_eq!((&lines[0]["detail"], &lines[0]["allowed"]), (&json!("Number 229."), &json!(false)));
    assert_eq!(headers[header::CONTENT_DISPOSITION], "attachment; filename=\"slipway-audit.jsonl\"");
    let (_, _, text) = program.send(Method::GET, "/audit.csv?what=test.many", &[], "").await;
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!((lines.len(), lines[0]), (232, "seq,at,who,what,tenant,allowed,detail,before,after"));
    assert!(
        lines[1].contains(r#","'=cmd|' /C calc'!A0","test.many","","false","Number 229.","","x, ""y""""#),
        "{}",
        lines[1]
    );
    // Whoever compresses asks once more after the end.
    let request = Request::get("/api/v1/audit.csv?what=test.many").header("accept-encoding", "gzip");
    let request = request.header(header::AUTHORIZATION, format!("Bearer {}", program.token));
    let small = program.desk.send(request, Body::empty()).await;
    assert_eq!(small.headers()[header::CONTENT_ENCODING], "gzip");
    let small = small.into_body().collect().await.expect("it arrives whole").to_bytes();
    assert!(small.len() < text.len() / 10, "{}", small.len());
    let (_, none) = program.get("/audit?since=2999-01-01").await;
    assert_eq!((&none["entries"], &none["next_before"]), (&json!([]), &Value::Null));
}
