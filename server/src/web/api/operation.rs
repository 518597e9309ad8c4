//! One operation of the API, and the list of all of them.

use super::{
    document,
    kind::{self, Kind},
};
use crate::web::front::Front;
use axum::{
    Router,
    extract::Request,
    handler::Handler,
    middleware::{Next, from_fn},
    routing::{MethodFilter, on},
};
use http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Makes the schema of a type.
pub(super) type Shape = fn(&mut SchemaGenerator) -> Schema;

/// What the description says of an operation.
pub(super) struct Op {
    pub(super) method: Method,
    /// Below `/api/v1`.
    pub(super) path: &'static str,
    /// Stable name.
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// The right it needs, by its name in the table of rights; none for what everybody may.
    pub(super) right: Option<&'static str>,
    /// A header it reads.
    pub(super) header: Option<(&'static str, &'static str)>,
    pub(super) query: Option<Shape>,
    pub(super) body: Option<Shape>,
    pub(super) status: u16,
    pub(super) answer: Option<Shape>,
    pub(super) kind: Kind,
}

impl Op {
    fn new(method: Method, path: &'static str, name: &'static str, about: &'static str) -> Self {
        let (right, header, query, body, answer) = (None, None, None, None, None);
        Self { method, path, name, about, right, header, query, body, status: 200, answer, kind: Kind::Json }
    }

    pub(super) fn get(path: &'static str, name: &'static str, about: &'static str) -> Self {
        Self::new(Method::GET, path, name, about)
    }

    pub(super) fn post(path: &'static str, name: &'static str, about: &'static str) -> Self {
        Self::new(Method::POST, path, name, about)
    }

    pub(super) fn put(path: &'static str, name: &'static str, about: &'static str) -> Self {
        Self::new(Method::PUT, path, name, about)
    }

    pub(super) fn delete(path: &'static str, name: &'static str, about: &'static str) -> Self {
        Self::new(Method::DELETE, path, name, about)
    }

    pub(super) fn right(self, right: &'static str) -> Self {
        Self { right: Some(right), ..self }
    }

    pub(super) fn header(self, name: &'static str, about: &'static str) -> Self {
        Self { header: Some((name, about)), ..self }
    }

    pub(super) fn asks<T: JsonSchema>(self) -> Self {
        Self { query: Some(SchemaGenerator::root_schema_for::<T>), ..self }
    }

    pub(super) fn takes<T: JsonSchema>(self) -> Self {
        Self { body: Some(SchemaGenerator::subschema_for::<T>), ..self }
    }

    pub(super) fn gives<T: JsonSchema>(self) -> Self {
        Self { answer: Some(SchemaGenerator::subschema_for::<T>), ..self }
    }

    pub(super) fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(super) fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }
}

/// Routes, and what is said of them.
#[derive(Default)]
pub(super) struct Api {
    router: Router<Front>,
    operations: Vec<Op>,
}

impl Api {
    pub(super) fn add<H, T>(mut self, op: Op, handler: H) -> Self
    where
        H: Handler<T, Front>,
        T: 'static,
    {
        let (kind, filter) = (op.kind, MethodFilter::try_from(op.method.clone()).unwrap_or(MethodFilter::GET));
        let route = on(filter, handler)
            .route_layer(from_fn(move |request: Request, next: Next| kind::suit(kind, request, next)));
        self.router = self.router.route(&format!("{}{}", document::BASE, op.path), route);
        self.operations.push(op);
        self
    }

    /// The routes and their description.
    pub(super) fn parts(self) -> (Router<Front>, serde_json::Value) {
        (self.router, document::document(&self.operations))
    }
}
