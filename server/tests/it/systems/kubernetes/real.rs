//! A real API server, named by the kubeconfig of an administrator in `SLIPWAY_KUBECONFIG`. The driver works under an
//! account of its own that has exactly the rights of the table, and through a relay that notes its calls.

use super::{config, kubeconfig, sites};
use crate::sim::{Wire, faults::Faults};
use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    response::Response,
};
use kube::client::Body;
use serde_json::{Value, json};
use slipway::systems::site::kubernetes::{Config, KubernetesSites, rights};
use std::{path::Path, time::Duration};
use tempfile::TempDir;

/// A namespace of these tests, for accounts.
const HOME: &str = "slipway-tests";

pub(crate) struct Cluster {
    admin: kube::Client,
    pub(crate) config: Config,
    pub(crate) sites: KubernetesSites,
    pub(crate) faults: Faults,
    _relay: Wire,
    _folder: TempDir,
}

impl Cluster {
    /// With exactly the rights of the table.
    pub(crate) async fn new(account: &str) -> Option<Self> {
        Self::as_configured(account, |config| config).await
    }

    /// With a configuration changed like this, and exactly the rights that it needs.
    pub(crate) async fn as_configured(account: &str, change: impl Fn(Config) -> Config) -> Option<Self> {
        let rights = rights::rights(&change(config(Path::new(""))).entrance);
        let rules =
            rights.iter().map(|r| json!({ "apiGroups": [r.group], "resources": [r.resource], "resourceNames": r.names, "verbs": r.verbs }));
        let mut cluster = Self::with(account, rules.collect()).await?;
        cluster.config = change(cluster.config);
        cluster.sites = sites(cluster.config.clone()).await;
        Some(cluster)
    }

