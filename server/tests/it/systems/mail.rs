//! The driver for mail servers, over a real socket.

use crate::{
    sim::smtp::{Habits, PASSWORD, SmtpSim, Tls, USER},
    stage::Hand,
};
use secrecy::SecretString;
use slipway::{
    domain::{At, Email, Fault},
    systems::mail::{
        Letter, Mail as _,
        smtp::{Config, Privacy, SmtpMail},
    },
};
use std::{sync::Arc, time::Duration};

/// A driver that believes this mail server.
pub(crate) fn driver(sim: &SmtpSim, privacy: Privacy, password: &str) -> SmtpMail {
    let folder = tempfile::tempdir().expect("there is room");
    let authority = folder.path().join("ca.pem");
    std::fs::write(&authority, &sim.certificate).expect("there is room");
    SmtpMail::new(Config { authorities: vec![authority], ..config(sim.port, privacy, password) }).expect("it is set up")
}

fn config(port: u16, privacy: Privacy, password: &str) -> Config {
    Config {
        host: "localhost".into(),
        port: Some(port),
        privacy,
        account: (!password.is_empty()).then(|| (USER.to_owned(), SecretString::from(password))),
        from: "Slipway <slipway@example.org>".into(),
        authorities: Vec::new(),
        clock: Arc::new(Hand::at(At(1_795_356_567_000_000))),
    }
}

fn letter(subject: &str) -> Letter {
    Letter {
        id: "welcome-1".into(),
        to: Email::parse("ada@example.org").expect("an address"),
        subject: subject.into(),
        text: "Hello Ada\n.\nafter a dot".into(),
        html: "<p>Hello <b>Ada</b>".into(),
    }
}

#[tokio::test]
async fn a_letter_goes_out_on_each_way_and_only_in_private_where_that_is_wanted() {
    for (tls, privacy) in [(Tls::Start, Privacy::Starttls), (Tls::Whole, Privacy::Tls), (Tls::None, Privacy::None)] {
        let sim = SmtpSim::start(Habits { tls, sign_in: true, ..Habits::default() }).await;
        let mail = driver(&sim, privacy, PASSWORD);
        assert!(mail.health().await.ok, "{privacy:?}: {:?}", mail.health().await);
        let before = sim.sign_ins();
        mail.send(&letter("Ready")).await.expect("it is taken");
        assert_eq!(sim.sign_ins(), before + 1);
        let taken = sim.taken().remove(0);
        assert_eq!(
            (taken.from.as_str(), taken.to.as_slice()),
            ("slipway@example.org", &["ada@example.org".to_owned()][..])
        );
        assert_eq!(taken.private, privacy != Privacy::None);
        for head in [
            "From: Slipway <slipway@example.org>",
            "To: ada@example.org",
            "Subject: Ready",
            "Message-ID: <welcome-1@example.org>",
            "Date: Sun, 22 Nov 2026 14:09:27 +0000",
            "Auto-Submitted: auto-generated",
            "Content-Type: multipart/alternative",
            "Hello Ada\r\n.\r\nafter a dot",
            "<p>Hello <b>Ada</b>",
        ] {
            assert!(taken.text.contains(head), "{head}: {}", taken.text);
        }
    }
}

#[tokio::test]
async fn headers_stay_in_their_lines() {
    let sim = SmtpSim::start(Habits::default()).await;
    let mail = driver(&sim, Privacy::None, "");
    mail.send(&letter("Müller\r\nBcc: all@example.org\u{0}")).await.expect("it is taken");
    let taken = sim.taken().remove(0);
    assert_eq!(taken.to, ["ada@example.org"]);
    assert!(!taken.text.contains("\r\nBcc"), "{}", taken.text);
    assert!(taken.text.contains("Subject: =?utf-8?b?"), "{}", taken.text);
}

