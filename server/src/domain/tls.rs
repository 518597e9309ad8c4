//! Why a server's certificate or its TLS is not taken, told apart: each has another cure. Clients wrap the reason several
//! times; it is found by its type in the chain of causes, never by words.

use rustls::{AlertDescription, CertificateError, Error as Tls};
use std::error::Error;

/// What is wrong between two ends of a TLS connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsTrouble {
    /// No authority that is known signed the certificate.
    UnknownAuthority,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYet,
    /// It is for another name.
    OtherName,
    /// It was taken back.
    Revoked,
    /// It is broken, or an authority's own in place of a server's.
    Unfit,
    /// There is no TLS there.
    NoTls,
    /// No version or cipher suits both.
    Version,
    /// It wants a certificate of the caller.
    WantsOurs,
    /// Anything else of TLS.
    Other,
}

impl TlsTrouble {
    /// The reason among the causes of an error; `None` when TLS is not to blame.
    pub fn among(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(tls) = error.downcast_ref::<Tls>() {
                return Some(Self::of(tls));
            }
            // The source of an I/O error is its content's source: the content itself has to be asked for.
            let inside = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
            next = inside.map(|inside| inside as &(dyn Error + 'static)).or_else(|| error.source());
        }
        None
    }

    fn of(error: &Tls) -> Self {
        match error {
            Tls::InvalidCertificate(why) => match why {
                // An authority of the same name with another key signs what does not fit.
                CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::UnknownAuthority,
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYet,
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Self::OtherName,
                CertificateError::Revoked => Self::Revoked,
                _ => Self::Unfit,
            },
            Tls::InvalidMessage(_) => Self::NoTls,
            Tls::PeerIncompatible(_) => Self::Version,
            Tls::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure) => Self::Version,
            Tls::AlertReceived(AlertDescription::CertificateRequired) => Self::WantsOurs,
            Tls::AlertReceived(AlertDescription::UnrecognisedName) => Self::OtherName,
            _ => Self::Other,
        }
    }

    /// The reason and what to do, two sentences; `what` names the other side ("OpenWebUI").
    pub fn tell(self, what: &str) -> String {
        match self {
            Self::UnknownAuthority => format!(
                "The certificate of {what} comes from an authority that the portal does not know. Name that authority's certificate in network.ca_file."
            ),
            Self::Expired => format!(
                "The certificate of {what} has expired. Renew it there; if it is new, check the portal's clock."
            ),
            Self::NotYet => {
                format!("The certificate of {what} is not valid yet. Check the portal's clock, then that certificate.")
            }
            Self::OtherName => format!(
                "The certificate of {what} is for another name than the one it is called by. Use a name that stands in it, or have this one put in."
            ),
            Self::Revoked => format!("The certificate of {what} was revoked. Replace it there."),
            Self::Unfit => format!(
                "The certificate of {what} cannot be used. Look at it there: a server needs one of its own that an authority signed, not the authority's."
            ),
            Self::NoTls => format!("The port of {what} answers without TLS. Check port and scheme of its address."),
            Self::Version => {
                format!("TLS with {what} fails: no version or cipher suits both. Offer TLS 1.2 or 1.3 there.")
            }
            Self::WantsOurs => {
                format!("{what} wants a certificate of the portal, and the portal has none. Let it in without.")
            }
            Self::Other => format!("TLS with {what} fails. Look at its log."),
        }
    }
}
