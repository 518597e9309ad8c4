"""The chart of the portal."""

import re
import tomllib

import yaml

from rendering import CHARTS, find, merged, pods, walk

CHART = CHARTS / "slipway"
INSTALL = CHARTS.parent / "docs/operations/install.md"
REFERENCE = CHARTS.parent / "docs/configuration.md"
RIGHTS = CHARTS.parent / "server/src/systems/site/kubernetes/rights.rs"
DATABASE_RIGHTS = CHARTS.parent / "server/src/systems/database/rights.rs"

GOOD = {
    "url": "https://portal.example.org",
    "config": {
        "portal": {"support": "platform@example.org"},
        "sign_in": {"issuer": "https://sso.example.org/application/o/portal/", "client_id": "portal"},
        "database": {"driver": "server", "server": {"host": "mariadb.example.org", "port": 3306, "user": "slipway"}},
        "identity": {"driver": "authentik", "authentik": {"url": "https://sso.example.org"}},
        "site": {"driver": "kubernetes", "kubernetes": {"image": "slipway-wordpress:0.1.0"}},
        "chat": {"driver": "openwebui", "openwebui": {"url": "http://open-webui.admin-apps", "base_model": "small"}},
    },
    "plans": [{"key": "small", "label": "Small", "php_workers": 4, "upload_mb": 16}],
}


def full(helm):
    """With everything switched on."""
    return helm.objects(CHART, merged(GOOD, {"replicas": 3, "serviceMonitor": {"enabled": True}}))


def toml(helm, more=None):
    return tomllib.loads(find(helm.objects(CHART, merged(GOOD, more or {})), "ConfigMap")["data"]["slipway.toml"])


def refusal(helm, more, base=GOOD):
    code, text = helm.run("template", CHART, merged(base, more))
    assert code, f"taken: {more}"
    return text


def lint(helm):
    """slipway: Helm's own lint"""
    code, text = helm.run("lint", CHART, GOOD)
    assert code == 0 and "0 chart(s) failed" in text, text


def objects(helm):
    """slipway: exactly the objects that belong to a portal"""
    kinds = lambda more: sorted(one["kind"] for one in helm.objects(CHART, merged(GOOD, more)))
    least = ["ClusterRole", "ClusterRoleBinding", "ConfigMap", "Deployment", "Ingress", "NetworkPolicy", "Pod", "PodDisruptionBudget", "Service", "ServiceAccount",
             "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]
    assert kinds({}) == least, kinds({})
    assert kinds({"replicas": 1}) == [kind for kind in least if kind != "PodDisruptionBudget"]
    assert kinds({"serviceMonitor": {"enabled": True}}) == sorted([*least, "ServiceMonitor"])
    off = {"ingress": {"enabled": False}, "rbac": {"create": False}, "policy": {"create": False}, "networkPolicy": {"enabled": False}, "replicas": 1}
    assert kinds(off) == ["ConfigMap", "Deployment", "Pod", "Service", "ServiceAccount"]


def locked(helm):
    """slipway: each container is nobody special, on a read-only root, without a capability"""
    seen = 0
    for name, pod in pods(full(helm)):
        security = pod["securityContext"]
        assert security["runAsNonRoot"] and security["runAsUser"] > 0 and security["seccompProfile"]["type"] == "RuntimeDefault", name
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            seen += 1
            mine = container["securityContext"]
            assert mine == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}, name
            assert container["workingDir"] in {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}, name
            assert {"memory", "ephemeral-storage"} <= set(container["resources"]["limits"]) and "env" not in container and "envFrom" not in container, name
    assert seen == 3


