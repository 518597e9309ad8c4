//! How a section is declared: once, with the words that people read about it.

use secrecy::SecretString;
use serde::{Deserialize, de::DeserializeOwned};
use std::{net::SocketAddr, path::PathBuf};

/// A section as the reader and the reference see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section {
    /// "database.server"
    pub(super) path: &'static str,
    pub(super) about: &'static str,
    pub(super) keys: &'static [Key],
}

/// A key of a section.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) kind: Kind,
    pub(super) optional: bool,
    /// As a TOML value.
    pub(super) default: Option<&'static str>,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    /// Text that must not be shown; `<name>_file` may name a file that holds it.
    Secret,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Secret => "secret",
        }
    }
}

/// A type that a key can have.
pub(super) trait Setting: DeserializeOwned {
    const KIND: Kind = Kind::Text;
    const OPTIONAL: bool = false;
    /// The value when there is none.
    fn absent() -> Option<Self> {
        None
    }
}

impl Setting for String {}
impl Setting for PathBuf {}
impl Setting for SocketAddr {}
impl Setting for WebAddress {}
impl Setting for u16 {
    const KIND: Kind = Kind::Number;
}
impl Setting for SecretString {
    const KIND: Kind = Kind::Secret;
}
impl<T: Setting> Setting for Option<T> {
    const KIND: Kind = T::KIND;
    const OPTIONAL: bool = true;
    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// An `http` or `https` address without credentials, query or fragment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct WebAddress(String);

impl WebAddress {
    /// Exactly as it was written: an issuer is compared by the letter, its last slash included.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without slashes at the end, to put a path behind it.
    pub fn base(&self) -> &str {
        self.0.trim_end_matches('/')
    }
}

impl TryFrom<String> for WebAddress {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let say = "write an address such as https://portal.example.org";
        let url = url::Url::parse(&text).map_err(|_| say)?;
        let plain = url.username().is_empty() && url.password().is_none();
        let whole = plain && url.query().is_none() && url.fragment().is_none() && url.host().is_some();
        if whole && matches!(url.scheme(), "http" | "https") { Ok(Self(text)) } else { Err(say) }
    }
}

/// Declares a section: the struct, how to read it, and what the reference says about it.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $name:ident at $path:literal;
        $( $(#[doc = $doc:literal])+ $key:ident: $type:ty $(= $default:literal)?; )+
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone)]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $key: $type, )+
        }

        impl $name {
            pub(super) const SECTION: crate::config::section::Section = crate::config::section::Section {
                path: $path,
                about: concat!($($about),+),
                keys: &[$(crate::config::section::Key {
                    name: stringify!($key),
                    about: concat!($($doc),+),
                    kind: <$type as crate::config::section::Setting>::KIND,
                    optional: <$type as crate::config::section::Setting>::OPTIONAL,
                    default: crate::config::section::default!($($default)?),
                }),+],
            };

            /// `None` when a problem was noted.
            pub(super) fn read(tables: &mut crate::config::table::Tables) -> Option<Self> {
                $(let $key: Option<$type> = tables.take(&Self::SECTION, stringify!($key));)+
                Some(Self { $($key: $key?),+ })
            }
        }
    };
}

macro_rules! default {
    () => {
        None
    };
    ($value:literal) => {
        Some(stringify!($value))
    };
}

/// Declares a section that chooses a driver: an enum with one variant a driver, each with its own section.
macro_rules! choice {
    (
        $(#[doc = $about:literal])+
        $name:ident at $path:literal, default $default:literal;
        $( $(#[doc = $doc:literal])+ $variant:ident($type:ty) = $driver:literal; )+
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone)]
        pub enum $name {
            $( $(#[doc = $doc])+ $variant(Box<$type>), )+
        }

        impl $name {
            pub(super) const SECTION: crate::config::section::Section = crate::config::section::Section {
                path: $path,
                about: concat!($($about),+),
                keys: &[crate::config::section::Key {
                    name: "driver",
                    about: concat!(" One of", $(" `", $driver, "`:", $($doc,)+)+),
                    kind: crate::config::section::Kind::Text,
                    optional: false,
                    default: crate::config::section::default!($default),
                }],
            };

            /// Reads the section of the chosen driver; `None` when a problem was noted.
            pub(super) fn choose(tables: &mut crate::config::table::Tables) -> Option<Self> {
                let driver: String = tables.take(&Self::SECTION, "driver")?;
                match driver.as_str() {
                    $($driver => <$type>::read(tables).map(|read| Self::$variant(Box::new(read))),)+
                    _ => {
                        tables.problems.push(format!("{}.driver: use one of {}.", $path, [$($driver),+].join(", ")));
                        None
                    }
                }
            }
        }
    };
}

pub(super) use {choice, default, section};
