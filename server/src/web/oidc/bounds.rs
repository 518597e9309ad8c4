//! What the libraries leave open in a token that they have checked: whose it is, and from when on it holds.
//! Source: OpenID Connect Core 1.0, section 3.1.3.7; RFC 7519, section 4.1.5.

use super::Trouble;
use serde_json::Value;

/// Clocks may differ this much, seconds.
pub(super) const LEEWAY: i64 = 30;
/// Longest name of a provider's session that is kept, in bytes.
const SID: usize = 255;

/// Nobody but the portal asked for the token.
pub(super) fn asked_by(azp: Option<&str>, client: &str) -> Result<(), Trouble> {
    match azp {
        Some(other) if other != client => Err(Trouble::Forged("it was made for another client (`azp`)")),
        _ => Ok(()),
    }
}

/// The token holds by now.
pub(super) fn begun(iat: i64, nbf: Option<&Value>, now: i64) -> Result<(), Trouble> {
    if iat > now.saturating_add(LEEWAY) {
        return Err(Trouble::Forged("it was made in the future (`iat`)"));
    }
    let Some(nbf) = nbf else { return Ok(()) };
    let latest = now.saturating_add(LEEWAY) as f64;
    match nbf.as_f64() {
        Some(nbf) if nbf <= latest => Ok(()),
        Some(_) => Err(Trouble::Forged("it does not hold yet (`nbf`)")),
        None => Err(Trouble::Forged("its `nbf` is no moment")),
    }
}

/// The provider's name for its session. One that is too long counts as none, here and in a logout token alike: then all
/// sessions of the person end together.
pub(super) fn sid(told: Option<&str>) -> Option<String> {
    told.filter(|sid| (1..=SID).contains(&sid.len())).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tokens_of_later_and_of_others_are_refused() {
        for (iat, nbf, holds) in [
            (1_000, None, true),
            (1_030, Some(json!(1_030)), true),
            (1_031, None, false),
            (1_000, Some(json!(1_031)), false),
            (1_000, Some(json!(999.5)), true),
            (1_000, Some(json!("999")), false),
            (i64::MAX, None, false),
        ] {
            assert_eq!(begun(iat, nbf.as_ref(), 1_000).is_ok(), holds, "{iat} {nbf:?}");
        }
        assert!(asked_by(None, "slipway").is_ok() && asked_by(Some("slipway"), "slipway").is_ok());
        assert!(asked_by(Some("another"), "slipway").is_err() && asked_by(Some(""), "slipway").is_err());
    }
}
