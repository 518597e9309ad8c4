//! The API token: read from its file at each use, so that a new one counts at once, and looked into for its end.

use crate::domain::{At, Fault};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::{path::Path, time::Duration};

#[derive(Deserialize)]
struct Claims {
    exp: i64,
}

/// The token in the file.
pub(super) async fn read(file: &Path) -> Result<SecretString, Fault> {
    let text = tokio::fs::read_to_string(file).await.map(|t| t.trim().to_owned()).unwrap_or_default();
    if text.is_empty() {
        return Err(Fault::fail(
            "ionos_token_missing",
            format!("There is no token in {}.", file.display()),
            "Put a token of IONOS into that file, then press Retry now. No restart is needed.",
        ));
    }
    Ok(SecretString::from(text))
}

/// When it ends, if it says so: IONOS's tokens are JSON Web Tokens. Nothing else in it is believed.
pub(super) fn end(token: &SecretString) -> Option<At> {
    let claims = token.expose_secret().split('.').nth(1)?;
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    Some(At(claims.exp.checked_mul(1_000_000)?))
}

/// A moment, for people: to the minute, in UTC.
pub(super) fn date(at: At) -> String {
    jiff::Timestamp::from_microsecond(at.0)
        .map_or_else(|_| "a day far off".to_owned(), |moment| moment.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// How long it still counts, in words.
pub(super) fn left(left: Duration) -> String {
    match left.as_secs() / 3600 {
        0 => "less than an hour".to_owned(),
        hours @ 1..48 => format!("{hours} h"),
        hours => format!("{} days", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_end_of_a_token_and_of_nothing_else() {
        let token = |claims: &str| SecretString::from(format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims)));
        assert_eq!(end(&token(r#"{"exp":1790000000,"iss":"ionos"}"#)), Some(At(1_790_000_000_000_000)));
        for none in
            [token("{}"), token("no json"), SecretString::from("opaque"), token(r#"{"exp":9223372036854775807}"#)]
        {
            assert_eq!(end(&none), None);
        }
        assert_eq!(
            (left(Duration::from_secs(90_000)), left(Duration::from_secs(864_000))),
            ("25 h".into(), "10 days".into())
        );
    }
}
