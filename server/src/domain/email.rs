//! E-mail addresses in one form. Who has which address decides who gets a place, so two spellings of one address must
//! be the same text, and two addresses never.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};

/// Longest part before the @, and longest address, in bytes (RFC 5321, section 4.5.3.1).
const MOST: (usize, usize) = (64, 254);
/// Signs that may stand before the @ beside letters, digits and dots (RFC 5322, section 3.2.3).
const SIGNS: &str = "!#$%&'*+-/=?^_`{|}~";
/// Names below it are nobody's (RFC 2606, section 2).
const NOBODYS: &str = "invalid";

/// A plausible e-mail address, in the form in which addresses are stored and compared. Whether it works is the
/// provider's to verify.
///
/// * Before the @: ASCII letters, digits and the signs of RFC 5322, with single dots between them; letters in lower case.
///   Other letters are refused: WordPress and OpenWebUI drop or fold some of them and so make two addresses one (the
///   KELVIN SIGN is a `k` in lower case).
/// * After the @: at least two labels of a host name, in lower case, international ones in their `xn--` form (UTS 46,
///   not transitional). A label that would become another one by more than its case is refused.
/// * Nobody's address ends in `.invalid`: those are for accounts of ours ([`Email::ours`]).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// Why a text is no address that somebody may have. Each says what to write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Not of the form `local@domain`.
    #[error("Write an e-mail address such as ada@example.org.")]
    Shape,
    /// Too long for mail servers.
    #[error("This address is too long. Write one with at most 64 characters before the @ and 254 in all.")]
    Long,
    /// Letters before the @ that are not ASCII.
    #[error(
        "Only the letters a to z, digits and signs such as . + - _ can stand before the @, because WordPress takes no \
         others. Write another address of this person."
    )]
    Local,
    /// An international domain that has more than one form.
    #[error("Write the part after the @ in its xn-- form, such as ada@xn--bcher-kva.example.")]
    Domain,
    /// Below `.invalid`.
    #[error("An address that ends in .invalid belongs to nobody. Write the person's own.")]
    Nobodys,
}

impl EmailError {
    /// What is wrong, where nobody typed it: a phrase.
    pub fn fault(self) -> &'static str {
        match self {
            Self::Shape => "it is not of the form name@example.org",
            Self::Long => "it is longer than mail servers take",
            Self::Local => "it has other letters than a to z before the @",
            Self::Domain => "its domain has to be in the xn-- form",
            Self::Nobodys => "it ends in .invalid",
        }
    }
}

