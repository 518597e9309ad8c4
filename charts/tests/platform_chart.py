"""The chart of what the portal stands on. The charts of others are stand-ins that show the values they were given."""

import json
import re

import yaml

from rendering import CHARTS, SECRET_NAME, Loader, Tag, find, merged, walk

CHART = CHARTS / "platform"
SOURCE = yaml.safe_load((CHART / "values.yaml").read_text())
URLS = {"urls": {"authentik": "https://sso.example.org", "openwebui": "https://chat.example.org", "portal": "https://portal.example.org"}}
# Of the Secrets that people make; docs/operations/install.md lists the same.
SECRET_KEYS = {"PORTAL_CLIENT_SECRET", "OPENWEBUI_CLIENT_SECRET"}

# Blueprints that Authentik brings along.
THEIRS = {"Default - Authentication flow", "Default - Brand", "Default - Provider authorization flow (implicit consent)", "Default - Provider invalidation flow", "System - OAuth2 Provider - Scopes"}
# authentik-models.json has the fields of the API of 2026.2.2. These are of blueprints alone, or of another version.
ELSEWHERE = {"authentik_rbac.role.permissions", "authentik_core.token.key", "authentik_rbac.initialpermissions.mode", "authentik_providers_oauth2.oauth2provider.grant_types"}


def rendered(helm, more=None):
    chart = helm.room / "platform"
    return helm.objects(chart if chart.exists() else helm.platform(), merged(URLS, more or {}), "platform")


def own(helm, more=None):
    """Our own objects alone."""
    return [one for one in rendered(helm, more) if one["kind"] != "Given"]


def given(helm, name, more=None):
    return find(rendered(helm, more), "Given", name)["values"]


def lint(helm):
    """platform: Helm's own lint"""
    rendered(helm)
    code, text = helm.run("lint", helm.room / "platform", URLS)
    assert code == 0 and "0 chart(s) failed" in text, text


def pinned(helm):
    """platform: the charts of others are pinned to the letter and switched by parts"""
    parts = yaml.safe_load((CHART / "Chart.yaml").read_text())["dependencies"]
    assert [part["name"] for part in parts] == ["authentik", "open-webui", "traefik"]
    for part in parts:
        assert re.fullmatch(r"\d+\.\d+\.\d+", part["version"]) and part["repository"].startswith("https://"), part
        assert part["condition"].startswith("parts.") and part["condition"][6:] in SOURCE["parts"], part


def parts(helm):
    """platform: what is switched off leaves nothing behind"""
    kinds = lambda more: sorted(f"{one['kind']} {one['metadata']['name']}" for one in rendered(helm, {"parts": more}))
    every = kinds({})
    assert every == ["ConfigMap authentik-blueprints", "ConfigMap authentik-settings", "ConfigMap openwebui-settings", "Given authentik", "Given open-webui", "Given traefik", "Ingress authentik-server", "Ingress open-webui"], every
    assert kinds({"authentik": False, "traefik": False}) == ["ConfigMap openwebui-settings", "Given open-webui", "Ingress open-webui"]
    assert kinds({"openwebui": False, "authentik": False}) == ["Given traefik"]


