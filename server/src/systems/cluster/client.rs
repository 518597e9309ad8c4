//! The client: who the portal is on the cluster, and where the cluster is.

use anyhow::Context as _;
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use std::{path::Path, time::Duration};

/// By a kubeconfig file, or as the account of the portal's own pod.
pub(super) async fn client(kubeconfig: Option<&Path>, context: Option<&str>) -> anyhow::Result<Client> {
    let mut config = match kubeconfig {
        Some(path) => {
            let file = Kubeconfig::read_from(path).with_context(|| format!("the kubeconfig {}", path.display()))?;
            let options = KubeConfigOptions { context: context.map(str::to_owned), ..KubeConfigOptions::default() };
            let from = format!("the context in {}", path.display());
            Config::from_custom_kubeconfig(file, &options).await.context(from)?
        }
        None => {
            Config::incluster().context("the account of the portal's pod; set site.kubernetes.kubeconfig elsewhere")?
        }
    };
    // The engine tries again, with pauses that people see; twice is too often, and up to 1,000 s too long.
    config.default_retry = false;
    config.connect_timeout = Some(Duration::from_secs(5));
    Client::try_from(config).context("the connection to the cluster")
}
