//! Language and time zone of an order.

use super::complaint;
use crate::{
    domain::{SiteLanguage, TimeZone},
    steps::Systems,
};
use app::model::{oops::FieldError, tenant::OrderForm};

/// Fills in what the configuration says, in a form that says nothing yet.
pub(super) fn suggest(systems: &Systems, form: &mut OrderForm) {
    if !form.language.is_empty() {
        return;
    }
    let language = systems.site_language;
    if form.time_zone.is_empty() {
        let zone = systems.site_time_zone.as_ref().map(TimeZone::as_str).or(language.map(SiteLanguage::zone));
        form.time_zone = zone.unwrap_or_default().to_owned();
    }
    form.language = language.map(SiteLanguage::key).unwrap_or_default().to_owned();
}

/// What the form says; what it leaves out is as the configuration says, and a language brings a time zone along.
pub(super) async fn judge(
    systems: &Systems,
    form: &OrderForm,
    complaints: &mut Vec<FieldError>,
) -> Option<(SiteLanguage, TimeZone)> {
    let typed = form.language.trim();
    let chosen = match typed {
        "" => Some(systems.site_language.unwrap_or_default()),
        key => SiteLanguage::from_key(key),
    };
    let offered = systems.sites.languages().await;
    let language = match chosen {
        Some(language) if offered.contains(&language) => Some(language),
        Some(language) => {
            complaints.push(complaint("language", missing(language, &offered)));
            None
        }
        None => {
            complaints.push(complaint("language", format!("Choose one of {}.", keys(&offered))));
            None
        }
    };
    let zone = match (form.time_zone.trim(), &systems.site_time_zone) {
        ("", Some(zone)) => Ok(zone.clone()),
        ("", None) => TimeZone::parse(chosen.unwrap_or_default().zone()),
        (name, _) => TimeZone::parse(name),
    };
    match zone {
        Ok(zone) => language.map(|language| (language, zone)),
        Err(why) => {
            complaints.push(complaint("time_zone", why.to_string()));
            None
        }
    }
}

fn missing(language: SiteLanguage, offered: &[SiteLanguage]) -> String {
    format!(
        "The sites' WordPress has no language pack {}. Choose one of {}, or have the pack added.",
        language.locale(),
        keys(offered)
    )
}

fn keys(languages: &[SiteLanguage]) -> String {
    languages.iter().map(|language| language.key()).collect::<Vec<_>>().join(", ")
}
