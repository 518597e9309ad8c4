//! An API server in memory, for faults that a real one shows only by bad luck: it keeps what is applied, lists it, and
//! ends a namespace when asked. It validates nothing; what is right is proved against a real one.

use super::{Wire, faults::Faults};
use axum::{
    Json, Router,
    body::to_bytes,
    extract::{Request, State},
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

/// Kind (plural), namespace, name.
type Key = (String, Option<String>, String);

/// The objects. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Objects(Arc<Mutex<World>>);

#[derive(Debug, Default)]
struct World {
    objects: BTreeMap<Key, Value>,
    made: u64,
    /// The next apply meets a field that this manager holds.
    held_by: Option<String>,
    /// Before the next removal somebody removes the namespace and makes it anew.
    replaced: bool,
    /// So many requests are refused, because the server has not read its rules yet.
    starting: u32,
    /// Pod Security is off: nobody reads its labels.
    lax: bool,
}

/// A server with its objects and its faults.
pub(crate) struct ApiServer {
    pub(crate) wire: Wire,
    pub(crate) faults: Faults,
    pub(crate) objects: Objects,
}

impl ApiServer {
    pub(crate) async fn serve() -> Self {
        let (faults, objects) = (Faults::default(), Objects::default());
        let app = Router::new().fallback(answer).with_state(objects.clone());
        Self { wire: Wire::serve(faults.over(app)).await, faults, objects }
    }
}

impl Objects {
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("no test panics while it holds this")
    }

    /// The next apply is in conflict with this manager.
    pub(crate) fn held_by(&self, manager: &str) {
        self.world().held_by = Some(manager.to_owned());
    }

    /// Before the next removal the namespace becomes somebody else's.
    pub(crate) fn replace_before_removal(&self) {
        self.world().replaced = true;
    }

    /// It was started anew, and refuses so many requests until it knows who may do what.
    pub(crate) fn start_anew(&self, refused: u32) {
        self.world().starting = refused;
    }

    /// Pod Security is switched off.
    pub(crate) fn stop_guarding_pods(&self) {
        self.world().lax = true;
    }

    /// How many objects there are.
    pub(crate) fn count(&self) -> usize {
        self.world().objects.len()
    }

    /// Takes an object away, as somebody else does.
    pub(crate) fn lose(&self, kind: &str, namespace: &str, name: &str) {
        let gone = self.world().objects.remove(&key(kind, Some(namespace), name));
        assert!(gone.is_some(), "{kind} {name} was not there");
    }

    /// Changes an object, as somebody else does.
    pub(crate) fn change(&self, kind: &str, namespace: Option<&str>, name: &str, how: impl FnOnce(&mut Value)) {
        how(self.world().objects.get_mut(&key(kind, namespace, name)).expect("it is there"));
    }

    /// Puts an object there, as somebody else does.
    pub(crate) fn put(&self, kind: &str, namespace: Option<&str>, name: &str, object: Value) {
        self.world().objects.insert(key(kind, namespace, name), object);
    }

    /// All objects of a kind.
    pub(crate) fn all(&self, kind: &str) -> Vec<Value> {
        let world = self.world();
        world.objects.iter().filter(|(k, _)| k.0 == kind).map(|(_, o)| o.clone()).collect()
    }

    /// Every Job has these conditions now, and a pod that is like this.
    pub(crate) fn jobs_are(&self, conditions: Value, pod: Value) {
        let mut world = self.world();
        let jobs: Vec<Key> = world.objects.keys().filter(|k| k.0 == "jobs").cloned().collect();
        for job in jobs {
            if let Some(object) = world.objects.get_mut(&job) {
                object["status"] = json!({ "conditions": conditions });
            }
            let labels = json!({ "app.kubernetes.io/managed-by": "slipway" });
            let pod = json!({ "metadata": { "name": job.2, "labels": labels }, "status": pod });
            world.objects.insert(("pods".to_owned(), job.1, job.2), pod);
        }
    }

    /// The controller of Gateways says this of every route.
    pub(crate) fn routes_are(&self, accepted: &str, reason: &str) {
        for ((kind, _, _), object) in &mut self.world().objects {
            if kind == "httproutes" {
                let condition = json!({ "type": "Accepted", "status": accepted, "reason": reason,
                    "message": "Said by the controller", "observedGeneration": object["metadata"]["generation"] });
                let parent = json!({ "parentRef": object["spec"]["parentRefs"][0], "conditions": [condition] });
                object["status"] = json!({ "parents": [parent] });
            }
        }
    }

    /// The deployment's controllers say that its pod is ready.
    pub(crate) fn pods_come_up(&self) {
        for ((kind, _, _), object) in &mut self.world().objects {
            if kind == "deployments" {
                object["status"] = json!({ "observedGeneration": object["metadata"]["generation"], "replicas": 1,
                    "updatedReplicas": 1, "availableReplicas": 1 });
            }
        }
    }
}

