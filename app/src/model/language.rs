//! Languages that a site can be ordered in.

use serde::{Deserialize, Serialize};

/// A language of WordPress: that of a site, and of everybody there who chose no other one in their profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SiteLanguage {
    /// German, speaking to people as friends do ("du").
    De,
    /// German, speaking to people as companies do ("Sie").
    DeFormal,
    /// English as in the United States, which WordPress is written in.
    #[default]
    En,
    /// French.
    Fr,
    /// Italian.
    It,
    /// Spanish.
    Es,
}

impl SiteLanguage {
    /// All of them, in the order of lists.
    pub const ALL: [Self; 6] = [Self::De, Self::DeFormal, Self::En, Self::Fr, Self::It, Self::Es];

    /// Its own name for itself.
    pub fn word(self) -> &'static str {
        match self {
            Self::De => "Deutsch",
            Self::DeFormal => "Deutsch (Sie)",
            Self::En => "English",
            Self::Fr => "Français",
            Self::It => "Italiano",
            Self::Es => "Español",
        }
    }

    /// The value in forms, in the configuration and in the database; never renamed.
    pub fn key(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::DeFormal => "de-formal",
            Self::En => "en",
            Self::Fr => "fr",
            Self::It => "it",
            Self::Es => "es",
        }
    }

    /// The inverse of [`SiteLanguage::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.key() == key)
    }

    /// WordPress's name of it, as its language packs are called.
    pub fn locale(self) -> &'static str {
        match self {
            Self::De => "de_DE",
            Self::DeFormal => "de_DE_formal",
            Self::En => "en_US",
            Self::Fr => "fr_FR",
            Self::It => "it_IT",
            Self::Es => "es_ES",
        }
    }

    /// Its tag (BCP 47), for `lang`.
    pub fn tag(self) -> &'static str {
        self.key().split('-').next().unwrap_or_default()
    }

    /// Time zone of most who read it; nobody can say that of English.
    pub fn zone(self) -> &'static str {
        match self {
            Self::De | Self::DeFormal => "Europe/Berlin",
            Self::En => "UTC",
            Self::Fr => "Europe/Paris",
            Self::It => "Europe/Rome",
            Self::Es => "Europe/Madrid",
        }
    }

    /// The first language in a header `Accept-Language` that is one of these. Browsers name the most wanted one first.
    pub fn preferred(header: &str) -> Option<Self> {
        let mut tags = header.split(',').take(20).map(|part| part.split([';', '-']).next().unwrap_or_default().trim());
        let known = |tag: &str| Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(tag));
        tags.find_map(known)
    }
}

#[cfg(test)]
mod tests {
    use super::SiteLanguage as L;

    #[test]
    fn keys_and_locales_are_told_apart() {
        for language in L::ALL {
            assert_eq!(L::from_key(language.key()), Some(language));
            assert_eq!(L::ALL.iter().filter(|other| other.locale() == language.locale()).count(), 1);
        }
        assert_eq!(L::from_key("de_DE"), None);
        assert_eq!(L::DeFormal.tag(), "de");
    }

    #[test]
    fn the_browser_says_what_its_reader_reads() {
        for (header, language) in [
            ("de-DE,de;q=0.9,en-US;q=0.8", Some(L::De)),
            ("en-GB", Some(L::En)),
            ("nl, FR;q=0.7", Some(L::Fr)),
            ("pl,*;q=0.1", None),
            ("", None),
        ] {
            assert_eq!(L::preferred(header), language, "{header}");
        }
    }
}
