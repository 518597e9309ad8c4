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


def once(helm):
    """platform: an invitation that is opened again when the account is there makes no second one"""
    entries = source("enrolment.yaml")
    [policy] = [entry for entry in of(entries, "expressionpolicy")]
    assert policy["attrs"]["expression"].count("__iexact=address") == 2, "the address counts in every case, also as a name"
    at = {entry["identifiers"]["stage"].value: entry for entry in of(entries, "flowstagebinding")}
    negate = {entry["identifiers"]["target"].value: entry.get("attrs", {}).get("negate", False) for entry in of(entries, "policies.policybinding")}
    assert negate == {"known-at": False, "asked-at": True, "written-at": True, "login-at": True}, negate
    for stage in ("known", "asked", "written", "login"):
        # The invitation says the address, so the question is asked at each stage and not before the first.
        assert at[stage]["attrs"] == {"evaluate_on_plan": False, "re_evaluate_policies": True}, stage
    assert at["invited"]["identifiers"]["order"] < at["known"]["identifiers"]["order"] < at["asked"]["identifiers"]["order"]


CHECKS = [whole, home, once]
