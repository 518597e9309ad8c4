//! Time zones by name.

use jiff::tz::TimeZoneDatabase;
use serde::{Deserialize, Serialize};

/// Where a name may begin; `UTC` stands for itself. Others, such as `CET` or `Etc/GMT+1`, WordPress offers to nobody.
const CONTINENTS: [&str; 10] = [
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
];

/// A place whose clocks a site goes by, such as `Europe/Berlin`, or `UTC`: a name of the IANA time zone database, of which
/// this program brings its own copy, so that it knows the same ones on every machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZone(String);

/// Why a typed time zone is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write the name of a time zone, such as Europe/Berlin, or UTC.")]
pub struct TimeZoneError;

impl TimeZone {
    /// The time zone of that name, in any case; what is kept is spelt as the database spells it.
    ///
    /// # Errors
    /// There is none.
    pub fn parse(text: &str) -> Result<Self, TimeZoneError> {
        let found = TimeZoneDatabase::bundled().get(text.trim()).map_err(|_| TimeZoneError)?;
        let name = found.iana_name().filter(|name| offered(name)).ok_or(TimeZoneError)?;
        Ok(Self(name.to_owned()))
    }

    /// As it was written down when it was judged: names do not go away.
    pub fn on_record(text: String) -> Self {
        Self(text)
    }

    /// Coordinated Universal Time.
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// All names, `UTC` first, for people to pick from.
    pub fn names() -> Vec<String> {
        let known = TimeZoneDatabase::bundled();
        let places =
            known.available().map(|name| name.as_str().to_owned()).filter(|name| name != "UTC" && offered(name));
        std::iter::once("UTC".to_owned()).chain(places).collect()
    }
}

fn offered(name: &str) -> bool {
    name == "UTC" || CONTINENTS.iter().any(|continent| name.starts_with(continent))
}

impl TryFrom<String> for TimeZone {
    type Error = TimeZoneError;
    fn try_from(text: String) -> Result<Self, TimeZoneError> {
        Self::parse(&text)
    }
}

impl From<TimeZone> for String {
    fn from(zone: TimeZone) -> Self {
        zone.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::model::language::SiteLanguage;

    #[test]
    fn names_are_known_and_spelt_one_way() {
        for (text, name) in [
            ("Europe/Berlin", Some("Europe/Berlin")),
            (" europe/berlin ", Some("Europe/Berlin")),
            ("utc", Some("UTC")),
            ("America/Argentina/Buenos_Aires", Some("America/Argentina/Buenos_Aires")),
            ("Europe/Neustadt", None),
            ("CET", None),
            ("Etc/GMT+1", None),
            ("+01:00", None),
            ("", None),
            ("../../etc/passwd", None),
            ("Europe/../../../etc/passwd", None),
        ] {
            let parsed = TimeZone::parse(text).ok();
            assert_eq!(parsed.as_ref().map(TimeZone::as_str), name, "{text:?}");
        }
    }

    #[test]
    fn every_name_to_pick_is_taken() {
        let names = TimeZone::names();
        assert_eq!(names.first().map(String::as_str), Some("UTC"));
        assert!(names.len() > 400 && names.iter().all(|name| TimeZone::parse(name).is_ok()), "{names:?}");
        for language in SiteLanguage::ALL {
            assert!(names.iter().any(|name| name == language.zone()), "{language:?}");
        }
    }
}
