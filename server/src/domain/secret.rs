//! Secrets: 256-bit tokens, and the hash under which the house remembers the ones it need not read again.

use super::Dice;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// A fresh 256-bit secret. It cannot be printed; show it with [`Token::reveal`] exactly where it is sent.
#[derive(Debug, Clone)]
pub struct Token(SecretString);

impl Token {
    /// Throws 256 bits and writes them as 43 characters of base64url.
    pub fn throw(dice: &dyn Dice) -> Self {
        let mut bytes = [0; 32];
        dice.fill(&mut bytes);
        Self(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// What the database keeps instead of the token.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.reveal())
    }

    /// The token as a general secret.
    pub fn into_secret(self) -> SecretString {
        self.0
    }
}

/// SHA-256 of a high-entropy secret. A plain hash is enough for 256 random bits; never use it for a password a person chose.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// Hashes what a caller presented. Look-ups go by this value, so no comparison of secrets leaks time.
    pub fn of(presented: &str) -> Self {
        Self(Sha256::digest(presented.as_bytes()).into())
    }

    /// Lower-case hex, the form in both databases.
    pub fn hex(&self) -> String {
        self.0.iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// Does `verifier` answer the S256 `challenge` of RFC 7636? Compares in constant time.
pub fn pkce_matches(verifier: &str, challenge: &str) -> bool {
    use subtle::ConstantTimeEq;
    let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    (43..=128).contains(&verifier.len()) && bool::from(digest.as_bytes().ct_eq(challenge.as_bytes()))
}

/// A site's own mark on its question (`state` of RFC 6749, section 4.1.1): it goes back as it came, and only the site
/// knows what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteState(String);

impl SiteState {
    /// 16 to 128 visible ASCII characters: long enough not to be guessed, and the same in every address.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (16..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Is this the shape of an S256 challenge: 43 characters of base64url?
pub fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sites_mark_is_16_to_128_visible_characters() {
        for fine in ["a-state-of-a-site", &"s".repeat(16), &"s".repeat(128), "!\"#$%&'()*+,-./~"] {
            assert_eq!(SiteState::parse(fine).as_ref().map(SiteState::as_str), Some(fine));
        }
        for bad in
            ["", &"s".repeat(15), &"s".repeat(129), "a state of a site", "a-state-of-a-site\n", "ein-zustand-ä-ö-ü"]
        {
            assert_eq!(SiteState::parse(bad), None, "{bad:?}");
        }
    }
}
