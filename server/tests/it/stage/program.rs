//! The program itself, with nothing around it.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_slipway");

pub(crate) fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    listener.local_addr().expect("it is bound")
}

pub(crate) fn lives(at: SocketAddr) -> bool {
    status(at, "/health/live") == Some(200)
}

/// The status of an answer on a connection of its own; `None` when nobody answers.
pub(crate) fn status(at: SocketAddr, path: &str) -> Option<u16> {
    let mut line = TcpStream::connect(at).ok()?;
    line.write_all(format!("GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").as_bytes()).ok()?;
    let mut answer = String::new();
    line.read_to_string(&mut answer).ok()?;
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

/// Port 9 is nobody's.
pub(crate) fn config(folder: &Path, at: SocketAddr, aside: SocketAddr) -> String {
    let folder = folder.display();
    format!(
        r#"
[portal]
listen = "{at}"
metrics_listen = "{aside}"
public_url = "http://{at}"
[store]
url = "sqlite://{folder}/slipway.db"
[vault]
master_key_file = "{folder}/master.key"
[sign_in]
issuer = "http://127.0.0.1:9"
client_id = "slipway"
client_secret = "none"
[database.server]
host = "127.0.0.1"
port = 9
user = "root"
password = "none"
[identity.rfc7591]
issuer = "http://127.0.0.1:9"
[site.process]
core = "{folder}/core"
wordpress = "{folder}/wordpress"
data = "{folder}/sites"
[chat.openwebui]
url = "http://127.0.0.1:9"
api_key = "none"
base_model = "none"
jwt_secret = "a-secret-that-signs-nothing-at-all-here"
[mail.log]
folder = "{folder}/mail"
"#
    )
}
