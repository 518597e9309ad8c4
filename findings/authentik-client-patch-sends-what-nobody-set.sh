#!/usr/bin/env bash
# authentik-client 2026.8.5 (PyPI): two of its models for PATCH send a field that the caller did not set.
# Exit 0: still so. Exit 1: it changed. Exit 2: the packages could not be had.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install authentik-client==2026.8.5 || { echo "the packages could not be had" >&2; exit 2; }

cat > finding.py <<'PYTHON'
import http.server
import inspect
import json
import threading

import authentik_client as ak

bodies = []


class Listener(http.server.BaseHTTPRequestHandler):
    def do_PATCH(self):
        bodies.append(self.rfile.read(int(self.headers["content-length"])).decode())
        self.send_response(503)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = ak.ApiClient(ak.Configuration(host=f"http://127.0.0.1:{server.server_port}/api/v3"))
some = "00000000-0000-4000-8000-000000000001"


def ordered(text):
    return json.dumps(json.loads(text), sort_keys=True)


def sent(call):
    try:
        call()
    except ak.ApiException:
        pass  # the listener answers nothing of use
    return ordered(bodies.pop())


print("group, name set:            ", sent(lambda: ak.CoreApi(client).core_groups_partial_update(
    some, ak.PatchedGroupRequest(name="editors"))))
print("blueprint, name set:        ", sent(lambda: ak.ManagedApi(client).managed_blueprints_partial_update(
    some, ak.PatchedBlueprintInstanceRequest(name="portal"))))
print("object attribute, label set:", ordered(ak.PatchedObjectAttributeRequest(label="Floor").to_json()))

empty, filled = 0, []
for name, model in sorted(vars(ak).items()):
    if name.startswith("Patched") and name.endswith("Request") and inspect.isclass(model):
        content = model().to_dict()
        if content:
            filled.append(f"{name} {content}")
        else:
            empty += 1
print("PATCH models that are empty when nothing is set:", empty)
print("PATCH models that are not:", "; ".join(filled))
PYTHON
seen=$(venv/bin/python finding.py) || true

read -r -d '' described <<'TEXT' || true
group, name set:             {"name": "editors"}
blueprint, name set:         {"name": "portal", "path": ""}
object attribute, label set: {"enabled": true, "label": "Floor"}
PATCH models that are empty when nothing is set: 134
PATCH models that are not: PatchedBlueprintInstanceRequest {'path': ''}; PatchedObjectAttributeRequest {'enabled': True}
TEXT

cat <<TEXT
authentik-client 2026.8.5
expected: a PATCH carries what the caller set and nothing else, since it describes changes only (RFC 5789, section 2),
          as the other 134 models of the same package do.
seen:
$seen
TEXT
[ "$seen" = "$described" ] || { echo "changed: it was"; echo "$described"; exit 1; }
echo "as described: renaming a blueprint also sends an empty path; relabelling an attribute also sends enabled: true"
