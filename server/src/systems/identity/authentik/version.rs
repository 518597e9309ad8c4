//! Which Authentik it is. A release is named by year and month, about four a year; what differs between the supported ones
//! is asked here, by the name of the difference.

use crate::domain::Fault;
use std::fmt;

/// Year and month of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    year: u32,
    month: u32,
}

/// The oldest one: from it on rights come by roles and names of groups are unique.
const OLDEST: Version = Version { year: 2025, month: 12 };

/// From it on addresses to return to after signing out are registered, and redirect addresses have a type.
const TYPED_REDIRECTS: Version = Version { year: 2026, month: 5 };

/// The newest one that this driver's facts speak of.
const NEWEST: Version = Version { year: 2026, month: 8 };

impl Version {
    /// Reads "2026.2.2" or "2026.5.0-rc1" and refuses what is too old.
    ///
    /// # Errors
    /// Too old, or no version.
    pub(super) fn check(text: &str) -> Result<Self, Fault> {
        let mut parts = text.split('.').map(str::parse);
        let (Some(Ok(year)), Some(Ok(month))) = (parts.next(), parts.next()) else {
            return Err(Fault::retry("Authentik does not say its version in a known way."));
        };
        let version = Self { year, month };
        if version >= OLDEST {
            return Ok(version);
        }
        Err(Fault::fail(
            "identity_too_old",
            format!("Authentik {version} is too old: {OLDEST} or newer is needed."),
            "Upgrade Authentik, then press Retry now.",
        ))
    }

    /// Takes addresses to return to after signing out. Older ones would take them for sign-in addresses.
    pub(super) fn types_redirects(self) -> bool {
        self >= TYPED_REDIRECTS
    }

    /// Newer than what is known here. It is worked with all the same.
    pub(super) fn is_unknown(self) -> bool {
        self > NEWEST
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions_and_refuses_old_ones() {
        for (text, types, unknown) in [
            ("2025.12.4", false, false),
            ("2026.2.2", false, false),
            ("2026.5.0-rc1", true, false),
            ("2026.8.5", true, false),
            ("2026.10", true, true),
            ("2027.2.0", true, true),
        ] {
            let version = Version::check(text).unwrap();
            assert_eq!((version.types_redirects(), version.is_unknown()), (types, unknown), "{text}");
        }
        for old in ["2025.10.3", "2024.12.9", "3.1"] {
            assert!(matches!(Version::check(old), Err(Fault::Fail { code: "identity_too_old", .. })), "{old}");
        }
        assert!(matches!(Version::check("nightly"), Err(Fault::Retry { .. })));
    }
}