async fn answer(State(objects): State<Objects>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a small body");
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let path: Vec<&str> = head.uri.path().trim_start_matches('/').split('/').collect();
    let query: BTreeMap<_, _> =
        url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let mut world = objects.world();
    if let Some(less) = world.starting.checked_sub(1) {
        world.starting = less;
        let say = r#"User "slipway" cannot list resource "ingresses" in API group "networking.k8s.io""#;
        return refuse(403, "Forbidden", say, json!({}));
    }
    if query.get("dryRun").is_some_and(|dry| dry == "All") {
        return dry(&world, body);
    }
    let merges = head.headers.get("content-type").is_some_and(|kind| kind == "application/merge-patch+json");
    // The core is below /api/v1, a group below /apis/<group>/v1.
    match path.iter().position(|part| *part == "v1").map(|at| &path[at + 1..]) {
        None => Json(json!({ "gitVersion": "v0.0.0-sim" })).into_response(),
        Some(["selfsubjectaccessreviews"]) => Json(json!({ "status": { "allowed": true } })).into_response(),
        Some([kind]) => list(&world, kind, None, &query),
        Some(["namespaces", namespace, kind]) => list(&world, kind, Some(namespace), &query),
        Some([kind, name]) if merges => mark(&mut world, &key(kind, None, name), &body),
        Some(["namespaces", namespace, kind, name]) if merges => {
            mark(&mut world, &key(kind, Some(namespace), name), &body)
        }
        Some([kind, name]) => one(&mut world, &head.method, key(kind, None, name), body),
        Some(["namespaces", namespace, kind, name]) => {
            one(&mut world, &head.method, key(kind, Some(namespace), name), body)
        }
        Some(_) => refuse(404, "NotFound", "no such path", json!({})),
    }
}

/// Pod Security's own check of the label that asks for it.
fn dry(world: &World, body: Value) -> Response {
    let profile = body["metadata"]["labels"]["pod-security.kubernetes.io/enforce"].as_str().unwrap_or("restricted");
    if !world.lax && !["privileged", "baseline", "restricted"].contains(&profile) {
        return refuse(422, "Invalid", "must be one of privileged, baseline, restricted", json!({}));
    }
    Json(body).into_response()
}

fn key(kind: &str, namespace: Option<&str>, name: &str) -> Key {
    (kind.to_owned(), namespace.map(str::to_owned), name.to_owned())
}

fn refuse(code: u16, reason: &str, message: &str, details: Value) -> Response {
    let status = json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason,
        "message": message, "details": details });
    (StatusCode::from_u16(code).expect("a status"), Json(status)).into_response()
}

