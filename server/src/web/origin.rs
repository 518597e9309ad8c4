//! The address browsers use. It is configured, never read from a `Host` header: behind a proxy the header is anybody's
//! word.

use url::Url;

/// Scheme, host and port of the portal as browsers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicOrigin {
    origin: String,
    secure: bool,
}

impl PublicOrigin {
    /// Takes `https://portal.example.org`, with or without a slash at the end.
    ///
    /// # Errors
    /// It is no such address, or it has a path, a query, a fragment or a user.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let url = Url::parse(text)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        anyhow::ensure!(
            matches!(url.scheme(), "http" | "https") && url.has_host() && bare && url.username().is_empty(),
            "The public address must look like https://portal.example.org: no path, query or user."
        );
        Ok(Self { origin: url.origin().ascii_serialization(), secure: url.scheme() == "https" })
    }

    /// `https://portal.example.org`, as in the header `Origin`.
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// The address of one of our paths; `path` begins with a slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Browsers reach us over TLS.
    pub fn secure(&self) -> bool {
        self.secure
    }
}