def probes(helm):
    """slipway: the probes ask the portal's own pages, and the Service leads to named ports"""
    one = full(helm)
    container = find(one, "Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert container["livenessProbe"]["httpGet"] == {"path": "/health/live", "port": "http"}
    assert container["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": "http"}
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    config = tomllib.loads(find(one, "ConfigMap")["data"]["slipway.toml"])["portal"]
    assert config["listen"] == f"0.0.0.0:{ports['http']}" and config["metrics_listen"] == f"0.0.0.0:{ports['metrics']}"
    service = find(one, "Service")
    assert {port["targetPort"] for port in service["spec"]["ports"]} == set(ports)
    labels = find(one, "Deployment")["spec"]["template"]["metadata"]["labels"]
    test = find(one, "Pod")["metadata"]["labels"]
    matches = lambda labels: all(labels.get(key) == value for key, value in service["spec"]["selector"].items())
    assert matches(labels) and not matches(test), "the test's pod would get visitors"


def configuration(helm):
    """slipway: slipway.toml has what was given, what follows, and whole numbers"""
    config = toml(helm)
    assert config["portal"]["public_url"] == GOOD["url"] and config["portal"]["internal_url"] == "http://portal.admin-apps.svc.cluster.local"
    assert config["plan"] == GOOD["plans"] and type(config["plan"][0]["php_workers"]) is int and type(config["database"]["server"]["port"]) is int
    assert "mail" not in config and config["log"] == {"format": "json"}
    assert toml(helm, {"service": {"port": 8080}})["portal"]["internal_url"].endswith(":8080")
    assert toml(helm, {"config": {"portal": {"internal_url": "http://x"}}})["portal"]["internal_url"] == "http://x"
    changed = lambda more: find(helm.objects(CHART, merged(GOOD, more)), "Deployment")["spec"]["template"]["metadata"]["annotations"]["slipway.dev/config"]
    assert changed({}) != changed({"config": {"log": {"format": "pretty"}}}), "other settings and the same pod"


def documented(helm):
    """slipway: each setting that the chart writes is one that the portal knows"""
    text = REFERENCE.read_text()
    known = {f"{section}.{key}" for section, body in re.findall(r"^## `\[+([a-z0-9_.]+)\]+`\n(.*?)(?=^## |\Z)", text, re.M | re.S) for key in re.findall(r"^\| `([a-z0-9_]+)`", body, re.M)}
    secrets = {f"{section}.{key}" for section, body in re.findall(r"^## `\[+([a-z0-9_.]+)\]+`\n(.*?)(?=^## |\Z)", text, re.M | re.S) for key in re.findall(r"^\| `([a-z0-9_]+)` \(secret\)", body, re.M)}
    assert len(known) > 30 and len(secrets) > 5, "the reference cannot be read"
    for path, _ in walk(toml(helm)):
        name = ".".join(part for part in path if not part.isdigit())
        if name.startswith("site.kubernetes.") and not any(key.startswith("site.kubernetes.") for key in known):
            print("!! docs/configuration.md does not know [site.kubernetes] yet: its settings are NOT compared")
            continue
        assert name in known or (name.endswith("_file") and name[:-5] in secrets), f"{name} is not in docs/configuration.md"
    for secret in sorted(secrets):
        value = "postgres://slipway:hunter2@db/slipway" if secret == "store.url" else "hunter2"
        for part in reversed(secret.split(".")):
            value = {part: value}
        text = refusal(helm, {"config": value})
        assert "is a secret" in text or "not allowed" in text, f"{secret}: {text}"


def secrets(helm):
    """slipway: secrets are files of one Secret, and each has its setting"""
    one = helm.objects(CHART, merged(GOOD, {"secrets": {"name": "vault", "keys": {"database-password": None, "authentik-token": None, "token": "identity.rfc7591.initial_access_token"}}}))
    keys = {"store-url", "master-key", "sign-in-client-secret", "openwebui-api-key", "openwebui-jwt-secret", "token"}
    for name, pod in pods(one):
        volume = next(volume for volume in pod["volumes"] if "secret" in volume)["secret"]
        assert volume["secretName"] == "vault" and {item["key"] for item in volume["items"]} == keys and volume["defaultMode"] == 0o440, name
    config = tomllib.loads(find(one, "ConfigMap")["data"]["slipway.toml"])
    assert config["store"] == {"url_file": "/run/secrets/slipway/store-url"} and config["vault"] == {"master_key_file": "/run/secrets/slipway/master-key"}
    assert config["identity"]["rfc7591"]["initial_access_token_file"] == "/run/secrets/slipway/token" and "password_file" not in config["database"]["server"]
    assert not [one for one in full(helm) if one["kind"] == "Secret"], "the chart makes a Secret"


def installed(helm):
    """slipway: the values of docs/operations/install.md fit the chart, and its Secret has the keys that the chart reads"""
    page = INSTALL.read_text()
    [values] = [block for block in re.findall(r"```yaml\n(.*?)```", page, re.S) if block.startswith("url: ")]
    values = yaml.safe_load(values)
    config = tomllib.loads(find(helm.objects(CHART, values), "ConfigMap")["data"]["slipway.toml"])
    # Authentik takes no dynamic registration, so a portal beside it needs the driver for it.
    assert config["identity"]["driver"] == "authentik" and config["identity"]["authentik"]["token_file"]
    known = REFERENCE.read_text()
    for path, _ in walk({key: values["config"][key] for key in ("identity", "mail", "chat", "sign_in")}):
        section, name = ".".join(path[:-1]), path[-1]
        assert re.search(rf"## `\[{re.escape(section)}\]`(?:(?!\n## ).)*\n\| `{name}`", known, re.S), f"{section}.{name}"
    [made] = re.findall(r"create secret generic slipway (.*?)\n\n", page, re.S)
    keys = {**yaml.safe_load((CHART / "values.yaml").read_text())["secrets"]["keys"], **values.get("secrets", {}).get("keys", {})}
    assert set(re.findall(r"--from-literal=([-a-z]+)=", made)) == {key for key, setting in keys.items() if setting}


def refusals(helm):
    """slipway: bad values are refused in words that name them"""
    for more, words in (
        ({"url": ""}, "/url"),
        ({"url": "portal.example.org"}, "/url"),
        ({"url": "https://portal.example.org/path"}, "/url"),
        ({"config": {"site": {"kubernetes": {"gateway": "web"}}}}, "/config/site/kubernetes/gateway"),
        ({"replicas": 0}, "/replicas"),
        ({"replicas": "two"}, "/replicas"),
        ({"image": {"digest": "latest"}}, "/image/digest"),
        ({"image": {"pullPolicy": "Sometimes"}}, "/image/pullPolicy"),
        ({"config": {"site": {"driver": "process"}}}, "/config/site/driver"),
        ({"config": {"databse": {}}}, "databse"),
        ({"secrets": {"keys": {"store-url": None}}}, "store-url"),
        ({"secrets": {"keys": {"x": "Not A Setting"}}}, "/secrets/keys/x"),
        ({"plans": [{"key": "s"}]}, "label"),
        ({"ingres": {}}, "ingres"),
        ({"config": {"chat": {"openwebui": {"api_key": "sk-1"}}}}, "config.chat.openwebui.api_key is a secret"),
        ({"config": {"portal": {"proxy": "http://ada:hunter2@proxy"}}}, "config.portal.proxy is a secret"),
    ):
        text = refusal(helm, more)
        assert words in text, f"{more}: {text}"
        assert "hunter2" not in text and "sk-1" not in text, f"the refusal repeats the secret: {text}"


def rights(helm):
    """slipway: the ClusterRole grants the table of the site driver, right by right"""
    binding = find(full(helm), "ClusterRoleBinding")
    for way, more in (("Ingress", {}), ("Gateway", {"config": {"site": {"kubernetes": {"gateway": "infra/web"}}}})):
        role = find(helm.objects(CHART, merged(GOOD, more)), "ClusterRole")
        assert binding["roleRef"]["name"] == role["metadata"]["name"] and binding["subjects"] == [{"kind": "ServiceAccount", "name": "portal", "namespace": "admin-apps"}]
        granted = {(group, resource, verb) for rule in role["rules"] for group in rule["apiGroups"] for resource in rule["resources"] for verb in rule["verbs"]}
        assert not [one for one in granted if "*" in one]
        used = table(RIGHTS, r"\(\s*(?:Always|%s),\s*(?:right|named)" % way)
        [secrets] = [rule for rule in role["rules"] if "secrets" in rule["resources"]]
        names = re.findall(r'"([a-z-]+)"', re.search(r"SECRETS: &\[&str\] = &\[(.*?)\]", RIGHTS.read_text())[1])
        assert secrets["resourceNames"] == names and secrets["resources"] == ["secrets"], secrets
        assert len(used) > 20, "the table cannot be read"
        assert used == granted, f"{way}: only the driver: {sorted(used - granted)}; only the chart: {sorted(granted - used)}"
    assert toml(helm, more)["site"]["kubernetes"]["gateway"] == "infra/web"


def table(file, line=r"\bright"):
    text = file.read_text()
    names = {name: re.findall(r'"([a-z]+)"', verbs) for name, verbs in re.findall(r"const ([A-Z]+): &\[&str\] = &\[(.*?)\];", text, re.S)}
    used = set()
    for group, resource, verbs in re.findall(line + r'\(\s*"([a-z0-9.]*)",\s*"([a-z/]+)",\s*(?:SECRETS,\s*)?(&\[.*?\]|[A-Z]+)', text, re.S):
        used |= {(group, resource, verb) for verb in names.get(verbs) or re.findall(r'"([a-z]+)"', verbs)}
    return used


def database_rights(helm):
    """slipway: for managed databases a Role in the portal's namespace grants that driver's table, and else there is none"""
    one = helm.objects(CHART, merged(GOOD, {"config": {"database": {"driver": "existing"}}}))
    role, binding = find(one, "Role"), find(one, "RoleBinding")
    assert role["metadata"]["namespace"] == binding["metadata"]["namespace"] == "admin-apps"
    assert binding["roleRef"]["name"] == role["metadata"]["name"] and binding["subjects"] == [{"kind": "ServiceAccount", "name": "portal", "namespace": "admin-apps"}]
    granted = {(group, resource, verb) for rule in role["rules"] for group in rule["apiGroups"] for resource in rule["resources"] for verb in rule["verbs"]}
    assert granted == table(DATABASE_RIGHTS), granted
    assert not [one for one in full(helm) if one["kind"] in ("Role", "RoleBinding")]


def ingress(helm):
    """slipway: the ingress follows the address, its certificate and its class"""
    https = find(helm.objects(CHART, merged(GOOD, {"ingress": {"className": "traefik", "tlsSecret": "cert"}})), "Ingress")["spec"]
    assert https["tls"] == [{"hosts": ["portal.example.org"], "secretName": "cert"}] and https["ingressClassName"] == "traefik"
    http = find(helm.objects(CHART, merged(GOOD, {"url": "http://portal.local:8080"})), "Ingress")["spec"]
    assert "tls" not in http and "ingressClassName" not in http and http["rules"][0]["host"] == "portal.local"
    assert http["rules"][0]["http"]["paths"][0]["backend"]["service"] == {"name": "portal", "port": {"name": "http"}}


def extra(helm):
    """slipway: environment, volumes and labels of one's own reach the portal and its test"""
    more = {"labels": {"team": "web"}, "extraEnv": [{"name": "HTTPS_PROXY", "value": "http://proxy:3128"}],
            "extraVolumes": [{"name": "ca", "configMap": {"name": "company-ca"}}], "extraVolumeMounts": [{"name": "ca", "mountPath": "/etc/company"}]}
    one = helm.objects(CHART, merged(GOOD, more))
    assert all(each["metadata"]["labels"]["team"] == "web" for each in one)
    for name, pod in pods(one):
        container = pod["containers"][0]
        assert container["env"] == more["extraEnv"], name
        assert more["extraVolumes"][0] in pod["volumes"] and more["extraVolumeMounts"][0] in container["volumeMounts"], name
    assert "extraEnv" in refusal(helm, {"extraEnv": [{"name": "SLIPWAY_CHAT__OPENWEBUI__API_KEY", "value": "sk-1"}]})


def policies(helm):
    """slipway: pages are for everybody, metrics for those who are named, and the way out is narrowed where one says so"""
    of = lambda more: find(helm.objects(CHART, merged(GOOD, {"networkPolicy": more})), "NetworkPolicy")["spec"]
    pages, metrics = of({})["ingress"]
    assert pages == {"ports": [{"protocol": "TCP", "port": "http"}]} and metrics["from"] and metrics["ports"] == [{"protocol": "TCP", "port": "metrics"}]
    assert len(of({"metricsFrom": []})["ingress"]) == 1 and of({})["policyTypes"] == ["Ingress"]
    rule = {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}
    assert of({"egress": [rule]})["egress"] == [rule] and of({"egress": [rule]})["policyTypes"] == ["Ingress", "Egress"]


def held_images(helm):
    """slipway: the policy lets the image of the sites run in whatever version, and for managed databases that of dumps as well"""
    of = lambda more: next(rule["expression"] for rule in find(helm.objects(CHART, merged(GOOD, {"config": more})), "ValidatingAdmissionPolicy")["spec"]["validations"] if "image of the sites" in rule["message"])
    named = lambda text: re.findall(r'"([^"]*)"', text[:text.index("].exists")])
    site = lambda image: {"site": {"kubernetes": {"image": image}}}
    digest = "@sha256:" + "a" * 64
    for image, name in (("slipway-wordpress:1", "slipway-wordpress"), ("r.example.org:5000/wp", "r.example.org:5000/wp"), ("r.example.org:5000/wp:1" + digest, "r.example.org:5000/wp"), ("wp" + digest, "wp")):
        assert named(of(site(image))) == [name], image
    [dumps] = re.findall(r"^## `\[database\.dump\]`.*?^\| `image` \| `\"(.*?):", REFERENCE.read_text(), re.M | re.S)
    managed = {"database": {"driver": "ionos_v2"}}
    assert named(of(managed)) == ["slipway-wordpress", dumps]
    assert named(of(merged(managed, {"database": {"dump": {"image": "r/client:1"}, "reach": {"image": "r/php:2"}}}))) == ["slipway-wordpress", "r/php", "r/client"]


def image(helm):
    """slipway: a digest wins over the tag"""
    of = lambda more: {container["image"] for _, pod in pods(helm.objects(CHART, merged(GOOD, {"image": more}))) for container in pod["containers"]}
    version = yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"]
    digest = "sha256:" + "a" * 64
    assert of({}) == {f"slipway:{version}"} and of({"tag": "9"}) == {"slipway:9"} and of({"tag": "9", "digest": digest}) == {f"slipway@{digest}"}


CHECKS = [lint, objects, locked, probes, configuration, documented, secrets, installed, refusals, rights, database_rights, ingress, extra, policies, held_images, image]
