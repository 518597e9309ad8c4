"""All checks of the charts, one function each. Usage: check.py HELM [--server KUBECONFIG]"""

import subprocess
import sys
import time
import traceback

import yaml

import platform_chart
import portal_chart
from rendering import CHARTS, Helm


def server(helm, kubeconfig):
    """Asks a real API server whether it would take what is rendered. Kinds that it does not know are left out, and said."""
    for name, objects in (("slipway", portal_chart.full(helm)), ("platform", platform_chart.own(helm))):
        known = [one for one in objects if one["kind"] not in ("Given", "ServiceMonitor")]
        space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "admin-apps"}}
        kubectl = ["kubectl", "--kubeconfig", kubeconfig]
        # A dry run needs a namespace that is there.
        subprocess.run([*kubectl, "apply", "-f", "-"], input=yaml.safe_dump(space), text=True, check=True, capture_output=True)
        done = subprocess.run([*kubectl, "apply", "--server-side", "--dry-run=server", "--field-manager=helm", "-f", "-"], input=yaml.safe_dump_all(known), text=True, capture_output=True)
        assert done.returncode == 0, f"{name}: {done.stderr}"
        print(f"        {name}: {len(known)} objects taken")


def main():
    helm = Helm(sys.argv[1])
    checks = [check for part in (portal_chart, platform_chart) for check in part.CHECKS]
    if sys.argv[2:3] == ["--server"]:
        kubeconfig = sys.argv[3]
        checks.append(lambda helm: server(helm, kubeconfig))
        checks[-1].__doc__ = "a real API server would take all of it"
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