fn list(world: &World, kind: &str, namespace: Option<&str>, query: &BTreeMap<String, String>) -> Response {
    if kind.ends_with("classes") {
        let marks = json!({ "storageclass.kubernetes.io/is-default-class": "true",
            "ingressclass.kubernetes.io/is-default-class": "true" });
        let class = |name: &str| json!({ "metadata": { "name": name, "annotations": marks } });
        return Json(json!({ "items": [class("standard"), class("slipway-local")] })).into_response();
    }
    let inside = |key: &&Key| key.0 == kind && (namespace.is_none() || key.1.as_deref() == namespace);
    let all = !query.contains_key("labelSelector");
    let labelled = |o: &&Value| all || o["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "slipway";
    let name = query.get("fieldSelector").and_then(|field| field.strip_prefix("metadata.name="));
    let named = |key: &&Key| name.is_none_or(|name| key.2 == name);
    let found = world.objects.iter().filter(|(k, _)| inside(k) && named(k)).map(|(_, o)| o);
    let items: Vec<&Value> = found.filter(labelled).collect();
    Json(json!({ "metadata": {}, "items": items })).into_response()
}

fn one(world: &mut World, method: &Method, key: Key, body: Value) -> Response {
    match *method {
        Method::GET => match world.objects.get(&key) {
            Some(object) => Json(object.clone()).into_response(),
            None => refuse(404, "NotFound", "not found", json!({})),
        },
        Method::PATCH => apply(world, key, body),
        Method::DELETE => remove(world, &key, &body),
        _ => refuse(405, "MethodNotAllowed", "no", json!({})),
    }
}

/// A merge patch that sets annotations, if the object still has this uid.
fn mark(world: &mut World, key: &Key, body: &Value) -> Response {
    let Some(object) = world.objects.get_mut(key) else { return refuse(404, "NotFound", "not found", json!({})) };
    if object["metadata"]["uid"] != body["metadata"]["uid"] {
        return refuse(409, "Conflict", "the uid is another one", json!({}));
    }
    for (name, value) in body["metadata"]["annotations"].as_object().into_iter().flatten() {
        object["metadata"]["annotations"][name] = value.clone();
    }
    Json(object.clone()).into_response()
}

fn apply(world: &mut World, key: Key, mut body: Value) -> Response {
    if let Some(manager) = world.held_by.take() {
        let cause = json!({ "reason": "FieldManagerConflict", "field": ".spec.replicas",
            "message": format!("conflict with \"{manager}\" using apps/v1") });
        return refuse(409, "Conflict", "Apply failed with 1 conflict", json!({ "causes": [cause] }));
    }
    let room = key.1.as_ref().map(|n| ("namespaces".to_owned(), None, n.clone()));
    if room.is_some_and(|room| !world.objects.contains_key(&room)) {
        return refuse(404, "NotFound", "namespaces not found", json!({}));
    }
    world.made += 1;
    let before = world.objects.get(&key).map_or(Value::Null, |o| o["metadata"]["annotations"].clone());
    for (name, value) in before.as_object().into_iter().flatten() {
        if body["metadata"]["annotations"][name].is_null() {
            body["metadata"]["annotations"][name] = value.clone();
        }
    }
    let uid = world.objects.get(&key).map_or(json!(format!("uid-{}", world.made)), |o| o["metadata"]["uid"].clone());
    body["metadata"]["uid"] = uid;
    body["metadata"]["generation"] = json!(world.made);
    let fields: BTreeMap<String, Value> =
        body["data"].as_object().into_iter().flatten().map(|(k, _)| (format!("f:{k}"), json!({}))).collect();
    body["metadata"]["managedFields"] =
        json!([{ "manager": "slipway", "operation": "Apply", "fieldsV1": { "f:data": fields } }]);
    world.objects.insert(key, body.clone());
    Json(body).into_response()
}

/// A namespace ends with all in it, and is seen ending only by those who ask in the same moment.
fn remove(world: &mut World, key: &Key, body: &Value) -> Response {
    if std::mem::take(&mut world.replaced) {
        let theirs = json!({ "metadata": { "name": key.2, "uid": "another", "labels": {} } });
        world.objects.insert(key.clone(), theirs);
    }
    match world.objects.get(key) {
        None => refuse(404, "NotFound", "not found", json!({})),
        Some(object) if object["metadata"]["uid"] != body["preconditions"]["uid"] => {
            refuse(409, "Conflict", "the UID in the precondition does not match the UID in record", json!({}))
        }
        Some(_) => {
            // What a Job owns goes with it; a namespace takes all in it.
            let owned = |k: &Key| key.0 == "jobs" && (&k.1, &k.2) == (&key.1, &key.2);
            world.objects.retain(|k, _| k != key && k.1.as_ref() != Some(&key.2) && !owned(k));
            Json(json!({ "kind": "Status", "status": "Success" })).into_response()
        }
    }
}
