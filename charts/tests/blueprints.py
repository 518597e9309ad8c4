"""What the blueprints of the sign-in must say, so that Authentik applies them, applies them again, and sends people where they belong."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

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


def leaving(helm):
    """platform: signing out of the portal ends Authentik's session and comes back, on every version"""
    entries = source("portal.yaml")
    [portal] = [entry["attrs"] for entry in of(entries, "oauth2provider") if entry["attrs"]["client_id"] == "portal"]
    flow = portal["invalidation_flow"]
    assert flow.name == "KeyOf", "the standard flow of providers ends no session"
    stages = [entry["identifiers"]["stage"].value for entry in sorted(of(entries, "flowstagebinding"), key=lambda one: one["identifiers"]["order"]) if entry["identifiers"]["target"].value == flow.value]
    models = {entry["id"]: entry for entry in entries if "id" in entry}
    assert [models[stage]["model"].rsplit(".", 1)[1] for stage in stages] == ["userlogoutstage", "redirectstage"], stages
    assert models[stages[1]]["attrs"]["target_static"].value[0] == "%s/signed-out"
    version, newer, older = portal["redirect_uris"].value
    assert [one.get("redirect_uri_type") for one in newer] == [None, "logout"] and [one.get("redirect_uri_type") for one in older] == [None]
    assert newer[0]["url"].value[0] == older[0]["url"].value[0] == "%s/sign-in/callback", "an older version would take any other for one of signing in"
    model, (field, pattern) = version.value
    assert (model, field) == ("authentik_admin.versionhistory", "version__regex")
    for told, typed in {"2025.12.4": False, "2026.2.2": False, "2026.5.0": True, "2026.8.1": True, "2026.10.0": True, "2026.12.3": True, "2027.2.0": True, "2031.2.0": True}.items():
        assert bool(re.search(pattern, told)) is typed, told


def lives(helm):
    """platform: a token of the portal lives as long as its session, because the end of a session is told while a token is there"""
    [hours] = re.findall(r"ABSOLUTE: Duration = Duration::from_secs\((\d+) \* 3600\)", (CHARTS.parent / "server/src/web/session.rs").read_text())
    for client in of(source("portal.yaml"), "oauth2provider"):
        attrs = client["attrs"]
        # Nobody asks for refresh tokens, so none can outlive a membership.
        assert attrs["grant_types"] == ["authorization_code"] and not any("offline_access" in str(tag.value) for tag in tags(attrs["property_mappings"]))
        assert attrs["client_id"] != "portal" or attrs["access_token_validity"] == f"hours={hours}", attrs["access_token_validity"]


def told(helm):
    """platform: a changed value changes the files that it is in, and only secrets are left to the worker's environment"""
    before = files(helm)
    left = {tag.value if isinstance(tag.value, str) else tag.value[0] for text in before.values() for tag in tags(read(text)) if tag.name == "Env"}
    assert left == SECRETS, left
    for more, expected in (
        ({"signIn": {"title": 'Acme "& Co": #1'}}, {"brand.yaml"}),
        ({"urls": {"portal": "https://other.example.org"}}, {"portal.yaml"}),
        ({"urls": {"openwebui": "https://other.example.org"}}, {"portal.yaml"}),
        ({"mail": {"host": "mail.example.org", "from": "sign-in@example.org"}}, {"recovery.yaml"}),
    ):
        after = files(helm, more)
        assert {name for name in before if before[name] != after[name]} == expected, f"{more}: {[name for name in before if before[name] != after[name]]}"
        [(key, value)] = [pair for part in more.values() for pair in list(part.items())[:1]]
        [name] = expected
        assert value in re.sub(r"\\u0026", "&", after[name]).replace('\\"', '"'), f"{key} is not in {name}"
        assert read(after[name])["entries"], name
    [brand] = of(read(files(helm, {"signIn": {"title": 'Acme "& Co": #1'}})["brand.yaml"])["entries"], "brands.brand")
    assert brand["attrs"]["branding_title"] == 'Acme "& Co": #1'


def secrets(helm):
    """platform: a changed secret changes a file at the next start, which applies what reads it and gives nothing away"""
    worker = given(helm, "authentik")["worker"]
    [first] = worker["initContainers"]
    assert first["envFrom"] == [{"secretRef": {"name": "authentik"}}] and first["volumeMounts"] == worker["volumeMounts"]
    assert first["volumeMounts"][0]["mountPath"].startswith("/blueprints/") and "emptyDir" in worker["volumes"][0]
    assert first["securityContext"] == worker["containerSecurityContext"]

    def written(**env):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(first["command"], env={"PATH": os.environ["PATH"], "TO": folder, **env}, check=True)
            return Path(folder, "secrets.yaml").read_text()

    given_ones = {name: f"made-for-a-test-{name}" for name in SECRETS | {"AUTHENTIK_SECRET_KEY"}}
    text = written(**given_ones)
    assert text == written(**given_ones) and not [value for value in given_ones.values() if value in text]
    for name in given_ones:
        assert written(**{**given_ones, name: "another"}) != text, name
    assert written(**{name: value for name, value in given_ones.items() if name != "SLIPWAY_TOKEN"}) != text
    applied = {entry["attrs"]["identifiers"]["name"] for entry in read(text)["entries"]}
    readers = {read(body)["metadata"]["name"] for body in files(helm).values() if any(tag.name == "Env" for entry in read(body)["entries"] for tag in tags(entry.get("attrs", {})))}
    assert applied == readers and read(text)["metadata"]["name"] not in readers, applied ^ readers
    other = {"secrets": {"authentik": "other"}, "authentik": {"authentik": {"existingSecret": {"secretName": "other"}}}}
    code, words = helm.run("template", helm.room / "platform", merged(URLS, other), "platform")
    assert code and "authentik.worker.initContainers reads" in words, words


CHECKS = [whole, home, once, leaving, lives, told, secrets]