impl Email {
    /// The address of a person, as somebody typed it or a provider tells it.
    ///
    /// # Errors
    /// It is no address that a person may have.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let address = Self::canonical(text)?;
        match address.0.rsplit('.').next() {
            Some(NOBODYS) => Err(EmailError::Nobodys),
            _ => Ok(address),
        }
    }

    /// An address that no person can have, for an account of ours: `local@host.invalid`.
    ///
    /// # Errors
    /// One of the two parts does not fit.
    pub fn ours(local: &str, host: &str) -> Result<Self, EmailError> {
        Self::canonical(&format!("{local}@{host}.{NOBODYS}"))
    }

    /// An address that is on record: one of ours, or one that an earlier version took and [`Email::parse`] would not
    /// take any more. It finds its row; it makes none.
    ///
    /// # Errors
    /// No version took such a text.
    pub fn on_record(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let odd = |c: char| c.is_whitespace() || c.is_control();
        let once = text.len() <= MOST.1 && text.contains('@') && !text.contains(odd);
        Self::canonical(text).or_else(|why| if once { Ok(Self(text.to_owned())) } else { Err(why) })
    }

    /// The other text is the same address.
    pub fn is(&self, other: &str) -> bool {
        Self::on_record(other).is_ok_and(|other| other == *self)
    }

    fn canonical(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError::Shape)?;
        if text.len() > 4 * MOST.1 || local.len() > MOST.0 {
            return Err(EmailError::Long);
        }
        if !local.is_ascii() {
            return Err(EmailError::Local);
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || SIGNS.contains(c);
        if !local.split('.').all(|part| !part.is_empty() && part.chars().all(fits)) {
            return Err(EmailError::Shape);
        }
        let address = format!("{}@{}", local.to_ascii_lowercase(), host(domain)?);
        if address.len() <= MOST.1 { Ok(Self(address)) } else { Err(EmailError::Long) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The one form of a domain.
fn host(text: &str) -> Result<String, EmailError> {
    let wrong = if text.is_ascii() { EmailError::Shape } else { EmailError::Domain };
    let (rules, hyphens) = (Uts46::new(), Hyphens::CheckFirstLast);
    let host = rules.to_ascii(text.as_bytes(), AsciiDenyList::STD3, hyphens, DnsLength::Verify).map_err(|_| wrong)?;
    let labels = (host.split('.'), text.split('.'));
    // Mapping does more than lower the case: a KELVIN SIGN is a k, a full-width letter a narrow one. What it joins was not
    // joined by whoever verified the address.
    let same = |(host, written): (&str, &str)| {
        let shown = rules.to_unicode(host.as_bytes(), AsciiDenyList::STD3, hyphens).0;
        written.is_ascii() || shown.chars().eq(written.chars().flat_map(lower))
    };
    if labels.0.clone().count() < 2 {
        return Err(EmailError::Shape);
    }
    let one_by_one = labels.0.clone().count() == labels.1.clone().count() && labels.0.zip(labels.1).all(same);
    if one_by_one { Ok(host.into_owned()) } else { Err(wrong) }
}

/// In lower case, within its own alphabet.
fn lower(c: char) -> impl Iterator<Item = char> {
    let strays = !c.is_ascii() && c.to_lowercase().any(|c| c.is_ascii());
    let kept = strays.then_some(c);
    kept.into_iter().chain(c.to_lowercase().filter(move |_| !strays))
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;
    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::on_record(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Result<String, EmailError> {
        Email::parse(text).map(String::from)
    }

    #[test]
    fn every_spelling_of_an_address_has_one_form() {
        for (typed, stored) in [
            (" Ada@Example.org ", "ada@example.org"),
            ("ADA.L+news@EXAMPLE.ORG", "ada.l+news@example.org"),
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
            ("ada@BÜCHER.Example", "ada@xn--bcher-kva.example"),
            ("ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example"),
            ("ada@straße.example", "ada@xn--strae-oqa.example"),
            ("ada@xn--bcher-kva.bücher.example", "ada@xn--bcher-kva.xn--bcher-kva.example"),
        ] {
            assert_eq!(form(typed).as_deref(), Ok(stored), "{typed}");
            assert!(Email::parse(stored).is_ok_and(|address| address.is(typed)), "{typed}");
        }
    }

    #[test]
    fn no_letter_takes_another_ones_place() {
        assert_eq!(form("\u{212a}ate@example.org"), Err(EmailError::Local), "KELVIN SIGN");
        assert_eq!(form("jürgen@example.org"), Err(EmailError::Local));
        for domain in ["\u{212a}yoto.example", "m\u{fc}\u{212a}.example", "\u{ff45}xample.org", "\u{130}x.example"] {
            assert_eq!(form(&format!("ada@{domain}")), Err(EmailError::Domain), "{domain:?}");
        }
        assert_eq!(form("ada@example\u{3002}org"), Err(EmailError::Domain), "an ideographic full stop");
        assert!(!Email::parse("kate@example.org").is_ok_and(|kate| kate.is("\u{212a}ate@example.org")));
    }

    #[test]
    fn each_refusal_has_its_own_advice() {
        for bad in [
            "",
            "ada",
            "ada@",
            "@example.org",
            "a b@example.org",
            "ada@localhost",
            "ada@-x.org",
            "a\u{0}@x.org",
            "a@x..org",
        ]
        .into_iter()
        .chain(["<a@x.org>", ".a@x.org", "a..b@x.org", "a@b@x.org", "a@x.org.", "a@[192.0.2.1]", "a@x_y.org"])
        {
            assert_eq!(form(bad), Err(EmailError::Shape), "{bad:?}");
        }
        assert_eq!(form(&format!("{}@example.org", "a".repeat(65))), Err(EmailError::Long));
        assert_eq!(form(&format!("{}@example.org", "a".repeat(64))).map(|a| a.len()), Ok(76));
        assert_eq!(form("ada@acme.invalid"), Err(EmailError::Nobodys));
        let said: std::collections::BTreeSet<String> =
            [EmailError::Shape, EmailError::Long, EmailError::Local, EmailError::Domain, EmailError::Nobodys]
                .map(|why| why.to_string())
                .into();
        assert_eq!(said.len(), 5);
    }

    #[test]
    fn what_is_on_record_is_found() {
        for old in ["jürgen@example.org", "ada@acme.invalid", "ada@ab--cd.example"] {
            assert_eq!(Email::on_record(old).map(String::from).as_deref(), Ok(old));
        }
        assert_eq!(Email::on_record("Ada@Example.org").map(String::from).as_deref(), Ok("ada@example.org"));
        assert_eq!(Email::on_record("Ada Lovelace"), Err(EmailError::Shape));
        assert_eq!(Email::ours("break-glass", "acme").map(String::from).as_deref(), Ok("break-glass@acme.invalid"));
    }
}