/// What comes of a letter when the mail server behaves like that: its code, or "retry".
async fn fate(sim: &SmtpSim, habits: Habits, password: &str) -> (&'static str, String) {
    sim.becomes(habits);
    match driver(sim, Privacy::None, password).send(&letter("Ready")).await {
        Ok(()) => ("taken", String::new()),
        Err(Fault::Retry { why, .. }) => ("retry", why),
        Err(Fault::Fail { code, say, .. }) => (code, say),
    }
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let sim = SmtpSim::start(Habits::default()).await;
    let says = |on, answer| Habits { says: Some((on, answer)), ..Habits::default() };
    for (habits, password, expected, word) in [
        (says("RCPT", "550 5.1.1 no such user"), "", "mail_refused", "550"),
        (says("MAIL", "553 5.1.8 not as this sender"), "", "mail_refused", "553"),
        (says("RCPT", "451 4.7.1 try later"), "", "retry", "451"),
        (says("MAIL", "421 4.3.2 closing"), "", "retry", "421"),
        (says("EHLO", "nonsense"), "", "retry", ""),
        (Habits { sign_in: true, ..Habits::default() }, "", "mail_sign_in", "530"),
        (Habits { sign_in: true, ..Habits::default() }, "wrong-canary", "mail_sign_in", "535"),
        (Habits { drops_the_answer: true, ..Habits::default() }, "", "retry", ""),
    ] {
        let (got, say) = fate(&sim, habits.clone(), password).await;
        assert_eq!(got, expected, "{habits:?}: {say}");
        assert!(say.contains(word) && !say.contains("canary") && !say.contains('\n'), "{habits:?}: {say}");
    }
    let sender = SmtpMail::new(Config { from: "nobody".into(), ..config(25, Privacy::None, "") });
    assert!(sender.is_err(), "a sender is an address");
}

#[tokio::test]
async fn a_server_without_a_way_to_sign_in_is_waited_for() {
    let sim = SmtpSim::start(Habits::default()).await;
    let (got, say) = fate(&sim, Habits::default(), PASSWORD).await;
    assert_eq!(got, "retry", "{say}");
    assert!(say.contains("authentication") && say.contains("[mail.smtp]"), "{say}");
    let (got, say) = fate(&sim, Habits { sign_in: true, ..Habits::default() }, PASSWORD).await;
    assert_eq!((got, sim.taken().len()), ("taken", 1), "{say}");
}

#[tokio::test]
async fn a_server_that_waits_for_tls_is_not_waited_for() {
    let sim = SmtpSim::start(Habits { tls: Tls::Whole, ..Habits::default() }).await;
    let health =
        tokio::time::timeout(Duration::from_secs(30), driver(&sim, Privacy::Starttls, PASSWORD).health()).await;
    let health = health.expect("it has an end");
    assert!(!health.ok && health.say.contains(r#"security = "tls""#), "{health:?}");
}

#[tokio::test]
async fn nothing_goes_out_in_the_clear_by_accident() {
    let sim = SmtpSim::start(Habits::default()).await;
    let mail = driver(&sim, Privacy::Starttls, PASSWORD);
    let fault = mail.send(&letter("Ready")).await.expect_err("it offers no TLS");
    assert!(
        matches!(&fault, Fault::Retry { why, .. } if why.contains("STARTTLS")),
        "a server can be set right: {fault}"
    );
    assert!(sim.taken().is_empty() && sim.sign_ins() == 0, "{fault}");
    assert!(!mail.health().await.ok);
    sim.becomes(Habits { tls: Tls::Start, ..Habits::default() });
    let stranger = SmtpMail::new(config(sim.port, Privacy::Starttls, PASSWORD)).expect("it is set up");
    let fault = stranger.send(&letter("Ready")).await.expect_err("nobody vouches for its certificate");
    assert!(
        matches!(&fault, Fault::Retry { why, .. } if why.contains("network.ca_file")),
        "it says what to do: {fault}"
    );
    assert!(sim.taken().is_empty());
    for host in ["mail.example.org", "192.0.2.1", "localhost.evil.example"] {
        let open = SmtpMail::new(Config { host: host.into(), ..config(25, Privacy::None, "") });
        assert!(open.err().is_some_and(|e| e.to_string().contains("only for a mail server on this host")), "{host}");
    }
}

#[tokio::test]
async fn a_dead_mail_server_is_said_to_be_one() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free").local_addr().expect("bound").port();
    let mail = SmtpMail::new(config(gone, Privacy::None, "")).expect("it is set up");
    let health = mail.health().await;
    assert!(!health.ok && health.say.contains(&format!("localhost:{gone}")) && !health.next.is_empty(), "{health:?}");
    assert!(matches!(mail.send(&letter("Ready")).await, Err(Fault::Retry { .. })));
    let sim = SmtpSim::start(Habits { sign_in: true, ..Habits::default() }).await;
    let health = driver(&sim, Privacy::None, "wrong").health().await;
    assert!(!health.ok && health.next.contains("mail.smtp.user"), "{health:?}");
}
