//! Is a server ready? Asked as its users would ask.

use crate::systems::http::Http;
use reqwest::Method;
use std::{net::SocketAddr, time::Duration};
use tokio::{io::AsyncReadExt as _, net::TcpStream, time::timeout};

/// How readiness shows.
#[derive(Debug, Clone)]
pub(super) enum Probe {
    /// A page that answers with 2xx.
    Page(String),
    /// A MariaDB server that greets.
    MariaDb(SocketAddr),
}

impl Probe {
    pub(super) async fn ready(&self, http: &Http) -> bool {
        match self {
            Self::Page(url) => {
                let answer = http.call("the server", Method::GET, url).limit(Duration::from_secs(5)).send().await;
                answer.is_ok_and(|reply| reply.status.is_success())
            }
            Self::MariaDb(at) => timeout(Duration::from_secs(2), greeting(*at)).await.unwrap_or(false),
        }
    }
}

/// A server that takes calls sends the first packet: three bytes of length, a sequence number of 0, protocol version 10
/// (MariaDB's documentation, "Connecting", initial handshake packet). An error packet has 255 in place of the version.
async fn greeting(at: SocketAddr) -> bool {
    let mut head = [0; 5];
    match TcpStream::connect(at).await {
        Ok(mut stream) => stream.read_exact(&mut head).await.is_ok() && head[3] == 0 && head[4] == 10,
        Err(_) => false,
    }
}
