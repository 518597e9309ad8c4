//! A mail server that keeps what it is given: as much of RFC 5321 as a client needs, STARTTLS (RFC 3207), TLS from the
//! first byte, and AUTH PLAIN (RFC 4954). It checks the order of commands and goes wrong on purpose.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

pub(crate) const USER: &str = "slipway";
pub(crate) const PASSWORD: &str = "canary-of-the-mail-server";

/// How it behaves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Habits {
    /// TLS: none, after STARTTLS, or from the first byte.
    pub(crate) tls: Tls,
    /// Nobody sends without signing in.
    pub(crate) sign_in: bool,
    /// What it answers to the command of that name, instead of doing it.
    pub(crate) says: Option<(&'static str, &'static str)>,
    /// It takes the letter and hangs up before it says so.
    pub(crate) drops_the_answer: bool,
    /// It greets nobody.
    pub(crate) silent: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Tls {
    #[default]
    None,
    Start,
    Whole,
}

/// A letter that was taken.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// Headers and body, dots unstuffed.
    pub(crate) text: String,
    pub(crate) private: bool,
}

#[derive(Default)]
struct Inside {
    habits: Habits,
    taken: Vec<Taken>,
    signed_in: u32,
}

/// The mail server, until it is dropped.
pub(crate) struct SmtpSim {
    pub(crate) port: u16,
    /// Its certificate, as PEM: nobody else vouches for it.
    pub(crate) certificate: String,
    inside: Arc<Mutex<Inside>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for SmtpSim {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SmtpSim {
    pub(crate) async fn start(habits: Habits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("it can be made");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("there are some")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("they fit");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let inside = Arc::new(Mutex::new(Inside { habits, ..Inside::default() }));
        let shared = inside.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (inside, acceptor) = (shared.clone(), acceptor.clone());
                tokio::spawn(async move { visit(stream, acceptor, inside).await });
            }
        });
        Self { port, certificate: made.cert.pem(), inside, task }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect("no test panics while it holds this")
    }

    pub(crate) fn becomes(&self, habits: Habits) {
        self.inside().habits = habits;
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.inside().taken.clone()
    }

    pub(crate) fn sign_ins(&self) -> u32 {
        self.inside().signed_in
    }
}

async fn visit(stream: TcpStream, acceptor: TlsAcceptor, inside: Arc<Mutex<Inside>>) {
    let habits = inside.lock().expect("no test panics while it holds this").habits.clone();
    if habits.silent {
        tokio::time::sleep(std::time::Duration::from_secs(600)).await;
        return;
    }
    if habits.tls == Tls::Whole {
        let Ok(stream) = acceptor.accept(stream).await else { return };
        let _end = Talk::new(stream, habits, inside, true).run(true).await;
        return;
    }
    let mut talk = Talk::new(stream, habits.clone(), inside.clone(), false);
    if talk.run(true).await == Some(End::Tls) {
        let Ok(stream) = acceptor.accept(talk.stream.into_inner()).await else { return };
        let _end = Talk::new(stream, habits, inside, true).run(false).await;
    }
}

#[derive(Debug, PartialEq, Eq)]
enum End {
    Tls,
    Quit,
}

struct Talk<S> {
    stream: BufReader<S>,
    habits: Habits,
    inside: Arc<Mutex<Inside>>,
    private: bool,
    signed_in: bool,
    from: Option<String>,
    to: Vec<String>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    fn new(stream: S, habits: Habits, inside: Arc<Mutex<Inside>>, private: bool) -> Self {
        Self { stream: BufReader::new(stream), habits, inside, private, signed_in: false, from: None, to: Vec::new() }
    }

    async fn say(&mut self, text: &str) -> Option<()> {
        self.stream.get_mut().write_all(format!("{text}\r\n").as_bytes()).await.ok()?;
        self.stream.get_mut().flush().await.ok()
    }

    async fn hear(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.stream.read_line(&mut line).await.ok()?;
        assert!(length == 0 || line.ends_with("\r\n"), "a line ends with CR LF: {line:?}");
        (length > 0).then(|| line.trim_end_matches("\r\n").to_owned())
    }

    /// `None` when the other side hung up.
    async fn run(&mut self, greet: bool) -> Option<End> {
        if greet {
            self.say("220 mail.example.org ESMTP").await?;
        }
        loop {
            let line = self.hear().await?;
            let command = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            if let Some((on, answer)) = self.habits.says.filter(|(on, _)| *on == command) {
                self.say(answer).await?;
                assert_ne!(on, "QUIT");
                continue;
            }
            match command.as_str() {
                "EHLO" => self.extensions().await?,
                "STARTTLS" if self.habits.tls == Tls::Start && !self.private => {
                    self.say("220 go ahead").await?;
                    return Some(End::Tls);
                }
                "AUTH" => self.sign_in(&line).await?,
                "QUIT" => {
                    self.say("221 bye").await?;
                    return Some(End::Quit);
                }
                "NOOP" => self.say("250 ok").await?,
                _ if self.habits.sign_in && !self.signed_in => self.say("530 5.7.0 authentication required").await?,
                "MAIL" => {
                    self.from = Some(address(&line));
                    self.say("250 ok").await?;
                }
                "RCPT" if self.from.is_some() => {
                    self.to.push(address(&line));
                    self.say("250 ok").await?;
                }
                "DATA" if !self.to.is_empty() => self.take().await?,
                _ => self.say("503 5.5.1 not now").await?,
            }
        }
    }

    async fn extensions(&mut self) -> Option<()> {
        let mut lines = vec!["mail.example.org", "8BITMIME"];
        if self.habits.tls == Tls::Start && !self.private {
            lines.push("STARTTLS");
        } else if self.habits.sign_in {
            lines.push("AUTH PLAIN LOGIN");
        }
        let last = lines.len() - 1;
        for (n, line) in lines.into_iter().enumerate() {
            self.say(&format!("250{}{line}", if n == last { ' ' } else { '-' })).await?;
        }
        Some(())
    }

    async fn sign_in(&mut self, line: &str) -> Option<()> {
        let told = line.strip_prefix("AUTH PLAIN ").and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default();
        if told != format!("\0{USER}\0{PASSWORD}").as_bytes() {
            return self.say("535 5.7.8 Error: authentication failed").await;
        }
        self.signed_in = true;
        self.inside.lock().expect("no test panics while it holds this").signed_in += 1;
        self.say("235 2.7.0 welcome").await
    }

    async fn take(&mut self) -> Option<()> {
        self.say("354 end with a dot").await?;
        let mut lines = Vec::new();
        loop {
            let line = self.hear().await?;
            match line.strip_prefix('.') {
                Some("") => break,
                Some(rest) => lines.push(rest.to_owned()),
                None => lines.push(line),
            }
        }
        let taken = Taken {
            from: self.from.take().unwrap_or_default(),
            to: std::mem::take(&mut self.to),
            text: lines.join("\r\n"),
            private: self.private,
        };
        self.inside.lock().expect("no test panics while it holds this").taken.push(taken);
        if self.habits.drops_the_answer {
            return None;
        }
        self.say("250 2.0.0 taken").await
    }
}

/// `MAIL FROM:<a@b> BODY=8BITMIME` → `a@b`.
fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(address, _)| address.to_owned()).unwrap_or_default()
}
