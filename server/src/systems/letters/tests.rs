use super::*;
use crate::domain::{Slug, TenantId, tenant::Status};

fn tenant(name: &str) -> Tenant {
    Tenant {
        id: TenantId(uuid::Uuid::nil()),
        slug: Slug::parse("acme").expect("a slug"),
        name: name.into(),
        plan: "small".into(),
        language: crate::domain::SiteLanguage::En,
        time_zone: crate::domain::TimeZone::utc(),
        site_url: "https://acme.example.org".into(),
        admin: Email::parse("ada@example.org").expect("an address"),
        ordered_by: "olivia@example.org".into(),
        ordered_at: At(0),
        status: Status::Ready,
        gone_at: None,
    }
}

fn letter(name: &str, role: Role, language: Language) -> Letter {
    invited(name, role, language, None)
}

fn invited(name: &str, role: Role, language: Language, account: Option<String>) -> Letter {
    let (tenant, to) = (tenant(name), Email::parse("ben@example.org").expect("an address"));
    let page = "https://portal.example.org/tenants/acme".to_owned();
    let asked = Invitation {
        tenant: &tenant,
        to: &to,
        role,
        by: "ada@example.org",
        until: At(1_795_356_567_000_000),
        page,
        account,
    };
    invitation("invitation-1".into(), &asked, language).expect("it is written")
}

#[test]
fn both_bodies_say_the_same_in_both_languages() {
    for (language, words) in [
        (Language::En, ["You are invited to Acme", "ada@example.org invites you", "22 November 2026", "Sign in"]),
        (Language::De, ["Einladung zu Acme", "ada@example.org lädt Sie", "22. November 2026", "Anmelden"]),
    ] {
        let letter = letter("Acme", Role::Member, language);
        assert_eq!(letter.subject, words[0]);
        for word in words.into_iter().chain(["https://portal.example.org/tenants/acme", "https://acme.example.org"]) {
            assert!(letter.text.contains(word), "{word}: {}", letter.text);
            assert!(letter.html.contains(word), "{word}: {}", letter.html);
        }
        assert!(letter.html.contains(&format!("<html lang=\"{}\">", language.key())));
        let admin = self::letter("Acme", Role::Admin, language);
        assert_ne!(admin.text, letter.text, "an admin is told what an admin does");
    }
}

#[test]
fn names_stay_names() {
    let letter = letter("<b>Acme</b>\r\nBcc: all@example.org", Role::Member, Language::En);
    assert!(!letter.html.contains("<b>Acme"), "{}", letter.html);
    assert!(letter.text.contains("<b>Acme</b>"), "text is not escaped: {}", letter.text);
    assert!(!letter.subject.contains(['\r', '\n']) && !letter.text.contains("\nBcc"), "{letter:?}");
    let welcome = welcome("w".into(), &tenant("Müller & Söhne"), "https://p.example.org".into(), None, Language::De);
    let welcome = welcome.expect("it is written");
    assert_eq!(welcome.subject, "Müller & Söhne ist bereit");
    assert!(
        welcome.html.contains("M&#252;ller &#38; S") || welcome.html.contains("Müller &#38; Söhne"),
        "{}",
        welcome.html
    );
}

#[test]
fn who_has_no_account_is_led_to_one_first() {
    let way_in = "https://sso.example.org/if/flow/enrol/?itoken=1";
    for (language, button, line) in
        [(Language::En, "Make your account", "no account yet"), (Language::De, "Konto anlegen", "noch kein Konto")]
    {
        let letter = invited("Acme", Role::Member, language, Some(way_in.to_owned()));
        for text in [&letter.text, &letter.html] {
            for word in [way_in, button, line, "https://portal.example.org/tenants/acme"] {
                assert!(text.contains(word), "{word}: {text}");
            }
        }
    }
}