    /// With these rules of a ClusterRole.
    pub(crate) async fn with(account: &str, rules: Vec<Value>) -> Option<Self> {
        let Some(file) = std::env::var_os("SLIPWAY_KUBECONFIG") else {
            say_once(
                "!! SLIPWAY_KUBECONFIG names no cluster: sites on Kubernetes are NOT tested against a real API server. \
                 Next: end2end/cluster/up\n",
            );
            return None;
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let file = kube::config::Kubeconfig::read_from(&file).expect("a kubeconfig");
        let mut admin = kube::Config::from_custom_kubeconfig(file, &Default::default()).await.expect("a context");
        admin.default_retry = false;
        let mut narrow = admin.clone();
        let admin = kube::Client::try_from(admin).expect("a client");
        let token = account_of(&admin, account, rules).await;
        narrow.auth_info = kube::config::AuthInfo { token: Some(token.into()), ..Default::default() };
        let narrow = kube::Client::try_from(narrow).expect("a client");
        let faults = Faults::default();
        let relay = Wire::serve(faults.over(Router::new().fallback(relay).with_state(narrow))).await;
        let folder = tempfile::tempdir().expect("a folder");
        let config = config(&kubeconfig(folder.path(), &relay.url));
        let sites = sites(config.clone()).await;
        Some(Self { admin, config, sites, faults, _relay: relay, _folder: folder })
    }

    /// What the administrator asks: status and answer.
    pub(crate) async fn admin(&self, method: &str, path: &str, kind: &str, body: Value) -> (u16, Value) {
        call(&self.admin, method, path, kind, body).await
    }

    /// A change by somebody else.
    pub(crate) async fn edit(&self, path: &str, body: Value) {
        let path = format!("{path}?fieldManager=kubectl-edit");
        let (status, answer) = self.admin("PATCH", &path, "application/merge-patch+json", body).await;
        assert_eq!(status, 200, "{path}: {answer}");
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.admin("GET", path, "application/json", Value::Null).await
    }

    /// Calls of the driver that change something: not what it reads, asks for its rights, or lets be refused.
    pub(crate) fn changes(&self) -> usize {
        let asking = ["accessreviews", "/slipway-pod-security-check", "/slipway-fence-check"];
        let reading = |call: &&String| call.starts_with("GET ") || asking.iter().any(|end| call.ends_with(end));
        self.faults.calls().iter().filter(|call| !reading(call)).count()
    }

    /// Takes everything away, whoever made it.
    pub(crate) async fn clear(&self, namespace: &str) {
        self.admin("DELETE", &format!("/api/v1/namespaces/{namespace}"), "application/json", Value::Null).await;
        self.until("the namespace is gone", async || {
            self.get(&format!("/api/v1/namespaces/{namespace}")).await.0 == 404
        })
        .await;
    }

    pub(crate) async fn until(&self, what: &str, mut done: impl AsyncFnMut() -> bool) {
        for _ in 0..900 {
            if done().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("it never came to this: {what}");
    }
}

/// A line past the harness, which keeps what a test prints that goes well; each line once.
pub(crate) fn say_once(line: &'static str) {
    static SAID: std::sync::Mutex<Vec<&str>> = std::sync::Mutex::new(Vec::new());
    let mut said = SAID.lock().expect("no test panics while it holds this");
    if !said.contains(&line) {
        said.push(line);
        std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).expect("it can be said");
    }
}

/// The address under which pods reach this machine, `SLIPWAY_CLUSTER_HOST`; a cluster without a node needs none.
pub(crate) fn host_for_pods() -> Option<String> {
    let host = std::env::var_os("SLIPWAY_CLUSTER_HOST").and_then(|host| host.into_string().ok());
    if host.is_none() {
        say_once("!! SLIPWAY_CLUSTER_HOST names no address for pods: pods are NOT tested.\n");
    }
    host
}

/// Makes the account with its rules and gives its token.
async fn account_of(admin: &kube::Client, account: &str, rules: Vec<Value>) -> String {
    let apply = "application/apply-patch+yaml";
    let subject = json!({ "kind": "ServiceAccount", "name": account, "namespace": HOME });
    let (rbac, role) = ("rbac.authorization.k8s.io", format!("{HOME}-{account}"));
    for (path, mut body) in [
        (format!("/api/v1/namespaces/{HOME}"), json!({ "apiVersion": "v1", "kind": "Namespace" })),
        (
            format!("/api/v1/namespaces/{HOME}/serviceaccounts/{account}"),
            json!({ "apiVersion": "v1", "kind": "ServiceAccount" }),
        ),
        (
            format!("/apis/{rbac}/v1/clusterroles/{role}"),
            json!({ "apiVersion": format!("{rbac}/v1"), "kind": "ClusterRole", "rules": rules }),
        ),
        (
            format!("/apis/{rbac}/v1/clusterrolebindings/{role}"),
            json!({ "apiVersion": format!("{rbac}/v1"), "kind": "ClusterRoleBinding", "subjects": [subject],
                "roleRef": { "apiGroup": rbac, "kind": "ClusterRole", "name": role } }),
        ),
    ] {
        body["metadata"] = json!({ "name": path.rsplit('/').next() });
        let path = format!("{path}?fieldManager=tests&force=true");
        let (status, answer) = call(admin, "PATCH", &path, apply, body).await;
        assert!(status < 300, "{path}: {answer}");
    }
    let path = format!("/api/v1/namespaces/{HOME}/serviceaccounts/{account}/token");
    let ask = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {} });
    let (status, answer) = call(admin, "POST", &path, "application/json", ask).await;
    assert!(status < 300, "{answer}");
    answer["status"]["token"].as_str().expect("a token").to_owned()
}

async fn call(client: &kube::Client, method: &str, path: &str, kind: &str, body: Value) -> (u16, Value) {
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string().into_bytes()) };
    let request = http::Request::builder().method(method).uri(path).header("content-type", kind);
    let answer = client.send(request.body(body).expect("a request")).await.expect("the cluster answers");
    let status = answer.status().as_u16();
    let bytes = to_bytes(axum::body::Body::new(answer.into_body()), 1 << 24).await.expect("an answer");
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

/// Hands a call on under the account's name.
async fn relay(State(client): State<kube::Client>, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    head.headers.remove("host");
    let body = to_bytes(body, 1 << 24).await.expect("a whole request");
    let answer = client.send(http::Request::from_parts(head, Body::from(body.to_vec()))).await;
    answer.expect("the cluster answers").map(axum::body::Body::new)
}
