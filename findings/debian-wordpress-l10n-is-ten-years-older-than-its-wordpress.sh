#!/usr/bin/env bash
# Debian's wordpress-l10n 6.1.9+dfsg1-0+deb12u1 (Debian 12; the German pack in 6.8 of Debian 13 and in 7.1.4 of sid is the same).
#
# Expected: the package has the version of the WordPress it belongs to, and its description says "WordPress language files": as the packs
# of translate.wordpress.org for 6.1 do, it translates what WordPress 6.1 says.
# Seen: the newest German pack is of October 2013, the Dutch and the Polish ones are of July 2011. What came into WordPress since then
# (Site Health of 5.2, application passwords of 5.6) is in none of them, and there is no formal German (de_DE_formal, since 4.3).
# So a site "in German" is half in English, without a word from WordPress or from apt.
#
# Needs a Debian with its archive, python3 and dpkg-deb. Exit: 0 as described, 1 it changed, 2 the package could not be had.
set -euo pipefail
package=wordpress-l10n version=6.1.9+dfsg1-0+deb12u1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir root
{ apt-get -qq -o APT::Sandbox::User= download "$package=$version" && dpkg-deb -x ./*.deb root; } >log 2>&1 ||
  { echo "$package $version could not be had:" && tail -n 3 log && exit 2; } >&2
echo "$package $version"
python3 - root/usr/share/wordpress/wp-content/languages <<'PY'
import gettext, pathlib, sys

folder = pathlib.Path(sys.argv[1])
packs = {}
for name in ("de_DE", "admin-de_DE", "fr_FR", "es_ES", "nl_NL", "pl_PL"):
    with open(folder / f"{name}.mo", "rb") as file:
        packs[name] = gettext.GNUTranslations(file)
    print(f"  {name:12} revised {packs[name].info()['po-revision-date'][:10]}")
newest = max(pack.info()["po-revision-date"][:4] for pack in packs.values())
german = [packs["de_DE"], packs["admin-de_DE"]]
said = lambda text: any(pack.gettext(text) != text for pack in german)
old, new = ("Categories", "Comments"), ("Site Health", "Application Passwords", "Site Health Status")
print(f"  in German: {[text for text in (*old, *new) if said(text)]}; in English on a German site: {[text for text in (*old, *new) if not said(text)]}")
print(f"  formal German: {'there' if list(folder.glob('*de_DE_formal*')) else 'not there'}")
as_described = newest <= "2014" and not any(said(text) for text in new) and said("Categories") and not list(folder.glob("*de_DE_formal*"))
print("as described" if as_described else "CHANGED")
sys.exit(0 if as_described else 1)
PY
