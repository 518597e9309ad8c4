//! The one way of the drivers to a Kubernetes API server: bounded in number, time and size. `kube` brings credentials, TLS
//! and connections; what an answer means is decided here and in [`refusal`], because `Retry-After` stands in a header that
//! its calls drop.

use crate::domain::Fault;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use kube::client::Body;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};
use std::{path::Path, time::Duration};
use tokio::sync::Semaphore;
use url::form_urlencoded;

mod client;
mod pod;
mod refusal;
mod right;
mod yaml;

pub(super) use pod::cannot_begin;
pub(super) use refusal::{plain, pod_security, quota};
pub use right::Right;
pub(super) use right::{named, right};
pub(super) use yaml::Yaml;

/// Who we are among the writers of a field.
pub(super) const MANAGER: &str = "slipway";
/// Requests under way at the same time. The server's own limit is 600 for everybody together (400 reading and 200
/// changing by default), and 32 connections already bring it to its knees on two cores.
const AT_ONCE: usize = 32;
/// Longest exchange.
const LIMIT: Duration = Duration::from_secs(30);
/// Largest answer, bytes.
const LARGEST: usize = 16 * 1024 * 1024;
/// Objects of one answer to a list.
const PAGE: usize = 250;
/// Of a container's log, bytes and lines.
const LOG: (u32, u32) = (4096, 20);

/// The cluster as its API server shows it.
pub struct Cluster {
    client: kube::Client,
    gate: Semaphore,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    metadata: PageMark,
    /// A list of metadata that is empty says `null`.
    items: Option<Vec<Box<RawValue>>>,
}

#[derive(Deserialize, Default)]
struct PageMark {
    #[serde(rename = "continue", default)]
    next: String,
}

impl Cluster {
    /// The cluster of a kubeconfig, or with none the one in which the portal's own pod runs. Nothing is asked of it yet.
    ///
    /// # Errors
    /// The kubeconfig cannot be read, or names no such context.
    pub async fn new(kubeconfig: Option<&Path>, context: Option<&str>) -> anyhow::Result<Self> {
        Ok(Self { client: client::client(kubeconfig, context).await?, gate: Semaphore::new(AT_ONCE) })
    }

    /// The namespace that the account names as its own: that of the portal's pod, or of the kubeconfig's context.
    pub fn home(&self) -> &str {
        self.client.default_namespace()
    }

    /// An object, or `None` where there is none.
    pub(super) async fn get<T: DeserializeOwned>(&self, what: &str, path: &str) -> Result<Option<T>, Fault> {
        let answer = self.send(Method::GET, path, None).await?;
        if answer.0 == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        answer.ok(what)?.json().map(Some)
    }

    /// All objects of a collection that carry the labels, page by page. `marks_only` leaves out all but their metadata. A path
    /// may bring a field selector, percent-encoded.
    pub(super) async fn list(&self, path: &str, labels: &str, marks_only: bool) -> Result<Vec<Box<RawValue>>, Fault> {
        let mut all = Vec::new();
        let mut next = String::new();
        loop {
            let accept = if marks_only { Accept::Marks } else { Accept::Whole };
            let question = Question { method: Method::GET, path: &page(path, labels, &next), accept, body: None };
            let page: Page = self.ask(&question).await?.ok("A list")?.json()?;
            all.extend(page.items.into_iter().flatten());
            next = page.metadata.next;
            if next.is_empty() {
                return Ok(all);
            }
        }
    }

    /// Server-side apply, never by force: a field that somebody else holds at another value is theirs. Gives the metadata
    /// of what is there now. `what` names the object in sentences.
    pub(super) async fn apply(&self, what: &str, path: &str, body: &Value) -> Result<Value, Fault> {
        self.patch(&format!("{path}?"), body).await?.ok(what)?.json()
    }

    /// Why the server would refuse this object for what it says, in its own words. Nothing is written.
    pub(super) async fn refuses(&self, what: &str, path: &str, body: &Value) -> Result<Option<String>, Fault> {
        let answer = self.patch(&format!("{path}?dryRun=All&"), body).await?;
        match answer.0 {
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST => Ok(Some(refusal::said(&answer.2))),
            _ => answer.ok(what).map(|_| None),
        }
    }

    /// Writes marks on an object, whoever else set them, if it still is the one with this uid.
    pub(super) async fn mark(&self, what: &str, path: &str, uid: &Value, marks: Value) -> Result<(), Fault> {
        let body = serde_json::json!({ "metadata": { "uid": uid, "annotations": marks } });
        let path = format!("{path}?fieldManager={MANAGER}-marks");
        let body = Some(("application/merge-patch+json", serde_json::to_vec(&body).unwrap_or_default()));
        let question = Question { method: Method::PATCH, path: &path, accept: Accept::Marks, body };
        self.ask(&question).await?.ok(what).map(drop)
    }

    async fn patch(&self, path: &str, body: &Value) -> Result<Answer, Fault> {
        let path = format!("{path}fieldManager={MANAGER}&fieldValidation=Strict");
        let body = serde_json::to_vec(body).unwrap_or_default();
        let body = Some(("application/apply-patch+yaml", body));
        self.ask(&Question { method: Method::PATCH, path: &path, accept: Accept::Marks, body }).await
    }

