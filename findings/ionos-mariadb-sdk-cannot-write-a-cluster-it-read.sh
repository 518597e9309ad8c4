#!/usr/bin/env bash
# ionoscloud-dbaas-mariadb 3.0.0 (PyPI): from_json reads a cluster, and to_json of the same object fails.
# Exit 0: still so. Exit 1: it changed. Exit 2: the packages could not be had.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install ionoscloud-dbaas-mariadb==3.0.0 || { echo "the packages could not be had" >&2; exit 2; }

cat > finding.py <<'PYTHON'
import json

import ionoscloud_dbaas_mariadb as mariadb

cluster = {
    "id": "00000000-0000-4000-8000-000000000001",
    "type": "cluster",
    "href": "/clusters/00000000-0000-4000-8000-000000000001",
    "metadata": {"createdDate": "2026-01-02T03:04:05Z", "state": "AVAILABLE"},
    "properties": {"name": "shop", "version": "11.8"},
}
restore = {"sourceBackupId": "00000000-0000-4000-8000-000000000002", "recoveryTargetDatetime": "2026-01-02T03:04:05Z"}


def written(model, content):
    read = model.from_json(json.dumps(content))
    try:
        return "to_json " + read.to_json()
    except TypeError as error:
        return f"to_json TypeError: {error}"


print("properties:", written(mariadb.Cluster, cluster["properties"]))
print("cluster:   ", written(mariadb.ClusterRead, cluster))
print("restore:   ", written(mariadb.MariadbRestoreClusterFromBackup, restore))
sent = mariadb.ApiClient().sanitize_for_serialization(mariadb.MariadbRestoreClusterFromBackup.from_json(json.dumps(restore)))
print("restore, as the client itself sends it:", json.dumps(sent))
PYTHON
seen=$(venv/bin/python finding.py) || true

read -r -d '' described <<'TEXT' || true
properties: to_json {"name": "shop", "version": "11.8"}
cluster:    to_json TypeError: Object of type datetime is not JSON serializable
restore:    to_json TypeError: Object of type datetime is not JSON serializable
restore, as the client itself sends it: {"sourceBackupId": "00000000-0000-4000-8000-000000000002", "recoveryTargetDatetime": "2026-01-02T03:04:05+00:00"}
TEXT

cat <<TEXT
ionoscloud-dbaas-mariadb 3.0.0
expected: the JSON of the model, which is what to_json says it gives (its docstring), as it does for models without a time;
          the client of the same package has no trouble sending one.
seen:
$seen
TEXT
[ "$seen" = "$described" ] || { echo "changed: it was"; echo "$described"; exit 1; }
echo "as described: every cluster, backup or restore that holds a time can be read and sent, but not written with to_json"
