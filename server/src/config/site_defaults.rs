//! What new sites begin with.

use super::section::{Setting, section};
use crate::domain::{SiteLanguage, TimeZone};

section! {
    /// What an order gets that says nothing of it; the order form begins with the same. People change both for their site in WordPress, under Settings, General.
    SiteDefaults at "site.defaults";
    /// Language: `de` (German), `de-formal` (German with "Sie"), `en`, `fr`, `it` or `es`. WordPress's language pack must be among the sites' files. Without it the form begins with the language of the reader's browser, and other orders get `en`.
    language: Option<SiteLanguage>;
    /// Time zone, such as `Europe/Berlin`; without it that of the language: `Europe/Berlin` for German, `UTC` for English.
    time_zone: Option<TimeZone>;
}

impl Setting for SiteLanguage {}
impl Setting for TimeZone {}