    /// Asks for the end of an object, if it still is the one with this uid. `false` when there is none.
    pub(super) async fn delete(&self, what: &str, path: &str, uid: &str) -> Result<bool, Fault> {
        let body = serde_json::json!({
            "kind": "DeleteOptions", "apiVersion": "v1",
            "propagationPolicy": "Background", "preconditions": { "uid": uid },
        });
        let answer = self.send(Method::DELETE, path, Some(&body)).await?;
        if answer.0 == StatusCode::NOT_FOUND {
            return Ok(false);
        }
        answer.ok(what).map(|_| true)
    }

    /// Makes an object that only asks something, such as a review of rights.
    pub(super) async fn ask_for<T: DeserializeOwned>(&self, what: &str, path: &str, body: &Value) -> Result<T, Fault> {
        self.send(Method::POST, path, Some(body)).await?.ok(what)?.json()
    }

    /// The end of a container's log; of the container before it when `before`.
    pub(super) async fn log(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        before: bool,
    ) -> Result<Vec<u8>, Fault> {
        let (bytes, lines) = LOG;
        let path = format!(
            "/api/v1/namespaces/{namespace}/pods/{pod}/log?container={container}&previous={before}\
             &limitBytes={bytes}&tailLines={lines}"
        );
        self.send(Method::GET, &path, None).await?.ok("A log").map(|answer| answer.2)
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, Fault> {
        let body = body.map(|body| ("application/json", serde_json::to_vec(body).unwrap_or_default()));
        self.ask(&Question { method, path, accept: Accept::Whole, body }).await
    }

    /// Asks. A server that starts refuses everything until it has read the cluster's rules, so a missing right counts
    /// only when the server says that it is ready, and says it once more.
    #[tracing::instrument(level = "debug", skip_all)]
    async fn ask(&self, question: &Question<'_>) -> Result<Answer, Fault> {
        let answer = self.exchange(question).await?;
        if !answer.lacks_right() {
            return Ok(answer);
        }
        let ready = Question { method: Method::GET, path: "/readyz", accept: Accept::Whole, body: None };
        if self.exchange(&ready).await?.0 != StatusCode::OK {
            return Err(Fault::retry("The cluster's API server is starting and does not know its rules yet."));
        }
        self.exchange(question).await
    }

    async fn exchange(&self, question: &Question<'_>) -> Result<Answer, Fault> {
        let request =
            question.request().map_err(|_| Fault::fail("unexpected_answer", "A name is none.", "Report this."))?;
        let _turn = self.gate.acquire().await;
        let exchange = async {
            let response = self.client.send(request).await.map_err(|e| refusal::unreached(&e))?;
            Answer::read(response).await
        };
        tokio::time::timeout(LIMIT, exchange)
            .await
            .unwrap_or_else(|_| Err(Fault::retry("The cluster did not answer in time.")))
    }
}

/// A request that can be repeated.
struct Question<'a> {
    method: Method,
    path: &'a str,
    accept: Accept,
    /// Its kind and its bytes.
    body: Option<(&'static str, Vec<u8>)>,
}

impl Question<'_> {
    fn request(&self) -> http::Result<Request<Body>> {
        let group = "application/json;as=PartialObjectMetadata";
        let accept = match (self.accept, self.method == Method::GET) {
            (Accept::Whole, _) => "application/json".to_owned(),
            (Accept::Marks, true) => format!("{group}List;g=meta.k8s.io;v=v1"),
            (Accept::Marks, false) => format!("{group};g=meta.k8s.io;v=v1"),
        };
        let request = Request::builder().method(self.method.clone()).uri(self.path).header(header::ACCEPT, accept);
        match &self.body {
            Some((kind, bytes)) => request.header(header::CONTENT_TYPE, *kind).body(Body::from(bytes.clone())),
            None => request.body(Body::empty()),
        }
    }
}

#[derive(Clone, Copy)]
enum Accept {
    Whole,
    Marks,
}

/// Address of a page of a list.
fn page(path: &str, labels: &str, from: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(format!("{path}{}", if path.contains('?') { "" } else { "?" }));
    if !labels.is_empty() {
        query.append_pair("labelSelector", labels);
    }
    query.append_pair("limit", &PAGE.to_string());
    if !from.is_empty() {
        query.append_pair("continue", from);
    }
    query.finish()
}

/// Status, pause that was asked for, body.
struct Answer(StatusCode, Option<Duration>, Vec<u8>);

impl Answer {
    async fn read(response: Response<Body>) -> Result<Self, Fault> {
        let (head, body) = response.into_parts();
        let pause = head.headers.get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()?.trim().parse().ok());
        let body = Limited::new(body, LARGEST).collect().await;
        let body = body.map_err(|_| Fault::retry("The cluster broke off in the middle of an answer."))?;
        Ok(Self(head.status, pause.map(Duration::from_secs), body.to_bytes().to_vec()))
    }

    /// The account may not do what it asked for.
    fn lacks_right(&self) -> bool {
        self.0 == StatusCode::FORBIDDEN && refusal::lacks_right(&self.2)
    }

    /// This answer if it is a good one. `what` names the object in sentences.
    fn ok(self, what: &str) -> Result<Self, Fault> {
        if self.0.is_success() { Ok(self) } else { Err(refusal::fault(what, self.0, self.1, &self.2)) }
    }

    fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(&self.2)
            .map_err(|_| Fault::retry("The cluster answered with something that is no object: a proxy, perhaps."))
    }
}
