//! Driver: a mail server. Each letter has a connection of its own, because letters are rare and a connection that was
//! kept is one that may be dead. TLS is asked for or it is not sent: there is no "if possible".
//!
//! What a refusal means is read from the reply's number (RFC 5321, section 4.2; RFC 4954, section 6): 530, 534, 535 and
//! 538 are about signing in, any other 5xx is about this letter, 4xx passes. What the library refuses by itself (`is_client`
//! in lettre 0.11: no STARTTLS, no way of signing in that both know) is about the server, and passes when the server is set
//! right.

use super::{Letter, Mail};
use crate::domain::{Clock, Fault, Health, TlsTrouble};
use anyhow::Context as _;
use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// Longest wait for a connection.
const PATIENCE: Duration = Duration::from_secs(15);

/// Longest exchange as a whole; shorter than the time for which a letter is claimed.
const LIMIT: Duration = Duration::from_secs(45);

/// Longest look; shorter than people wait for a page that shows all systems.
const LOOK: Duration = Duration::from_secs(7);

/// How the way there is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// TLS after the greeting, or nothing is sent.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// In the clear: only to this host.
    None,
}

/// What the driver needs to know.
pub struct Config {
    /// Host of the mail server.
    pub host: String,
    /// TCP port; `None` for the usual one.
    pub port: Option<u16>,
    /// TLS.
    pub privacy: Privacy,
    /// Account and password, if the mail server asks for them.
    pub account: Option<(String, SecretString)>,
    /// Sender: `Slipway <slipway@example.org>`.
    pub from: String,
    /// Files with certificates (PEM) of authorities to trust besides the well-known ones.
    pub authorities: Vec<PathBuf>,
    /// Dates of letters.
    pub clock: Arc<dyn Clock>,
}

/// A mail server.
pub struct SmtpMail {
    server: AsyncSmtpTransport<Tokio1Executor>,
    place: String,
    privacy: Privacy,
    from: Mailbox,
    clock: Arc<dyn Clock>,
}

impl SmtpMail {
    /// A driver; nothing is sent yet.
    ///
    /// # Errors
    /// No TLS to another host, a sender that is none, or a certificate that cannot be read.
    pub fn new(config: Config) -> anyhow::Result<Self> {
        let host = config.host.trim().to_owned();
        if config.privacy == Privacy::None && !is_here(&host) {
            anyhow::bail!("mail.smtp.security: `none` is only for a mail server on this host");
        }
        let from: Mailbox = config.from.parse().context("mail.smtp.from: write `Slipway <slipway@example.org>`")?;
        let port = config.port.unwrap_or(match config.privacy {
            Privacy::Starttls => 587,
            Privacy::Tls => 465,
            Privacy::None => 25,
        });
        let tls = match config.privacy {
            Privacy::None => Tls::None,
            Privacy::Starttls => Tls::Required(trust(&host, &config.authorities)?),
            Privacy::Tls => Tls::Wrapper(trust(&host, &config.authorities)?),
        };
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&host);
        server = server.port(port).tls(tls).timeout(Some(PATIENCE)).hello_name(hello);
        if let Some((user, password)) = config.account {
            server = server.credentials(Credentials::new(user, password.expose_secret().to_owned()));
        }
        let (place, privacy) = (format!("{host}:{port}"), config.privacy);
        Ok(Self { server: server.build(), place, privacy, from, clock: config.clock })
    }

    fn message(&self, letter: &Letter) -> Result<Message, Fault> {
        let refused = |e: &dyn std::fmt::Display| {
            Fault::fail("mail_refused", format!("The letter cannot be written ({e})."), ADDRESS)
        };
        let to: Mailbox = letter.to.as_str().parse().map_err(|e: lettre::address::AddressError| refused(&e))?;
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        let since = Duration::from_secs(u64::try_from(self.clock.now().unix()).unwrap_or_default());
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(letter.subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>())
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .date(std::time::UNIX_EPOCH + since)
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
            .map_err(|e| refused(&e))
    }

    fn fault(&self, error: &Error) -> Fault {
        let place = &self.place;
        if let Some(trouble) = TlsTrouble::among(error) {
            return Fault::retry(trouble.tell(&format!("the mail server at {place}")));
        }
        let code = error.status().map(u16::from);
        match code {
            Some(530 | 534 | 535 | 538) => {
                let say = format!("The mail server at {place} does not let the portal sign in ({}).", said(error));
                Fault::fail("mail_sign_in", say, "Check `mail.smtp.user` and its password, then press Retry now.")
            }
            Some(500..=599) => {
                Fault::fail("mail_refused", format!("The mail server refused the letter ({}).", said(error)), ADDRESS)
            }
            None if error.is_client() => {
                let say =
                    format!("The mail server at {place} does not offer what `[mail.smtp]` asks for ({}).", said(error));
                Fault::retry(say)
            }
            _ => Fault::retry(format!("The mail server at {place} does not take letters now ({}).", said(error))),
        }
    }

    /// Nothing came in that time. A server that speaks TLS from the first byte says nothing to who waits for its greeting.
    fn silent(&self, limit: Duration) -> Fault {
        let (place, seconds) = (&self.place, limit.as_secs());
        let tls = if self.privacy == Privacy::Tls { "" } else { " Does it want `security = \"tls\"`?" };
        Fault::retry(format!("The mail server at {place} did not answer within {seconds} s.{tls}"))
    }

    /// The longest time of this exchange, kept from outside: lettre 0.11 bounds each answer and not the greeting.
    async fn bounded<T>(&self, limit: Duration, exchange: impl Future<Output = Result<T, Error>>) -> Result<T, Fault> {
        let ended = tokio::time::timeout(limit, exchange).await;
        ended.map_err(|_| self.silent(limit))?.map_err(|error| self.fault(&error))
    }
}

