"""What the blueprints of the sign-in must say, so that Authentik applies them, applies them again, and sends people where they belong."""

import yaml

from platform_chart import CHART, URLS, given, own
from rendering import CHARTS, Loader, Tag, find, merged

# What a blueprint may ask its worker's environment for; everything else stands in the file, so that a change changes the file.
SECRETS = {"PORTAL_CLIENT_SECRET", "OPENWEBUI_CLIENT_SECRET", "SLIPWAY_TOKEN"}


def read(text):
    return yaml.load(text, Loader)


def source(name):
    return read((CHART / "blueprints" / name).read_text())["entries"]


def files(helm, more=None):
    return find([one for one in own(helm, more) if one["kind"] != "Given"], "ConfigMap", "authentik-blueprints")["data"]


def of(entries, model):
    return [entry for entry in entries if entry["model"].endswith(model)]


def tags(value):
    """All tags in it, also those inside others."""
    if isinstance(value, Tag):
        yield value
        value = value.value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from tags(inner)


def whole(helm):
    """platform: an entry on an identification stage sends what people may type, because Authentik judges what is sent alone"""
    seen = 0
    for path in sorted((CHART / "blueprints").iterdir()):
        for entry in of(source(path.name), "identificationstage"):
            assert entry["attrs"].get("user_fields"), f"{path.name}: {entry['identifiers']} has no user_fields"
            seen += 1
    assert seen == 2, seen


def home(helm):
    """platform: whoever has nothing to do at the sign-in's own pages is sent to the portal"""
    [brand] = of(source("brand.yaml"), "brands.brand")
    assert brand["attrs"]["default_application"].value == ["authentik_core.application", ["slug", "portal"]]
    assert "slipway-portal-and-chat" in [entry["attrs"]["identifiers"]["name"] for entry in of(source("brand.yaml"), "metaapplyblueprint")]


CHECKS = [whole, home]
