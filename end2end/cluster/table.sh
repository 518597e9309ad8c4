# shellcheck shell=bash
# What up tells in the end, and leaves in the file `addresses` for scripts. Sourced by up.

table() {
  cat >"$data/addresses" <<SH
number=$number name=$name host=$host node=$node ingress=$ingress pods=$pods services=$services demo=$demo
SH
  echo
  printf '  %-28s %s\n' "cluster" "$name ($shape), Kubernetes $(kubectl version 2>/dev/null | sed -n 's/^Server Version: v//p')" \
    "API server" "$(kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}')" \
    "administrator's kubeconfig" "$data/kubeconfig" "portal's kubeconfig" "$data/portal.kubeconfig"
  [ "$shape" = control-plane ] || printf '  %-28s %s\n' \
    "this machine, seen by pods" "$host" "ingress (class slipway-local)" "http://$ingress" \
    "pods, services" "$pods, $services: reached from here" "storage class" "standard" "image of a site" "slipway-wordpress:local"
  printf '  %-28s %s\n\n' "next" "$here/check, $here/down, $here/reset"
}