def authentik(helm):
    """platform: Authentik reads a Secret and our settings, and brings neither database nor Redis nor rights"""
    values = given(helm, "authentik")
    assert values["authentik"]["existingSecret"]["secretName"] == SOURCE["secrets"]["authentik"]
    assert values["postgresql"]["enabled"] is False and values["serviceAccount"]["create"] is False and "redis" not in str(values).lower()
    assert values["global"]["envFrom"] == [{"configMapRef": {"name": "authentik-settings"}}] and values["blueprints"]["configMaps"] == ["authentik-blueprints"]
    for part in ("server", "worker"):
        assert values[part]["containerSecurityContext"] == {"runAsNonRoot": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"}}
        assert values[part]["automountServiceAccountToken"] is False and values[part]["resources"]["limits"]["memory"]
    settings = find(own(helm), "ConfigMap", "authentik-settings")["data"]
    assert settings["AUTHENTIK_ERROR_REPORTING__ENABLED"] == "false"


def openwebui(helm):
    """platform: OpenWebUI is new enough, alone, signed in by Authentik and tells the gateway who speaks"""
    values = given(helm, "open-webui")
    assert [values[part]["enabled"] for part in ("ollama", "pipelines", "tika", "terminals")] == [False] * 4 and values["websocket"]["redis"]["enabled"] is False
    assert tuple(int(part) for part in values["image"]["tag"].split(".")) >= (0, 12, 1)
    assert values["persistence"]["enabled"] is True and values["openaiApiKey"] == "" and values["openaiBaseApiUrl"] == ""
    assert values["extraEnvFrom"] == [{"configMapRef": {"name": "openwebui-settings"}}, {"secretRef": {"name": SOURCE["secrets"]["openwebui"]}}]
    env = find(own(helm), "ConfigMap", "openwebui-settings")["data"]
    assert env["OPENID_PROVIDER_URL"] == "https://sso.example.org/application/o/openwebui/.well-known/openid-configuration"
    assert env["OPENID_REDIRECT_URI"] == "https://chat.example.org/oauth/oidc/callback"
    for name, value in {"ENABLE_FORWARD_USER_INFO_HEADERS": "true", "ENABLE_API_KEYS": "true", "ENABLE_OAUTH_SIGNUP": "true", "OAUTH_MERGE_ACCOUNTS_BY_EMAIL": "false", "DEFAULT_USER_ROLE": "pending", "WEBUI_ADMIN_EMAIL": "chat-admin@slipway.invalid", "ENABLE_OAUTH_GROUP_MANAGEMENT": "false", "BYPASS_ADMIN_ACCESS_CONTROL": "false"}.items():
        assert env[name] == value, name
    assert not [name for name in env if re.search(r"(PASSWORD|SECRET|TOKEN|_KEY)$", name)], "a secret among the settings"


def traefik(helm):
    """platform: Traefik serves ingresses only, tells sites the visitor's address and reports to nobody"""
    values = given(helm, "traefik")
    assert values["providers"]["kubernetesCRD"]["enabled"] is False and values["providers"]["kubernetesIngress"]["enabled"] is True
    assert values["ingressClass"]["name"] == SOURCE["ingress"]["className"] and values["service"]["spec"]["externalTrafficPolicy"] == "Local"
    assert values["global"] == {**values["global"], "checkNewVersion": False, "sendAnonymousUsage": False}


def blueprints(helm):
    """platform: the blueprints can be read, ask only for what is there, and register the portal's own addresses"""
    one = own(helm)
    files = find(one, "ConfigMap", "authentik-blueprints")["data"]
    assert list(files) == ["account.yaml", "brand.yaml", "enrolment.yaml", "permissions.yaml", "portal.yaml", "recovery.yaml"]
    # The portal's account is made where its token is given, and may do what the documentation says, and invite.
    account = yaml.load(files["account.yaml"], Loader)["entries"]
    assert all(entry["conditions"][0].value == ["SLIPWAY_TOKEN", ""] for entry in account)
    [role] = [entry["attrs"]["permissions"] for entry in account if entry["model"] == "authentik_rbac.role"]
    told = set(re.findall(r"- (authentik_\w+\.\w+)", (CHARTS.parent / "docs/operations/authentik.md").read_text()))
    assert set(role) == told | {"authentik_stages_invitation.add_invitation"}, set(role) ^ told
    # What it makes it may see, change and remove, and nothing else.
    objects = yaml.load(files["permissions.yaml"], Loader)["entries"][-1]
    assert objects["conditions"][0].value == ["SLIPWAY_TOKEN", ""]
    allowed = {f"{one.value[2][1]}.{one.value[1][1]}" for one in objects["attrs"]["permissions"]}
    made = {name.replace(".add_", ".{}_") for name in role if ".add_" in name}
    assert allowed == {name.format(act) for name in made for act in ("view", "change", "delete")} - {"authentik_stages_invitation.change_invitation"} | {"authentik_core.add_user_to_group", "authentik_core.remove_user_from_group"}, allowed
    # An address is called verified, so nobody may choose one: the flow asks for a name and a password, and stands behind an invitation.
    entries = yaml.load(files["enrolment.yaml"], Loader)["entries"]
    asked = {entry["attrs"]["field_key"] for entry in entries if entry["model"] == "authentik_stages_prompt.prompt"}
    assert asked == {"known", "name", "password", "password_repeat"}, asked
    stages = [entry["identifiers"]["stage"].value for entry in sorted((e for e in entries if e["model"].endswith("flowstagebinding")), key=lambda e: e["identifiers"]["order"])]
    assert stages == ["invited", "known", "asked", "written", "login"], stages
    [gate] = [entry for entry in entries if entry["model"].endswith("invitationstage")]
    assert gate["attrs"] == {"continue_flow_without_invitation": False}
    blueprint = yaml.load(files["portal.yaml"], Loader)
    asked = {value.value if isinstance(value.value, str) else value.value[0] for _, value in walk(blueprint) if isinstance(value, Tag) and value.name == "Env"}
    assert asked == SECRET_KEYS, asked
    clients = {entry["attrs"]["client_id"]: entry["attrs"] for entry in blueprint["entries"] if entry["model"].endswith("oauth2provider")}
    addresses = lambda client: clients[client]["redirect_uris"].value[1] if client == "portal" else clients[client]["redirect_uris"]
    paths = lambda client: sorted(one["url"].value[0].replace("%s", "") for one in addresses(client))
    openid = (CHARTS.parent / "docs/outside/openid.md").read_text()
    assert paths("portal") == sorted(re.findall(r"\| (?:Redirect address|Address after sign-out) \| `<public_url>(.*?)`", openid))
    assert clients["portal"]["logout_uri"].value[0] == "%s" + re.search(r"Back-channel logout address \| `<public_url>(.*?)`", openid)[1]
    assert paths("openwebui") == ["/oauth/oidc/callback"]
    for name, client in clients.items():
        assert client["sub_mode"] == "user_uuid" and client["grant_types"] and client["signing_key"].name == "Find"
        assert all(one["matching_mode"] == "strict" for one in addresses(name))
    ids = {entry["id"] for entry in blueprint["entries"] if "id" in entry}
    assert {value.value for _, value in walk(blueprint) if isinstance(value, Tag) and value.name == "KeyOf"} <= ids
    groups = {entry["identifiers"]["name"] for entry in blueprint["entries"] if entry["model"] == "authentik_core.group"}
    assert groups == set(re.findall(r'_group` \| `"(.*?)"`', (CHARTS.parent / "docs/configuration.md").read_text()))


def models(helm):
    """platform: each entry of a blueprint has fields that its model has, and names blueprints that there are"""
    known = json.loads((CHARTS / "tests/authentik-models.json").read_text())
    read = {path.name: yaml.load(path.read_text(), Loader) for path in sorted((CHART / "blueprints").iterdir())}
    names = {one["metadata"]["name"] for one in read.values()} | THEIRS
    for name, blueprint in read.items():
        ids = set()
        for entry in blueprint["entries"]:
            used = {value.value for _, value in walk(entry) if isinstance(value, Tag) and value.name == "KeyOf"}
            assert used <= ids, f"{name}: {used - ids} is not above {entry}"
            ids |= {entry["id"]} if "id" in entry else set()
            if entry["model"] == "authentik_blueprints.metaapplyblueprint":
                assert entry["attrs"]["identifiers"]["name"] in names, f"{name}: {entry}"
                continue
            fields = set(entry["identifiers"]) | set(entry.get("attrs", {}))
            unknown = {f"{entry['model']}.{field}" for field in fields - set(known[entry["model"]])}
            assert unknown <= ELSEWHERE, f"{name}: {unknown}"


def recovery(helm):
    """platform: whoever forgot the password gets a letter where there is a mail server, and is offered nothing where there is none"""
    entries = yaml.load((CHART / "blueprints/recovery.yaml").read_text(), Loader)["entries"]
    assert all(entry["conditions"][0].value == ["AUTHENTIK_EMAIL__HOST", ""] for entry in entries)
    [letter] = [entry["attrs"] for entry in entries if entry["model"].endswith("emailstage")]
    assert letter["activate_user_on_success"] is False and letter["use_global_settings"] is True
    [written] = [entry["attrs"] for entry in entries if entry["model"].endswith("userwritestage")]
    assert written == {"user_creation_mode": "never_create"}
    settings = lambda more: find([one for one in rendered(helm, more) if one["kind"] != "Given"], "ConfigMap", "authentik-settings")["data"]
    assert not [name for name in settings({}) if "EMAIL" in name]
    for tls, expected in (("starttls", ("true", "false")), ("tls", ("false", "true")), ("none", ("false", "false"))):
        env = settings({"mail": {"host": "mail.example.org", "from": "sign-in@example.org", "tls": tls}})
        assert (env["AUTHENTIK_EMAIL__USE_TLS"], env["AUTHENTIK_EMAIL__USE_SSL"]) == expected, env
        assert (env["AUTHENTIK_EMAIL__HOST"], env["AUTHENTIK_EMAIL__PORT"], env["AUTHENTIK_EMAIL__FROM"]) == ("mail.example.org", "587", "sign-in@example.org")


def nothing_secret(helm):
    """both: no value of either chart is a secret"""
    for chart in ("slipway", "platform"):
        for path, value in walk(yaml.safe_load((CHARTS / chart / "values.yaml").read_text())):
            secret = SECRET_NAME.search(path[-1]) and path[-1] != "automountServiceAccountToken"
            names_one = path[:2] == ("secrets", "keys") or path[-1].endswith(("secretName", "tlsSecret"))
            assert not secret or names_one or value == "", f"{chart}: {'.'.join(path)} = {value!r}"


def refusals(helm):
    """platform: bad values are refused in words that name them"""
    rendered(helm)
    for more, words in (
        ({"urls": {"portal": "portal.local"}}, "/urls/portal"),
        ({"chat": {"adminEmail": "nobody"}}, "/chat/adminEmail"),
        ({"chat": {"adminEmail": "somebody@example.org"}}, "/chat/adminEmail"),
        ({"open-webui": {"image": {"tag": "0.12.0"}}}, "/open-webui/image/tag"),
        ({"open-webui": {"image": {"tag": "main"}}}, "/open-webui/image/tag"),
        ({"open-webui": {"replicaCount": 2}}, "/open-webui/replicaCount"),
        ({"open-webui": {"openaiApiKey": "sk-1"}}, "/open-webui/openaiApiKey"),
        ({"authentik": {"postgresql": {"enabled": True}}}, "/authentik/postgresql/enabled"),
        ({"authentik": {"authentik": {"secret_key": "x"}}}, "/authentik/authentik/secret_key"),
        ({"secrets": {"authentik": "other"}}, "they must be the same"),
        ({"secrets": {"openwebui": "other"}}, "it must be among them"),
        ({"chatSettings": {"RAG_OPENAI_API_KEY": "sk-1"}}, "chatSettings.RAG_OPENAI_API_KEY is a secret"),
        ({"mail": {"host": "mail.example.org"}}, "/mail/from"),
        ({"mail": {"tls": "maybe"}}, "/mail/tls"),
        ({"part": {}}, "part"),
    ):
        code, text = helm.run("template", helm.room / "platform", merged(URLS, more), "platform")
        assert code and words in text, f"{more}: {text}"


CHECKS = [lint, pinned, parts, authentik, openwebui, traefik, blueprints, models, recovery, refusals, nothing_secret]
