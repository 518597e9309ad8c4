//! What the house writes, in the languages it knows. One sheet becomes text and HTML, so that both say the same; the
//! templates escape, and each value is one line, so that no name of a tenant can add words or headers of its own. No
//! letter holds a secret of the house: its link leads to a sign-in, or, sealed for one person and a while, to where the
//! provider lets them make their account.

use super::mail::Letter;
use crate::domain::{At, Email, Fault, Language, Role, Tenant, name::one_line as line};
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

impl Sheet {
    /// For somebody who cannot sign in yet: the button leads to where they make their account, and the page is told.
    fn first_an_account(mut self, account: Option<&str>) -> Self {
        let Some(account) = account else { return self };
        let page = std::mem::replace(&mut self.href, account.to_owned());
        let (line, button, then) = match self.language {
            Language::En => (
                "You have no account yet. Make one first: the button leads there, and once you have one, to the sign-in. It is only for you.",
                "Make your account",
                "Then go to",
            ),
            Language::De => (
                "Sie haben noch kein Konto. Legen Sie zuerst eines an: Der Knopf führt dorthin, und sobald Sie eines haben, zur Anmeldung. Er ist nur für Sie.",
                "Konto anlegen",
                "Danach weiter zu",
            ),
        };
        self.lines.push(line.to_owned());
        self.facts.push((then, page));
        self.button = button;
        self
    }
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
    /// The tenant's page.
    pub page: String,
    /// Where the person makes their account first, when they have none and the provider can be asked for one.
    pub account: Option<String>,
}

/// The letter to the first admin, once the tenant is ready.
///
/// # Errors
/// The template is broken.
pub fn welcome(
    id: String,
    tenant: &Tenant,
    page: String,
    account: Option<&str>,
    language: Language,
) -> Result<Letter, Fault> {
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
    let sheet = sheet.first_an_account(account);
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
    let blank = blank(language, title, button, asked.page.clone(), asked.to);
    let sheet = Sheet { lines: vec![first, can.to_owned()], facts, ..blank }.first_an_account(asked.account.as_deref());
    write(id, asked.to.clone(), &sheet)
}

/// The letter to a person whose account at the sign-in service was replaced: their new account is known, or the next sign-in
/// with their address shows it, until then.
///
/// # Errors
/// The template is broken.
pub fn replaced(id: String, to: &Email, page: String, until: Option<At>, language: Language) -> Result<Letter, Fault> {
    let (title, what, not_you, button) = match language {
        Language::En => (
            "Your account at the sign-in service was replaced",
            match until {
                None => "An operator has moved your places here to your new account. Sign in as usual; nothing of yours was lost.".to_owned(),
                Some(until) => format!(
                    "An operator says that you have a new account with this address. Sign in with it once, until {}: it takes over your places here, and nothing of yours is lost.",
                    day(until, language)
                ),
            },
            "If you have no new account, somebody may take your place: tell your operator at once.",
            "Sign in",
        ),
        Language::De => (
            "Ihr Konto beim Anmeldedienst wurde ersetzt",
            match until {
                None => "Ein Operator hat Ihre Plätze hier auf Ihr neues Konto übertragen. Melden Sie sich an wie gewohnt; es ging nichts verloren.".to_owned(),
                Some(until) => format!(
                    "Ein Operator sagt, dass Sie ein neues Konto mit dieser Adresse haben. Melden Sie sich damit einmal an, bis {}: Es übernimmt Ihre Plätze hier, und nichts geht verloren.",
                    day(until, language)
                ),
            },
            "Wenn Sie kein neues Konto haben, nimmt jemand anderes vielleicht Ihren Platz ein: Sagen Sie es sofort Ihrem Operator.",
            "Anmelden",
        ),
    };
    let blank = blank(language, title.to_owned(), button, page, to);
    // What stands below other letters, that there is nothing to do, would be wrong here.
    write(id, to.clone(), &Sheet { lines: vec![what], foot: not_you.to_owned(), ..blank })
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
mod tests;
