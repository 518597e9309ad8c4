//! Certificates of a company's own authority, and a server that shows one.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::{net::SocketAddr, path::PathBuf, sync::Arc};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
    server::TlsStream,
};

/// An authority that nobody knows by itself.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

/// A certificate with its key.
pub(crate) struct Shown {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

/// When a certificate holds.
#[derive(Clone, Copy)]
pub(crate) enum Holds {
    Now,
    Before,
    Later,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "An authority of tests");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("it can be made");
        Self { issuer, folder: tempfile::tempdir().expect("a folder") }
    }

    /// Its own certificate (PEM).
    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// The same in a file.
    pub(crate) fn file(&self) -> PathBuf {
        self.write("authority.pem", &self.pem())
    }

    /// A certificate for that name or number.
    pub(crate) fn sign(&self, name: &str, holds: Holds) -> Shown {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        let years = match holds {
            Holds::Now => (2020, 2100),
            Holds::Before => (2010, 2011),
            Holds::Later => (2099, 2100),
        };
        (params.not_before, params.not_after) =
            (rcgen::date_time_ymd(years.0, 1, 1), rcgen::date_time_ymd(years.1, 1, 1));
        let key = KeyPair::generate().expect("a key");
        Shown { certificate: params.signed_by(&key, &self.issuer).expect("signed"), key }
    }

    /// Files with a certificate and its key.
    pub(crate) fn files(&self, shown: &Shown) -> (PathBuf, PathBuf) {
        (self.write("server.pem", &shown.certificate.pem()), self.write("server.key", &shown.key.serialize_pem()))
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }
}

/// Listens with that certificate and these versions of TLS. A handshake that fails is the caller's business.
struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, from)) = self.listener.accept().await else { continue };
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, from);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Serves `app` with that certificate; gives its address. It ends with the test's runtime.
pub(crate) async fn serve(app: axum::Router, shown: &Shown) -> String {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(shown.key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("there are some").with_no_client_auth();
    let config = config.with_single_cert(vec![shown.certificate.der().clone()], key).expect("it fits");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("https://{}", listener.local_addr().expect("it is bound"));
    let listener = TlsListener { listener, acceptor: TlsAcceptor::from(Arc::new(config)) };
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}
