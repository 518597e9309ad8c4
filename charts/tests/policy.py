"""The portal's account on a real API server: what it is for works, whatever else its roles would let it do is refused in words."""

import copy
import subprocess
import time

import yaml

from portal_chart import CHART, GOOD
from rendering import find, merged

HOME = "admin-apps"  # The renderer's namespace.
NAME = "policy-check"
ROOM = f"wordpress-tenant-{NAME}"
LABELS = {"app.kubernetes.io/managed-by": "slipway", "slipway.dev/tenant-id": "00000000-0000-4000-8000-000000000000"}
GUARDED = {**LABELS, "pod-security.kubernetes.io/enforce": "restricted"}
IMAGE = "registry.example.org/slipway-wordpress"


class Server:
    """kubectl, as the administrator or under the account's token."""

    def __init__(self, kubeconfig):
        self.base = ["kubectl", "--kubeconfig", kubeconfig]

    def run(self, *words, text=None):
        done = subprocess.run([*self.base, *words], input=text, text=True, capture_output=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def must(self, *words, text=None):
        code, said = self.run(*words, text=text)
        assert code == 0, said
        return said.strip()

    def act(self, objects, how="apply", who=()):
        dry = ["--server-side", "--field-manager", "slipway", "--force-conflicts"] if how == "apply" else []
        return self.run(*who, how, *dry, "-f", "-", text=yaml.safe_dump_all(objects))


def made(kind, name="wordpress", room=ROOM, version="v1", **more):
    return merged({"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": room}}, more)


