//! One envelope: `format (1) ‖ key id (8) ‖ nonce (24) ‖ XChaCha20-Poly1305 ciphertext and tag`. Nonces are random:
//! 192 bits need no bookkeeping. Format and key id are bound in as well, so a header cannot be swapped.

use super::Error;
use crate::domain::{Dice, TenantId};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Purpose of a wrapped data key; the NUL keeps it apart from every purpose a caller may name.
pub(super) const DATA_KEY: &str = "\0data key";

const FORMAT: u8 = 1;
const HEADER: usize = 1 + 8;
const NONCE: usize = 24;

/// Where an envelope belongs. It opens nowhere else.
pub(super) struct Label<'a> {
    pub(super) tenant: TenantId,
    pub(super) purpose: &'a str,
    pub(super) version: i64,
}

impl Label<'_> {
    /// All parts but the last are of fixed length, so no two labels read the same.
    fn bind(&self, header: &[u8]) -> Vec<u8> {
        let mut aad = b"slipway vault ".to_vec();
        aad.extend_from_slice(header);
        aad.extend_from_slice(self.tenant.0.as_bytes());
        aad.extend_from_slice(&self.version.to_be_bytes());
        aad.extend_from_slice(self.purpose.as_bytes());
        aad
    }
}

/// A 256-bit key; wiped when it is dropped.
pub(super) struct Key(Zeroizing<[u8; 32]>);

impl Key {
    pub(super) fn throw(dice: &dyn Dice) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        dice.fill(&mut *bytes);
        Self(bytes)
    }

    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        <[u8; 32]>::try_from(bytes).ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &*self.0
    }

    fn header(&self) -> [u8; HEADER] {
        let id = Sha256::new().chain_update(b"slipway key id ").chain_update(*self.0).finalize();
        let mut header = [FORMAT; HEADER];
        header[1..].copy_from_slice(&id[..HEADER - 1]);
        header
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.0).into())
    }

    pub(super) fn seal(&self, label: &Label<'_>, text: &[u8], dice: &dyn Dice) -> Result<Vec<u8>, Error> {
        let header = self.header();
        let mut nonce = [0; NONCE];
        dice.fill(&mut nonce);
        let payload = Payload { msg: text, aad: &label.bind(&header) };
        let body = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::Broken)?;
        Ok([&header[..], &nonce, &body].concat())
    }

    fn open_bytes(&self, label: &Label<'_>, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (header, rest) = envelope.split_at_checked(HEADER).ok_or(Error::Broken)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(Error::Broken)?;
        if header != self.header() {
            return Err(if header.first() == Some(&FORMAT) { Error::OtherKey } else { Error::Broken });
        }
        let payload = Payload { msg: body, aad: &label.bind(header) };
        let text = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| Error::Broken)?;
        Ok(Zeroizing::new(text))
    }

    /// The secret inside, which is text.
    pub(super) fn open(&self, label: &Label<'_>, envelope: &[u8]) -> Result<SecretString, Error> {
        let bytes = self.open_bytes(label, envelope)?;
        std::str::from_utf8(&bytes).map(SecretString::from).map_err(|_| Error::Broken)
    }

    /// The key inside.
    pub(super) fn unwrap(&self, label: &Label<'_>, envelope: &[u8]) -> Result<Self, Error> {
        Self::of(&self.open_bytes(label, envelope)?).ok_or(Error::Broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use uuid::Uuid;

    struct Fixed(u8);
    impl Dice for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    fn label(tenant: u128, purpose: &str, version: i64) -> Label<'_> {
        Label { tenant: TenantId(Uuid::from_u128(tenant)), purpose, version }
    }

    #[test]
    fn opens_only_where_it_was_sealed() {
        let key = Key::throw(&Fixed(7));
        let sealed = key.seal(&label(1, "a", 1), b"canary", &Fixed(3)).unwrap();
        assert_eq!(key.open(&label(1, "a", 1), &sealed).unwrap().expose_secret(), "canary");
        for other in [label(2, "a", 1), label(1, "b", 1), label(1, "", 1), label(1, "a", 2)] {
            assert!(matches!(key.open(&other, &sealed), Err(Error::Broken)));
        }
    }

    #[test]
    fn refuses_another_key_and_any_changed_or_missing_byte() {
        let key = Key::throw(&Fixed(7));
        let here = label(1, "a", 1);
        let sealed = key.seal(&here, b"canary", &Fixed(3)).unwrap();
        assert!(matches!(Key::throw(&Fixed(8)).open(&here, &sealed), Err(Error::OtherKey)));
        for i in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[i] ^= 1;
            assert!(key.open(&here, &changed).is_err(), "byte {i}");
            assert!(key.open(&here, &sealed[..i]).is_err(), "{i} bytes");
        }
    }
}
