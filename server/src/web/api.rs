//! The API for programs: the same use cases as the pages, bound to the same caller, as JSON. One list of operations makes
//! both the routes and their description (OpenAPI 3.1), so that neither can tell of something the other does not have.
//!
//! Who calls is a token (`web/token.rs`) or a browser's session; what they may is not decided here.

mod asked;
mod document;
mod export;
mod kind;
mod operation;
mod reading;
mod tenants;
mod wire;

use super::{events, front::Front};
use axum::{Router, routing::get};
use http::header::CONTENT_TYPE;
use kind::Kind;
use operation::{Api, Op};
pub(super) use wire::{After, Problem as Told};

/// All routes below `/api/v1`.
pub(super) fn routes() -> Router<Front> {
    let (router, document) = api().parts();
    let text = document.to_string();
    let answer = move || async move { ([(CONTENT_TYPE, "application/json")], text.clone()) };
    router.route("/api/v1/openapi.json", get(answer))
}

/// The description of the API, as OpenAPI 3.1.
pub fn openapi() -> serde_json::Value {
    api().parts().1
}

fn api() -> Api {
    people(steps(orders(sessions(reads(Api::default())))))
}

fn reads(api: Api) -> Api {
    let lines =
        |path, name, kind, about| Op::get(path, name, about).right("read all").asks::<wire::AuditFilter>().kind(kind);
    api.add(Op::get("/me", "me", "Who is calling").gives::<wire::Me>(), reading::me)
        .add(
            Op::get("/activity", "activity", "The newest events over all tenants in sight, 100 at most")
                .asks::<wire::ActivityFilter>()
                .gives::<wire::Activity>(),
            reading::activity,
        )
        .add(
            Op::get("/audit", "audit", "Entries of the audit, the newest first, 100 a page")
                .right("read all")
                .asks::<wire::AuditPage>()
                .gives::<wire::Audit>(),
            reading::audit,
        )
        .add(lines("/audit.jsonl", "audit_jsonl", Kind::Lines, "All entries that fit, as JSON Lines"), export::lines)
        .add(lines("/audit.csv", "audit_csv", Kind::Csv, "All entries that fit, as CSV"), export::csv)
        .add(
            Op::get("/systems", "systems", "Asks every outside system how it is")
                .right("read all")
                .gives::<wire::Systems>(),
            reading::systems,
        )
        .add(
            Op::post(
                "/systems/databases/{cluster}/adopt",
                "adopt_database",
                "Takes a database cluster that fits nobody into the books, for the tenant whose marks it carries",
            )
            .right("order")
            .takes::<wire::Typed>()
            .status(204),
            reading::adopt,
        )
}

fn sessions(api: Api) -> Api {
    api.add(
        Op::get("/sessions", "sessions", "Who is signed in at the portal, the last seen first")
            .right("read all")
            .asks::<wire::SessionFilter>()
            .gives::<wire::Sessions>(),
        reading::sessions,
    )
    .add(
        Op::post("/sessions/end", "end_sessions", "Ends all sessions of a person")
            .right("end other people's sessions")
            .takes::<wire::PersonOf>()
            .status(204),
        reading::end_sessions,
    )
}

fn orders(api: Api) -> Api {
    api.add(
        Op::get("/plans", "plans", "The plans that can be ordered").right("order").gives::<wire::Plans>(),
        tenants::plans,
    )
    .add(
        Op::get("/slugs/{slug}", "judge_slug", "Is this short name free?").right("order").gives::<wire::Verdict>(),
        tenants::judge,
    )
    .add(
        Op::post("/order-preview", "preview_order", "What an order would make; orders nothing")
            .right("order")
            .takes::<wire::Draft>()
            .gives::<wire::Preview>(),
        tenants::preview,
    )
    .add(
        Op::get("/tenants", "list_tenants", "Tenants in sight, those that need a person first")
            .asks::<wire::TenantFilter>()
            .gives::<wire::TenantList>(),
        tenants::list,
    )
    .add(
        Op::post(
            "/tenants",
            "order_tenant",
            "Orders a tenant. With the same Idempotency-Key again it answers with the same tenant",
        )
        .right("order")
        .header("Idempotency-Key", "1 to 64 visible characters of your choice")
        .takes::<wire::Order>()
        .status(201)
        .gives::<wire::Tenant>(),
        tenants::order,
    )
    .add(
        Op::get("/tenants/{slug}", "tenant", "One tenant: status, steps, people, pairings")
            .right("see")
            .gives::<wire::Tenant>(),
        tenants::show,
    )
    .add(
        Op::post("/tenants/{slug}/remove", "remove_tenant", "Undoes everything and removes the tenant")
            .right("operate")
            .takes::<wire::Typed>()
            .status(202)
            .gives::<wire::Tenant>(),
        tenants::remove,
    )
}

fn steps(api: Api) -> Api {
    api.add(
        Op::get("/tenants/{slug}/timeline", "timeline", "The steps of a tenant with what happened in each")
            .right("see")
            .gives::<wire::Timeline>(),
        tenants::timeline,
    )
    .add(
        Op::get("/tenants/{slug}/events", "events", "Follows a tenant: server-sent events `step`, `head`, `settled`")
            .right("see")
            .header("Last-Event-ID", "Number of the last event that was seen")
            .asks::<wire::After>()
            .kind(Kind::Events),
        events::follow,
    )
    .add(
        Op::post("/tenants/{slug}/steps/{step}/retry", "retry_step", "Looks again or tries again now")
            .right("operate")
            .status(202)
            .gives::<wire::Timeline>(),
        tenants::retry,
    )
    .add(
        Op::post("/tenants/{slug}/steps/{step}/skip", "skip_step", "Goes on without a step that needs attention")
            .right("operate")
            .takes::<wire::Reason>()
            .status(202)
            .gives::<wire::Timeline>(),
        tenants::skip,
    )
}

fn people(api: Api) -> Api {
    api.add(
        Op::put("/tenants/{slug}/members/{email}", "put_member", "Adds a person or changes their role")
            .right("manage people")
            .takes::<wire::RoleOf>()
            .status(204),
        tenants::put_member,
    )
    .add(
        Op::delete("/tenants/{slug}/members/{email}", "remove_member", "Removes a person and ends their pairings")
            .right("manage people")
            .status(204),
        tenants::remove_member,
    )
    .add(
        Op::delete(
            "/tenants/{slug}/accounts/{account}",
            "end_account",
            "Ends an account that was made in the tenant's WordPress",
        )
        .right("manage people")
        .status(204),
        tenants::end_account,
    )
    .add(
        Op::delete("/tenants/{slug}/pairings/{pairing}", "disconnect", "Ends a pairing")
            .right("manage people")
            .status(202),
        tenants::disconnect,
    )
}
