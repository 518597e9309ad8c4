#!/usr/bin/env python3
"""A small IONOS on loopback, so that the real Terraform provider can apply and plan without a contract.

Four APIs on one port, each below a path of its own: Cloud API v6 (data centers, LANs, IP blocks, Kubernetes), MariaDB v1,
PostgreSQL v2, and as much of Object Storage as settings of buckets need. It remembers what was made, answers as if building took no time, and refuses what IONOS documents to refuse: no
Bearer token, sizes below the smallest, an address outside host 3 to 10 of its LAN, an address taken twice. Its answers follow
the types of IONOS's published clients; docs/outside/ionos.md says which. It was never compared with IONOS itself.

    simulator.py PORT      prints nothing; GET /requests lists what was asked, one "METHOD path" a line
"""

import base64
import ipaddress
import json
import re
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CLOUD = "/cloudapi/v6"
KUBERNETES_VERSION = "1.34.2"
NOW = "2026-01-01T00:00:00Z"

lock = threading.Lock()
things: dict[str, dict] = {}  # by path, in the order in which they were made
requests: list[str] = []


class Refused(Exception):
    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


def refuse_unless(condition, status: int, message: str) -> None:
    if not condition:
        raise Refused(status, message)


def below(path: str) -> list[dict]:
    return [thing for at, thing in things.items() if at.rpartition("/")[0] == path]


# Cloud API -----------------------------------------------------------------------------------------------------------------


def cloud_thing(path: str, body: dict) -> dict:
    """A new thing of the collection at `path`, with what IONOS fills in by itself."""
    kind = path.rpartition("/")[2]
    properties = dict(body.get("properties", {}))
    number = len([at for at in things if at.startswith(f"{path}/")]) + 1
    identity = str(number) if kind == "lans" else str(uuid.uuid4())
    if kind == "datacenters":
        properties |= {"version": 1, "features": ["SSD"], "cpuArchitecture": [{"cpuFamily": "AMD_EPYC", "maxCores": 62, "maxRam": 245760, "vendor": "AuthenticAMD"}]}
    elif kind == "lans":
        properties |= {"ipv4CidrBlock": None if properties.get("public") else f"10.7.{220 + number}.0/24"}
    elif kind == "ipblocks":
        properties |= {"ips": [f"203.0.113.{10 + one}" for one in range(properties["size"])], "ipConsumers": []}
    elif kind == "k8s":
        properties = {"k8sVersion": KUBERNETES_VERSION, "public": True, "viableNodePoolVersions": [KUBERNETES_VERSION]} | properties
    elif kind == "nodepools":
        refuse_unless(properties["ramSize"] >= 2048 and properties["ramSize"] % 1024 == 0, 422, "[VDC-5-1] ramSize is not allowed")
    state = "ACTIVE" if kind in ("k8s", "nodepools") else "AVAILABLE"
    return {"id": identity, "type": kind.rstrip("s"), "href": f"{path}/{identity}", "properties": properties,
            "metadata": {"state": state, "createdDate": NOW, "etag": "1"}, "entities": {}}


def kubeconfig(name: str) -> str:
    return json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "cluster-admin",
        "clusters": [{"name": name, "cluster": {"server": "https://127.0.0.1:1", "certificate-authority-data":
                      base64.b64encode(b"simulated").decode()}}],
        "contexts": [{"name": "cluster-admin", "context": {"cluster": name, "user": "cluster-admin"}}],
        "users": [{"name": "cluster-admin", "user": {"token": "simulated"}}],
    })


def cloud(method: str, path: str, body: dict):
    if path.startswith("/requests/"):
        return 200, {"id": path.split("/")[2], "metadata": {"status": "DONE", "message": "done", "targets": []}}
    if path.endswith("/kubeconfig"):
        refuse_unless(path.removesuffix("/kubeconfig") in things, 404, "[VDC-5-9] not found")
        return 200, kubeconfig("simulated")
    if method == "POST":
        parent = path.rpartition("/")[0]
        refuse_unless(parent == "" or parent in things, 404, "[VDC-5-9] parent not found")
        thing = cloud_thing(path, body)
        things[thing["href"]] = thing
        return 202, thing
    if path not in things and method == "GET" and path.rpartition("/")[2] in ("nodepools", "lans", "nics", "k8s", "datacenters"):
        return 200, {"id": path, "type": "collection", "items": below(path)}
    refuse_unless(path in things, 404, "[VDC-5-9] not found")
    if method == "DELETE":
        gone = things.pop(path)
        for at in [at for at in things if at.startswith(f"{path}/")]:
            del things[at]
        return 202, gone
    if method in ("PUT", "PATCH"):
        change = body.get("properties", body)
        things[path]["properties"] |= change
    return 200, things[path]


# Databases -----------------------------------------------------------------------------------------------------------------


def check_address(address: str, connection: dict) -> None:
    network = ipaddress.ip_interface(address)
    lans = [thing for at, thing in things.items()
            if at == f"/datacenters/{connection['datacenterId']}/lans/{connection['lanId']}"]
    refuse_unless(lans, 422, "the LAN does not exist in this data center")
    refuse_unless(str(network.network) == lans[0]["properties"]["ipv4CidrBlock"], 422, f"{address} is not of the LAN's network")
    host = int(network.ip) - int(network.network.network_address)
    refuse_unless(3 <= host <= 10, 422, f"host {host} belongs to DHCP")
    refuse_unless(address not in [thing.get("address") for thing in things.values()], 422, f"{address} is in use")


