# shellcheck shell=bash
# What an operator would have put into the cluster before Slipway comes: a storage class, an ingress class, the portal's account.
# Sourced by up.

rights=charts/slipway/files

objects_up() {
  kubectl apply --server-side --field-manager slipway-cluster -f "$here/objects/classes.yaml" >/dev/null
  kubectl get storageclass standard >/dev/null 2>&1 ||
    kubectl apply --server-side --field-manager slipway-cluster -f "$here/objects/storage.yaml" >/dev/null
  # What works here with the portal's account works where Helm put it: the rights are the chart's.
  sed 's/^/  /' "$root/$rights/rights.yaml" "$root/$rights/ingress-rights.yaml" | cat "$here/objects/portal.yaml" - | kubectl apply --server-side --field-manager slipway-cluster --force-conflicts -f - >/dev/null
  portal_kubeconfig
  gateway_up
  say "classes, Gateway API, the portal's account from $rights"
}

# The Gateway API, in the version that Traefik is compiled with. A cluster without a node has nobody who serves its Gateways.
gateway_up() {
  local definitions version there='jsonpath={.metadata.annotations.gateway\.networking\.k8s\.io/bundle-version}'
  definitions=$("$here/build" gateway-api)
  version=$(basename "$(dirname "$definitions")")
  if [ "$(kubectl get crd httproutes.gateway.networking.k8s.io -o "$there" 2>/dev/null)" != "v${version#gateway-api-}" ]; then
    kubectl apply --server-side --field-manager slipway-cluster -f "$definitions" >/dev/null
    kubectl wait --for condition=Established crd/{httproutes,gateways,gatewayclasses}.gateway.networking.k8s.io --timeout 30s >/dev/null
  fi
  kubectl apply --server-side --field-manager slipway-cluster -f "$here/objects/gateway.yaml" >/dev/null
}

# A year is longer than any cluster of this kind lives.
portal_kubeconfig() {
  local new=$data/portal.kubeconfig.new token
  [ -e "$data/portal.kubeconfig" ] && portal_kubectl "$data/portal.kubeconfig" get namespaces >/dev/null 2>&1 && return
  token=$(kubectl --namespace slipway create token slipway --duration 8760h)
  (umask 077 && cp "$data/kubeconfig" "$new")
  portal_kubectl "$new" config unset users >/dev/null
  portal_kubectl "$new" config set-credentials slipway --token "$token" >/dev/null
  portal_kubectl "$new" config set-context --current --user slipway --namespace slipway >/dev/null
  mv "$new" "$data/portal.kubeconfig"
}

portal_kubectl() { kubectl --kubeconfig "$@"; }
