//! THE PARTS: what the demo consists of and where each of them is.

use super::{Args, Identity, Net, bench::Bench, model::Model, part::Part};
use crate::domain::Lan;
use anyhow::{Context as _, bail};
use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
};

/// Address of the administrator of OpenWebUI: nobody can have it.
pub(super) const CHAT_ADMIN: &str = "chat-admin@slipway.invalid";
/// Client of the portal at the provider.
pub(super) const PORTAL_CLIENT: &str = "slipway-portal";
/// Client of OpenWebUI at the provider.
pub(super) const CHAT_CLIENT: &str = "openwebui";

/// Seconds until a database of the simulated IONOS is usable.
pub(super) const IONOS_PACE: u32 = 45;

const HTTP: u16 = 8000;

impl Net {
    pub(super) fn portal(self) -> SocketAddr {
        (self.host(1), HTTP).into()
    }

    pub(super) fn metrics(self) -> SocketAddr {
        (self.host(1), 9000).into()
    }

    pub(super) fn chat(self) -> SocketAddr {
        (self.host(2), HTTP).into()
    }

    pub(super) fn idp(self) -> SocketAddr {
        (self.host(4), HTTP).into()
    }

    pub(super) fn authentik(self) -> SocketAddr {
        (self.host(5), HTTP).into()
    }

    pub(super) fn mariadb(self) -> SocketAddr {
        (self.host(6), 3306).into()
    }

    pub(super) fn ionos(self) -> SocketAddr {
        (self.host(8), HTTP).into()
    }

    /// The network in which the simulated IONOS has its databases.
    pub(super) fn lan(self) -> Net {
        let [a, b, c] = self.0;
        Net([a, b, c ^ 128])
    }

    pub(super) fn llm(self) -> SocketAddr {
        (self.host(7), HTTP).into()
    }
}

/// Everything that will be started.
pub(super) struct Plan {
    /// Side by side.
    pub(super) servers: Vec<Part>,
    /// When all servers are ready.
    pub(super) portal: Part,
    addresses: Vec<(&'static str, SocketAddr)>,
}

impl Plan {
    /// # Errors
    /// This program's own name cannot be found out.
    pub(super) fn new(args: &Args, bench: &Bench<'_>, model: &Model) -> anyhow::Result<Self> {
        let net = args.net();
        let mut servers = vec![bench.idp(net), bench.openwebui(net, model)];
        let mut addresses = vec![("single sign-on", net.idp()), ("OpenWebUI", net.chat())];
        if args.ionos.is_some() {
            servers.push(bench.ionos(net));
            addresses.push(("the simulated IONOS", net.ionos()));
            let databases = Lan::HOSTS.map(|host| (net.lan().host(host), net.mariadb().port()).into());
            addresses.extend(databases.map(|at| ("a tenant's MariaDB", at)));
        } else {
            servers.push(bench.mariadb(net));
            addresses.push(("MariaDB", net.mariadb()));
        }
        if args.identity == Identity::Authentik {
            servers.push(bench.authentik(net));
            addresses.push(("the simulated Authentik", net.authentik()));
        }
        if model.stub {
            servers.push(bench.llm(net, model));
            addresses.push(("the stub writer", net.llm()));
        }
        if !args.no_portal {
            addresses.extend([("the portal", net.portal()), ("the portal's metrics", net.metrics())]);
        }
        Ok(Self { servers, portal: bench.portal(net)?, addresses })
    }

    /// Sees that every address is there and nobody else has it.
    ///
    /// # Errors
    /// Names the address and what to do.
    pub(super) fn free(&self) -> anyhow::Result<()> {
        for (what, at) in &self.addresses {
            match TcpListener::bind(at) {
                Err(e) if e.kind() == ErrorKind::AddrInUse => bail!(
                    "Another program has {at}, where {what} belongs. Stop it, or let the demo live elsewhere, with \
                     --net 127.0.5 and --data of its own."
                ),
                Err(e) if e.kind() == ErrorKind::AddrNotAvailable => bail!(
                    "This machine does not take {at} for its own. On macOS: sudo ifconfig lo0 alias {}. With a cluster: \
                     end2end/cluster/up brings its addresses back.",
                    at.ip()
                ),
                Err(e) => return Err(e).with_context(|| format!("{what} cannot listen on {at}")),
                Ok(_) => {}
            }
        }
        Ok(())
    }
}
