//! The parts pages are made of: small, accessible, without state. Each is one entry of the stylesheet's table of parts.

#![expect(unreachable_pub, reason = "the component macro makes its own items `pub`, whatever the component is")]

pub(crate) mod field;
pub(crate) mod frame;
pub(crate) mod icon;
pub(crate) mod id;
pub(crate) mod live;
pub(crate) mod note;
pub(crate) mod pager;
pub(crate) mod sheet;
pub(crate) mod state;
pub(crate) mod time;
pub(crate) mod timeline;
