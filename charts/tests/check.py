"""All checks of the charts, one function each. Usage: check.py HELM [--server KUBECONFIG]"""

import functools
import subprocess
import sys
import time
import traceback

import yaml

import blueprints
import platform_chart
import policy
import portal_chart
from rendering import CHARTS, Helm


def server(helm, kubeconfig):
    """both: a real API server would take all of it"""
    for name, objects in (("slipway", portal_chart.full(helm)), ("platform", platform_chart.own(helm))):
        # Stand-ins and kinds of an operator are not known there. A dry run needs a namespace that exists, and leaves nothing behind.
        known = [one for one in objects if one["kind"] not in ("Given", "ServiceMonitor")]
        for one in known:
            if "namespace" in one["metadata"]:
                one["metadata"]["namespace"] = "default"
            if one["kind"] == "Pod":
                one["spec"]["serviceAccountName"] = "default"  # The chart's own is not made by a dry run, and a bare pod asks for it.
        line = ["kubectl", "--kubeconfig", kubeconfig, "apply", "--server-side", "--dry-run=server", "--field-manager=helm", "-f", "-"]
        done = subprocess.run(line, input=yaml.safe_dump_all(known), text=True, capture_output=True, timeout=120)
        assert done.returncode == 0 and done.stdout.count("serverside-applied") == len(known), f"{name}: {done.stdout}{done.stderr}"


def main():
    helm = Helm(sys.argv[1])
    checks = [check for part in (portal_chart, platform_chart, blueprints) for check in part.CHECKS]
    if sys.argv[2:3] == ["--server"]:
        for check in (server, policy.held):
            on_server = functools.partial(check, kubeconfig=sys.argv[3])
            on_server.__doc__ = check.__doc__
            checks.append(on_server)
    else:
        print("!! no cluster was named: whether an API server would take the objects is NOT checked. Next: charts/tests/run --server KUBECONFIG")
    if not list((CHARTS / "platform/charts").glob("*.tgz")):
        print("!! the archives of Authentik, OpenWebUI and Traefik are not there: the platform is rendered with stand-ins for them. Next: helm dependency update charts/platform")
    failed, began = 0, time.time()
    for check in checks:
        try:
            check(helm)
            print(f"ok      {check.__doc__}")
        except Exception as problem:
            failed += 1
            at = traceback.extract_tb(problem.__traceback__)[-1]
            print(f"FAILED  {check.__doc__}\n        {str(problem).strip() or at.line} ({at.filename.rsplit('/', 1)[-1]}:{at.lineno})")
    helm.close()
    print(f"charts: {len(checks) - failed} passed, {failed} failed, {time.time() - began:.1f} s")
    sys.exit(1 if failed else 0)


main()
