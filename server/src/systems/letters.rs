//! What the house writes, in the languages it knows. One sheet becomes text and HTML, so that both say the same; the
//! templates escape, and each value is one line, so that no name of a tenant can add words or headers of its own. No
//! letter holds a secret of ours: its link leads to a sign-in.

use super::mail::Letter;
use crate::domain::{At, Email, Fault, Language, Role, Tenant};
use askama::Template;

/// A letter before it is text or HTML.
#[derive(Debug, Clone)]
struct Sheet {
    language: Language,
    title: String,
    lines: Vec<String>,
    /// Words of the one button.
    button: &'static str,
    /// Where it leads.
    href: String,
    facts: Vec<(&'static str, String)>,
    foot: String,
    /// Words before the address in full, for those who cannot press the button.
    plain_link: &'static str,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct Text<'a> {
    sheet: &'a Sheet,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    sheet: &'a Sheet,
}

/// Who is asked into which tenant.
#[derive(Debug, Clone)]
pub struct Invitation<'a> {
    /// The tenant.
    pub tenant: &'a Tenant,
    /// Whom.
    pub to: &'a Email,
    /// As what.
    pub role: Role,
    /// E-mail address of who asks.
    pub by: &'a str,
    /// It holds until then.
    pub until: At,
    /// Where the person makes an account or sets a password, when the provider gave an address; else the tenant's page.
    pub href: String,
}

/// The letter to the first admin, once the tenant is ready.
///
/// # Errors
/// The template is broken.
pub fn welcome(id: String, tenant: &Tenant, page: String, language: Language) -> Result<Letter, Fault> {
    let name = line(&tenant.name);
    let (title, lines, button, site) = match language {
        Language::En => (
            format!("{name} is ready"),
            "Open your page, press Open WordPress, then Slipway and Connect. From then on the chat can write drafts for you.",
            "Open your page",
            "Your site",
        ),
        Language::De => (
            format!("{name} ist bereit"),
            "Öffnen Sie Ihre Seite, dann „Open WordPress“, dort Slipway und „Connect“. Von da an schreibt der Chat Entwürfe für Sie.",
            "Ihre Seite öffnen",
            "Ihre Website",
        ),
    };
    let facts = vec![(site, line(&tenant.site_url))];
    let sheet = Sheet { lines: vec![lines.to_owned()], facts, ..blank(language, title, button, page, &tenant.admin) };
    write(id, tenant.admin.clone(), &sheet)
}

/// The letter to a person who was added to a tenant.
///
/// # Errors
/// The template is broken.
pub fn invitation(id: String, asked: &Invitation<'_>, language: Language) -> Result<Letter, Fault> {
    let (name, by) = (line(&asked.tenant.name), line(asked.by));
    let until = day(asked.until, language);
    let admin = asked.role == Role::Admin;
    let (title, first, can, button, facts) = match language {
        Language::En => (
            format!("You are invited to {name}"),
            format!("{by} invites you to the WordPress site {name}."),
            if admin {
                "As an admin you look after the site and its people, and you can let the chat write drafts for you."
            } else {
                "You can write there, and you can let the chat write drafts for you."
            },
            "Sign in",
            ["Site", "Sign in as", "Invited until"],
        ),
        Language::De => (
            format!("Einladung zu {name}"),
            format!("{by} lädt Sie zur WordPress-Website {name} ein."),
            if admin {
                "Als Admin kümmern Sie sich um die Website und ihre Leute, und der Chat kann Entwürfe für Sie schreiben."
            } else {
                "Sie können dort schreiben, und der Chat kann Entwürfe für Sie schreiben."
            },
            "Anmelden",
            ["Website", "Anmelden als", "Eingeladen bis"],
        ),
    };
    let values = [line(&asked.tenant.site_url), asked.to.to_string(), until];
    let facts = facts.into_iter().zip(values).collect();
    let blank = blank(language, title, button, asked.href.clone(), asked.to);
    let sheet = Sheet { lines: vec![first, can.to_owned()], facts, ..blank };
    write(id, asked.to.clone(), &sheet)
}

fn blank(language: Language, title: String, button: &'static str, href: String, to: &Email) -> Sheet {
    let (foot, plain_link) = match language {
        Language::En => (
            format!("Slipway wrote this to {to}. If you do not expect it, there is nothing to do."),
            "If the button does not work:",
        ),
        Language::De => (
            format!("Slipway schrieb dies an {to}. Wenn Sie es nicht erwarten, brauchen Sie nichts zu tun."),
            "Falls der Knopf nicht geht:",
        ),
    };
    Sheet { language, title, lines: Vec::new(), button, href, facts: Vec::new(), foot, plain_link }
}

fn write(id: String, to: Email, sheet: &Sheet) -> Result<Letter, Fault> {
    let broken =
        |e: askama::Error| Fault::fail("template", format!("The letter could not be written: {e}."), "Report this.");
    Ok(Letter {
        id,
        to,
        subject: sheet.title.clone(),
        text: Text { sheet }.render().map_err(broken)?,
        html: Html { sheet }.render().map_err(broken)?,
    })
}

/// The text in one line.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// "22 November 2026", "22. November 2026", by UTC.
fn day(at: At, language: Language) -> String {
    const MONTHS: [[&str; 12]; 2] = [
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
    ];
    let Ok(moment) = time::OffsetDateTime::from_unix_timestamp(at.unix()) else { return String::new() };
    let month = usize::from(u8::from(moment.month())) - 1;
    match language {
        Language::En => format!("{} {} {}", moment.day(), MONTHS[0][month], moment.year()),
        Language::De => format!("{}. {} {}", moment.day(), MONTHS[1][month], moment.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Slug, TenantId, tenant::Status};

    fn tenant(name: &str) -> Tenant {
        Tenant {
            id: TenantId(uuid::Uuid::nil()),
            slug: Slug::parse("acme").expect("a slug"),
            name: name.into(),
            plan: "small".into(),
            site_url: "https://acme.example.org".into(),
            admin: Email::parse("ada@example.org").expect("an address"),
            ordered_by: "olivia@example.org".into(),
            ordered_at: At(0),
            status: Status::Ready,
            gone_at: None,
        }
    }

    fn letter(name: &str, role: Role, language: Language) -> Letter {
        let (tenant, to) = (tenant(name), Email::parse("ben@example.org").expect("an address"));
        let href = "https://portal.example.org/tenants/acme".to_owned();
        let asked = Invitation {
            tenant: &tenant,
            to: &to,
            role,
            by: "ada@example.org",
            until: At(1_795_356_567_000_000),
            href,
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
            for word in words.into_iter().chain(["https://portal.example.org/tenants/acme", "https://acme.example.org"])
            {
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
        let welcome = welcome("w".into(), &tenant("Müller & Söhne"), "https://p.example.org".into(), Language::De);
        let welcome = welcome.expect("it is written");
        assert_eq!(welcome.subject, "Müller & Söhne ist bereit");
        assert!(
            welcome.html.contains("M&#252;ller &#38; S") || welcome.html.contains("Müller &#38; Söhne"),
            "{}",
            welcome.html
        );
    }
}