def mariadb_v1(method: str, path: str, body: dict):
    if method == "POST":
        given = body["properties"]
        refuse_unless(given["mariadbVersion"] in ("10.6", "10.11"), 422, "mariadbVersion is not allowed")
        refuse_unless(given["ram"] >= 4 and given["storageSize"] >= 10 and given["cores"] >= 1, 422, "too small")
        refuse_unless(len(given["connections"]) == 1, 422, "exactly one connection")
        user, password = given["credentials"]["username"], given["credentials"]["password"]
        refuse_unless(len(user) <= 16 and re.fullmatch("[a-zA-Z]([a-zA-Z0-9]+_)*[a-zA-Z0-9]+", user), 422, "username is not allowed")
        refuse_unless(10 <= len(password) <= 63, 422, "password is too short or too long")
        address = given["connections"][0]["cidr"]
        check_address(address, given["connections"][0])
        identity = str(uuid.uuid4())
        shown = {key: value for key, value in given.items() if key != "credentials"}
        shown |= {"dnsName": f"ma-{identity[:8]}.mariadb.de-txl.ionos.com", "backup": {"location": "de"}}
        thing = {"id": identity, "address": address, "metadata": {"state": "AVAILABLE", "createdDate": NOW}, "properties": shown}
        things[f"/mariadb/clusters/{identity}"] = thing
        return 201, thing
    return stored(method, f"/mariadb{path}", body)


def postgresql_v2(method: str, path: str, body: dict):
    if method == "POST" or (method == "PUT" and f"/postgresql{path}" in things):
        given = dict(body["properties"])
        instances, connection = given["instances"], given["connection"]
        refuse_unless(instances["ram"] >= 4 and instances["storageSize"] >= 10 and instances["cores"] >= 1, 422, "too small")
        refuse_unless(8 <= len(given["credentials"].get("password", "")) <= 63, 422, "password is too short or too long")
        identity = path.rpartition("/")[2] if method == "PUT" else str(uuid.uuid4())
        at = f"/postgresql/clusters/{identity}"
        address = connection["primaryInstanceAddress"]
        if things.get(at, {}).get("address") != address:
            check_address(address, connection)
        given["credentials"] = {key: value for key, value in given["credentials"].items() if key != "password"}
        given = {"connectionPooler": "DISABLED", "logsEnabled": False, "metricsEnabled": False} | given
        metadata = {"state": "AVAILABLE", "createdDate": NOW, "lastModifiedDate": NOW, "resourceURN": "",
                    "dnsName": f"pg-{identity[:8]}.postgresql.de-txl.ionos.com"}
        things[at] = {"id": identity, "type": "cluster", "href": at, "address": address, "metadata": metadata, "properties": given}
        return (200 if method == "PUT" else 202), things[at]
    return stored(method, f"/postgresql{path}", body)


def stored(method: str, path: str, body: dict):
    if path.endswith("/clusters"):
        return 200, {"items": below(path), "limit": 100, "offset": 0}
    refuse_unless(path in things, 404, "not found")
    if method == "DELETE":
        return 202, things.pop(path)
    if method == "PATCH":
        things[path]["properties"] |= body["properties"]
    return 200, things[path]


# Object Storage ------------------------------------------------------------------------------------------------------------


def object_storage(method: str, path: str, setting: str, text: bytes) -> tuple[int, str]:
    """Settings of buckets: what was put is what is got. Objects are not simulated."""
    bucket = f"/s3{path}"
    if setting == "location":
        return 200, "<LocationConstraint>simulated</LocationConstraint>"
    at = f"{bucket}?{setting}" if setting else bucket
    if method == "PUT":
        refuse_unless(setting == "" or bucket in things, 404, "NoSuchBucket")
        xml = text.decode()
        if setting == "publicAccessBlock":
            # The published client writes one name and reads another, so IONOS presumably answers with the other.
            xml = xml.replace("PublicAccessBlockConfiguration>", "BlockPublicAccessBlockConfiguration>")
        things[at] = {"xml": xml}
        return 200, ""
    refuse_unless(at in things, 404, f"NoSuchConfiguration: {at}")
    return 200, things[at]["xml"]


# The server ----------------------------------------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        path, _, query = self.path.partition("?")
        path = path.rstrip("/")
        size = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(size)
        if path == "/requests":
            return self.send(200, "\n".join(requests).encode(), "text/plain")
        with lock:
            try:
                requests.append(f"{self.command} {path}")
                if path.startswith("/s3/"):
                    setting = query.partition("&")[0].rstrip("=")
                    status, xml = object_storage(self.command, path.removeprefix("/s3"), setting, text)
                    return self.send(status, xml.encode(), "application/xml")
                refuse_unless(self.headers.get("Authorization", "").startswith("Bearer "), 401, "token required")
                status, thing = self.route(path, json.loads(text) if text else {})
            except Refused as refused:
                status, thing = refused.status, {"httpStatus": refused.status, "messages": [
                    {"errorCode": str(refused.status), "message": str(refused)}]}
        if isinstance(thing, str):
            return self.send(status, thing.encode(), "application/yaml")
        shown = {key: value for key, value in thing.items() if key != "address"}
        return self.send(status, json.dumps(shown).encode(), "application/json")

    def route(self, path: str, body: dict):
        for prefix, api in ((CLOUD, cloud), ("/mariadb", mariadb_v1), ("/postgresql", postgresql_v2)):
            if path.startswith(prefix + "/"):
                return api(self.command, path.removeprefix(prefix), body)
        raise Refused(404, f"no API at {path}")

    def send(self, status: int, body: bytes, kind: str):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 202 and self.path.startswith(CLOUD):
            here = f"http://{self.headers['Host']}{CLOUD}"
            self.send_header("Location", f"{here}/requests/{uuid.uuid4()}/status")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.9.3", int(sys.argv[1])), Handler).serve_forever()