def namespace(name=ROOM, labels=GUARDED):
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def pod(**more):
    return merged({"serviceAccountName": "wordpress", "automountServiceAccountToken": False, "containers": [{"name": "wordpress", "image": f"{IMAGE}:2"}],
                   "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "uploads", "persistentVolumeClaim": {"claimName": "wordpress-uploads"}}]}, more)


def deployment(room=ROOM, name="wordpress", **more):
    labels = {"app.kubernetes.io/name": "wordpress"}
    return made("Deployment", name, room, "apps/v1", spec={"replicas": 0, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod(**more)}})


def ingress(service="wordpress", **more):
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": service, "port": {"number": 80}}}}
    return made("Ingress", version="networking.k8s.io/v1", spec=merged({"rules": [{"host": "acme.example.org", "http": {"paths": [path]}}]}, more))


def service(**more):
    return made("Service", spec=merged({"selector": {"app.kubernetes.io/name": "wordpress"}, "ports": [{"port": 80}]}, more))


def policy(name, **spec):
    return made("NetworkPolicy", name, version="networking.k8s.io/v1", spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"], **spec})


def errand(name="slipway-database-0", secret=None, **more):
    spec = {"automountServiceAccountToken": False, "restartPolicy": "Never", "containers": [{"name": "errand", "image": f"{IMAGE}:2"}],
            "volumes": [{"name": "order", "secret": {"secretName": secret or name}}]}
    return made("Job", name, HOME, "batch/v1", spec={"suspend": True, "template": {"spec": merged(spec, more)}})


ALLOWED = [
    made("ServiceAccount", automountServiceAccountToken=False),
    made("Secret", type="Opaque"),
    made("Secret", "wordpress-registry", type="kubernetes.io/dockerconfigjson", data={".dockerconfigjson": "e30="}),
    made("ConfigMap"),
    made("PersistentVolumeClaim", "wordpress-uploads", spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}),
    service(),
    policy("default-deny"),
    policy("wordpress", ingress=[{}]),
    deployment(),
    made("CronJob", version="batch/v1", spec={"schedule": "0 0 * * *", "jobTemplate": {"spec": {"template": {"spec": {**pod(), "restartPolicy": "Never"}}}}}),
    ingress(),
    # Short Jobs to managed databases, in the portal's own namespace.
    errand(),
    made("Secret", "slipway-database-0", HOME, type="Opaque"),
]

# Each with words of the refusal. The roles allow every one of them.
FORBIDDEN = [
    (namespace("kube-public-2"), "wordpress-tenant-*"),
    (namespace("default"), "wordpress-tenant-*"),
    (namespace(labels=LABELS), 'Pod Security "restricted"'),
    (namespace(labels={**GUARDED, "pod-security.kubernetes.io/enforce": "privileged"}), 'Pod Security "restricted"'),
    (namespace(labels={**GUARDED, "slipway.dev/tenant-id": "another"}), "no tenant becomes another one"),
    (namespace("wordpress-tenant-theirs-check"), "namespaces of Slipway alone"),
    (deployment("default"), "tenants' namespaces alone"),
    (deployment("kube-system"), "tenants' namespaces alone"),
    (deployment("wordpress-tenant-theirs-check"), "tenants' namespaces alone"),
    (made("Secret", "wordpress", "default"), "tenants' namespaces alone"),
    (deployment(name="miner"), "names of its own"),
    (deployment(containers=[{"name": "wordpress", "image": "registry.example.org/slipway-wordpress-not:1"}]), "the image of the sites"),
    (deployment(initContainers=[{"name": "first", "image": "busybox"}]), "the image of the sites"),
    (deployment(automountServiceAccountToken=True), "no token"),
    (deployment(serviceAccountName="default"), "their own account"),
    (deployment(volumes=[{"name": "x", "secret": {"secretName": "wordpress-install"}}]), "no volume but"),
    (made("Secret", "wordpress-install", type="kubernetes.io/service-account-token", metadata={"annotations": {"kubernetes.io/service-account.name": "wordpress"}}), "a meaning of its own"),
    (made("ServiceAccount", automountServiceAccountToken=True), "no token"),
    (service(type="NodePort"), "inside the cluster"),
    (service(externalIPs=["203.0.113.1"]), "inside the cluster"),
    (ingress("other"), "leads to the site"),
    (ingress(defaultBackend={"service": {"name": "wordpress", "port": {"number": 80}}}), "has a host"),
    (policy("default-deny", egress=[{}]), "lets nothing through"),
    (policy("allow-all", egress=[{}]), "names of its own"),
    (errand("miner"), "tenants' namespaces alone"),
    (errand("slipway-miner", serviceAccountName=NAME), "their own account"),
    (errand("slipway-miner", secret="slipway"), "no volume but"),
    (errand("slipway-miner", containers=[{"name": "errand", "image": "busybox"}]), "the image of the sites"),
    (made("Secret", "slipway", HOME), "tenants' namespaces alone"),
    (made("Secret", "openwebui", HOME), "tenants' namespaces alone"),
]


def values():
    """The sites' image with tag: an upgrade changes that, and old and new portal work side by side."""
    config = {"site": {"kubernetes": {"image": f"{IMAGE}:1"}}, "database": {"driver": "existing"}}
    return merged(GOOD, {"config": config, "serviceAccount": {"name": NAME}})


def begun(helm, server):
    """The account with the chart's own roles and policy, under names of this test, and the words that make a call its own."""
    objects = [copy.deepcopy(find(helm.objects(CHART, values(), NAME), kind)) for kind in
               ("ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")]
    server.run("create", "namespace", HOME)
    server.must("apply", "-f", "-", text=yaml.safe_dump_all([*objects, namespace("wordpress-tenant-theirs-check", {"owner": "ada"})]))
    token = server.must("-n", HOME, "create", "token", NAME)
    # A client certificate or token of the file would win over this one.
    who = ("--kubeconfig", "/dev/null", "--server", server.must("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}"),
           "--insecure-skip-tls-verify", "--token", token)
    limit = time.time() + 30
    while "wordpress-tenant-*" not in server.act([namespace("policy-check-probe")], who=(*who,))[1]:
        assert time.time() < limit, "the policy never took effect"
        server.run("delete", "namespace", "policy-check-probe", "--ignore-not-found", "--wait=false")
        time.sleep(0.3)
    return objects, who


def held(helm, kubeconfig):
    """slipway: on the server the account makes a site, and nothing else anywhere, though its roles would let it"""
    server = Server(kubeconfig)
    objects, who = begun(helm, server)
    try:
        for one in [namespace(), *ALLOWED]:
            code, said = server.act([one], who=who)
            assert code == 0, f"{one['kind']} {one['metadata']['name']}: {said}"
        for one, words in FORBIDDEN:
            code, said = server.act([one], who=who)
            what = f"{one['kind']} {one['metadata'].get('namespace', '')}/{one['metadata']['name']}"
            assert code, f"{what} was taken, though: {words}"
            assert "ValidatingAdmissionPolicy" in said and words in said, f"{what}: {said}"
        for room in (HOME, "wordpress-tenant-theirs-check"):
            code, said = server.run(*who, "delete", "namespace", room, "--dry-run=server")
            assert code and "ValidatingAdmissionPolicy" in said, f"{room}: {said}"
        server.must(*who, "delete", "namespace", ROOM, "--wait=false")
    finally:
        for room in (ROOM, "wordpress-tenant-theirs-check", "kube-public-2", "policy-check-probe"):
            server.run("delete", "namespace", room, "--ignore-not-found", "--wait=false")
        server.run("-n", HOME, "delete", "job,secret", "slipway-database-0", "--ignore-not-found")
        server.run("delete", "-f", "-", "--ignore-not-found", text=yaml.safe_dump_all(objects))