const ADDRESS: &str = "Check the person's address.";

/// This host: the only one to which letters may go in the clear.
fn is_here(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|ip| ip.is_loopback())
}

fn trust(host: &str, authorities: &[PathBuf]) -> anyhow::Result<TlsParameters> {
    let mut tls = TlsParameters::builder(host.to_owned());
    for file in authorities {
        let name = || format!("authorities of the mail server: {}", file.display());
        let pem = std::fs::read(file).with_context(name)?;
        tls = tls.add_root_certificate(Certificate::from_pem(&pem).with_context(name)?);
    }
    Ok(tls.build_rustls()?)
}

/// What the library and the mail server said, in one line.
fn said(error: &Error) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    let text = cause.unwrap_or_else(|| error.to_string());
    let code = error.status().map(|code| format!("{code} ")).unwrap_or_default();
    let line: String =
        format!("{code}{text}").chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches('.').to_owned()
}

#[async_trait]
impl Mail for SmtpMail {
    async fn sent(&self, _id: &str) -> Result<bool, Fault> {
        Ok(false)
    }

    async fn send(&self, letter: &Letter) -> Result<(), Fault> {
        let message = self.message(letter)?;
        self.bounded(LIMIT, self.server.send(message)).await?;
        tracing::info!(letter = letter.id, server = self.place, "a letter was handed over");
        Ok(())
    }

    /// Greets, starts TLS and signs in, as for a letter, and goes again.
    async fn health(&self) -> Health {
        let fault = match self.bounded(LOOK, self.server.test_connection()).await {
            Ok(true) => return Health::good(format!("The mail server at {} lets the portal in", self.place)),
            Ok(false) => Fault::retry(format!("The mail server at {} ended the conversation.", self.place)),
            Err(fault) => fault,
        };
        let next = match &fault {
            Fault::Fail { code: "mail_sign_in", .. } => "Check `mail.smtp.user` and its password.",
            _ => "Check host, port and security in `[mail.smtp]`, and that the portal may connect there.",
        };
        match fault {
            Fault::Retry { why: say, .. } | Fault::Fail { say, .. } => Health::bad(say, next),
        }
    }
}
