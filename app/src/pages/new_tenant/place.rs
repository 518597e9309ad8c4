//! Where the site's people are: its language and its time zone.

use crate::{
    context::{Reads, Visit},
    model::{language::SiteLanguage, tenant::OrderPage},
    parts::field::{Complaint, Field, LINE, Rules},
};
use leptos::prelude::*;

const ZONE: Rules = Rules { required: false, longest: 64, list: Some("zones"), ..LINE };

/// Both fields.
pub(super) fn fields(visit: &Visit, page: &OrderPage) -> AnyView {
    let reads = use_context::<Reads>().map(|reads| reads.0).unwrap_or_default();
    let (language, zone) = chosen(page, &reads);
    let zones = page.time_zones.iter().map(|name| view! { <option value=name.clone()></option> }).collect::<Vec<_>>();
    view! {
        <Language languages=page.languages.clone() chosen=language error=visit.complaint("language") />
        <Field
            id="time_zone" label="Time zone" value=zone rules=ZONE error=visit.complaint("time_zone")
            help="Post dates use it. A name such as Europe/Berlin; leave it empty for the default."
        />
        <datalist id="zones">{zones}</datalist>
    }
    .into_any()
}

/// What stands in the two fields: what was typed or configured, else what the reader's browser asks for. A language that
/// sites cannot have here is no choice: then somebody has to choose.
fn chosen(page: &OrderPage, reads: &str) -> (Option<SiteLanguage>, String) {
    let form = &page.form;
    let said = SiteLanguage::from_key(&form.language);
    let first = said.is_none() && form.time_zone.is_empty();
    let language = said.or_else(|| SiteLanguage::preferred(reads)).unwrap_or_default();
    let zone = if first { language.zone().to_owned() } else { form.time_zone.clone() };
    (page.languages.contains(&language).then_some(language), zone)
}

#[component]
fn Language(languages: Vec<SiteLanguage>, chosen: Option<SiteLanguage>, error: Option<String>) -> impl IntoView {
    let wrong = error.is_some();
    let none = chosen.is_none().then(|| view! { <option value="" selected=true>"Choose a language"</option> });
    let choices = languages.into_iter().map(|language| {
        let on = chosen == Some(language);
        view! { <option value=language.key() lang=language.tag() selected=on>{language.word()}</option> }
    });
    let described = if wrong { "language-error language-help" } else { "language-help" };
    view! {
        <div class="field">
            <label for="language">"Language"</label>
            <select
                class="in" id="language" name="language" required=true aria-describedby=described
                aria-invalid=wrong.then_some("true")
            >
                {none}
                {choices.collect::<Vec<_>>()}
            </select>
            {error.map(|say| view! { <Complaint id="language-error".to_owned() say /> })}
            <small id="language-help">"Visitors and editors see the site in this language. Each person can choose another one in their WordPress profile."</small>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tenant::OrderForm;

    fn page(language: &str, zone: &str, languages: &[SiteLanguage]) -> OrderPage {
        let form = OrderForm { language: language.into(), time_zone: zone.into(), ..OrderForm::default() };
        let (plans, preview, time_zones) = (Vec::new(), Vec::new(), Vec::new());
        OrderPage { form, slug: None, plans, languages: languages.to_vec(), time_zones, preview, refused: None }
    }

    #[test]
    fn what_was_said_goes_before_what_the_browser_asks_for() {
        use SiteLanguage::{De, En, Fr};
        let all = SiteLanguage::ALL;
        let zone = |name: &str| name.to_owned();
        assert_eq!(chosen(&page("", "", &all), "de-AT,de;q=0.9"), (Some(De), zone("Europe/Berlin")));
        assert_eq!(chosen(&page("", "", &all), "pl"), (Some(En), zone("UTC")));
        assert_eq!(chosen(&page("fr", "Europe/Berlin", &all), "de"), (Some(Fr), zone("Europe/Berlin")));
        assert_eq!(chosen(&page("", "Asia/Tokyo", &all), "de"), (Some(De), zone("Asia/Tokyo")));
        assert_eq!(chosen(&page("fr", "", &all), "de"), (Some(Fr), String::new()), "somebody emptied it");
        assert_eq!(
            chosen(&page("de", "Europe/Berlin", &[En]), ""),
            (None, zone("Europe/Berlin")),
            "never English by itself"
        );
    }
}
