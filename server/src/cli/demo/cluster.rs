//! A cluster of `end2end/cluster/up` under the demo: where it is, and what the portal is told of it.

use super::{Net, net, settings::Sheet};
use anyhow::Context as _;
use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

/// A local cluster.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    folder: PathBuf,
    /// First three numbers of the addresses of this machine that its pods reach.
    pub(super) net: Net,
    /// Where the sites' names lead.
    pub(super) ingress: Ipv4Addr,
}

impl Cluster {
    /// Reads what `up` has left in its folder.
    ///
    /// # Errors
    /// There is none, or only a control plane that never runs a pod.
    pub(super) fn open(folder: &str) -> anyhow::Result<Self> {
        let none = || format!("There is no running cluster in {folder}. Next: end2end/cluster/up {folder}");
        let folder_here = Path::new(folder).canonicalize().with_context(none)?;
        let read = |name: &str| std::fs::read_to_string(folder_here.join(name)).with_context(none);
        if read("shape")?.trim() == "control-plane" {
            anyhow::bail!("The cluster in {folder} runs no pods. Next: start one as root, or where Docker runs.");
        }
        let text = read("addresses")?;
        let all: BTreeMap<&str, &str> = text.split_whitespace().filter_map(|one| one.split_once('=')).collect();
        let one = |name: &str| all.get(name).copied().with_context(|| format!("{name} is missing. {}", none()));
        let ingress = one("ingress")?.parse().with_context(none)?;
        let net = net(one("demo")?).map_err(anyhow::Error::msg)?;
        Ok(Self { folder: folder_here, net, ingress })
    }

    /// Kubeconfig of its administrator.
    pub(super) fn kubeconfig(&self) -> PathBuf {
        self.folder.join("kubeconfig")
    }

    /// Removes every site on it: their databases and records go with the demo's folder.
    ///
    /// # Errors
    /// Says what `kubectl` said.
    pub(super) async fn clear(&self, parts: &Path) -> anyhow::Result<()> {
        let kubectl = parts.join("../cluster/kubectl");
        let ours = "app.kubernetes.io/managed-by=slipway";
        let run = tokio::process::Command::new(&kubectl)
            .arg(&self.folder)
            .args(["delete", "namespaces", "--selector", ours, "--wait", "--timeout", "120s"])
            .output();
        let output = run.await.with_context(|| kubectl.display().to_string())?;
        let said = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(
            output.status.success(),
            "The sites of an earlier demo cannot be removed. kubectl says: {said}"
        );
        Ok(())
    }

    /// The portal has its own account there, with the rights that the chart gives it and no more.
    pub(super) fn settings(&self, sheet: &mut Sheet) {
        sheet.section("site");
        sheet.text("driver", "kubernetes");
        sheet.section("site.kubernetes");
        sheet.path("kubeconfig", &self.folder.join("portal.kubeconfig"));
        sheet.text("image", "slipway-wordpress:local");
        sheet.text("storage_class", "standard");
        sheet.text("ingress_class", "slipway-local");
        sheet.text("ingress_ip", self.ingress);
        sheet.text("reach", "cluster-ip");
        // The ingress controller and the portal are both this machine.
        sheet.text("callers", format!("{}/32,{}/32", self.ingress, self.net.host(1)));
    }
}
