//! The description of the API: OpenAPI 3.1, whose schemas are JSON Schema 2020-12 as `schemars` derives it from the types
//! that are really sent and read. Source: OpenAPI Specification 3.1.0, sections 4.8.8 to 4.8.17.

use super::{operation::Op, wire};
use crate::web::session::COOKIE;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// Where the API begins.
pub(super) const BASE: &str = "/api/v1";

const ABOUT: &str = "Everything the portal's pages do, for programs. Send a token as `Authorization: Bearer slw_…`. \
    A program sees and may do what its token may: for a tenant that is not in sight it gets the same 404 as for one that \
    does not exist. Moments are RFC 3339 in UTC. Every refusal is a problem of RFC 9457 with a stable `code` and one `next` \
    action. Unknown fields are refused.";

/// What the parts of paths are.
const PARTS: [(&str, &str); 6] = [
    ("slug", "Short name of the tenant"),
    ("step", "Name of the step, such as database"),
    ("email", "E-mail address of the person"),
    ("pairing", "Identifier of the pairing"),
    ("account", "Number of the account in the tenant's WordPress"),
    ("cluster", "Identifier of the database cluster"),
];

/// The whole description.
pub(super) fn document(operations: &[Op]) -> Value {
    let place = |settings: SchemaSettings| settings.with(|s| s.definitions_path = "/components/schemas".into());
    let mut given = place(SchemaSettings::draft2020_12().for_serialize()).into_generator();
    let mut taken = place(SchemaSettings::draft2020_12().for_deserialize()).into_generator();
    let problem = given.subschema_for::<wire::Problem>();
    let mut paths = Map::new();
    for op in operations {
        let path = paths.entry(format!("{BASE}{}", op.path)).or_insert_with(|| json!({}));
        path[op.method.as_str().to_ascii_lowercase()] = operation(op, &mut given, &mut taken);
    }
    let mut schemas: Map<String, Value> = taken.take_definitions(true);
    schemas.extend(given.take_definitions(true));
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Slipway", "version": "1", "description": ABOUT, "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" } },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }, { "session": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": { "Problem": {
                "description": "It was refused, or it failed; `code` says why and never changes.",
                "content": { "application/problem+json": { "schema": problem } },
            } },
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "slw_…" },
                "session": { "type": "apiKey", "in": "cookie", "name": COOKIE },
            },
        },
    })
}

fn operation(op: &Op, given: &mut SchemaGenerator, taken: &mut SchemaGenerator) -> Value {
    let refused = json!({ "$ref": "#/components/responses/Problem" });
    let mut answer = json!({ "description": "Done." });
    if op.status != 204 && op.status != 202 || op.answer.is_some() {
        let schema = op.answer.map_or_else(|| json!({ "type": "string" }), |shape| shape(given).to_value());
        answer["content"] = json!({ op.kind.media(): { "schema": schema } });
    }
    let mut responses = json!({ op.status.to_string(): answer, "401": refused, "default": refused });
    if op.right.is_some() {
        responses["403"] = refused;
    }
    let right = op.right.map_or("everybody who is known".to_owned(), |right| format!("those who may {right}"));
    let mut all = json!({
        "operationId": op.name,
        "summary": op.about,
        "description": format!("For {right} (docs/roles.md)."),
        "parameters": parameters(op, taken),
        "responses": responses,
    });
    if let Some(shape) = op.body {
        all["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": shape(taken) } } });
    }
    all
}

/// A query has no null: what may be left out is left out.
fn never_null(schema: &mut Value) {
    let null = json!("null");
    if let Some(kinds) = schema["type"].as_array().cloned() {
        schema["type"] = kinds.into_iter().find(|kind| *kind != null).unwrap_or(null);
    } else if let Some(shapes) = schema["anyOf"].as_array().cloned() {
        let about = schema["description"].clone();
        *schema = shapes.into_iter().find(|shape| shape["type"] != null).unwrap_or_default();
        schema["description"] = about;
    }
}

fn parameters(op: &Op, taken: &mut SchemaGenerator) -> Vec<Value> {
    let mut all = Vec::new();
    for (name, about) in PARTS.iter().filter(|(name, _)| op.path.contains(&format!("{{{name}}}"))) {
        let schema = json!({ "type": "string", "minLength": 1 });
        all.push(json!({ "name": name, "in": "path", "required": true, "description": about, "schema": schema }));
    }
    if let Some((name, about)) = op.header {
        all.push(json!({ "name": name, "in": "header", "description": about, "schema": { "type": "string" } }));
    }
    let query = op.query.map(|shape| shape(taken).to_value()).unwrap_or_default();
    for (name, schema) in query["properties"].as_object().into_iter().flatten() {
        let mut schema = schema.clone();
        never_null(&mut schema);
        let about = schema.as_object_mut().and_then(|schema| schema.remove("description")).unwrap_or_default();
        all.push(json!({ "name": name, "in": "query", "description": about, "schema": schema }));
    }
    all
}
