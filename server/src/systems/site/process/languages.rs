//! WordPress's language packs in the folder that sites are linked from.

use super::Config;
use crate::domain::{Health, SiteLanguage};
use std::path::Path;

/// Is there a pack? WordPress takes a language for installed by either of these files (`get_available_languages`; the second
/// one since 6.5). English needs none.
pub(super) fn there(core: &Path, language: SiteLanguage) -> bool {
    let pack = |kind| core.join(format!("wp-content/languages/{}.{kind}", language.locale())).exists();
    language == SiteLanguage::En || pack("mo") || pack("l10n.php")
}

/// What is wrong when the language that new sites begin with is not there.
pub(super) fn trouble(config: &Config) -> Option<Health> {
    let language = config.language.filter(|language| !there(&config.core, *language))?;
    let (word, locale) = (language.word(), language.locale());
    let folder = config.core.join("wp-content/languages");
    Some(Health::bad(
        format!("New sites begin in {word}, and WordPress's language pack {locale} is not in {}.", folder.display()),
        "Unpack https://downloads.wordpress.org/translation/core/VERSION/LOCALE.zip there, or change language in the \
         section [site.defaults].",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_is_there_in_either_form() {
        let core = tempfile::tempdir().expect("a folder");
        let packs = core.path().join("wp-content/languages");
        std::fs::create_dir_all(&packs).expect("there is room");
        let found = || SiteLanguage::ALL.map(|language| there(core.path(), language));
        assert_eq!(found(), [false, false, true, false, false, false]);
        // That of the pages for editors alone is no language.
        for file in ["de_DE.mo", "admin-it_IT.mo", "fr_FR.l10n.php"] {
            std::fs::write(packs.join(file), "").expect("there is room");
        }
        assert_eq!(found(), [true, false, true, true, false, false]);
    }
}
