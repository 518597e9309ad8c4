# shellcheck shell=bash
# The control plane: etcd, API server, controllers, scheduler. Ordinary processes that need no rights. Sourced by up.

control_plane() {
  local listen
  listen=$(api)
  mkdir -p "$data/certs/$listen"
  control_plane_secrets
  run etcd "$kubernetes" etcd --data-dir "$data/etcd" --name "$name" --listen-client-urls "http://$loopback:2379" \
    --advertise-client-urls "http://$loopback:2379" --listen-peer-urls "http://$loopback:2380" \
    --initial-advertise-peer-urls "http://$loopback:2380" --initial-cluster "$name=http://$loopback:2380" --log-level error
  api_server "$listen"
  until_true 60 apiserver "The API server" test -s "$data/certs/$listen/apiserver.crt"
  write_kubeconfig "$data/kubeconfig" "$(cut -d, -f1 "$data/tokens.csv")" default
  until_true 60 apiserver "The API server" kubectl get --raw /readyz
  run controller-manager "$kubernetes" controller-manager --kubeconfig "$data/kubeconfig" --authentication-kubeconfig "$data/kubeconfig" \
    --authorization-kubeconfig "$data/kubeconfig" --service-account-private-key-file "$data/sa.key" \
    --root-ca-file "$data/certs/$listen/apiserver.crt" --secure-port 0 --leader-elect=false
  run scheduler "$kubernetes" scheduler --kubeconfig "$data/kubeconfig" --authentication-kubeconfig "$data/kubeconfig" \
    --authorization-kubeconfig "$data/kubeconfig" --secure-port 0 --leader-elect=false
  until_true 60 controller-manager "The controller manager" kubectl get serviceaccount default --namespace default
  say "control plane $(kubectl get --raw /version | sed -n 's/.*"gitVersion": "\(.*\)".*/\1/p') at https://$listen:6443"
}

control_plane_secrets() (
  umask 077
  [ -e "$data/sa.key" ] || openssl genrsa -out "$data/sa.key" 2048 2>/dev/null
  [ -e "$data/tokens.csv" ] || printf '%s,admin,admin,"system:masters"\n' "$(secret)" >"$data/tokens.csv"
)

# The API server of a cluster without a node is on loopback, which may not be published as the address of the service `kubernetes`.
api_server() {
  local published=(--advertise-address "$1")
  has_node || published+=(--endpoint-reconciler-type none)
  run apiserver "$kubernetes" apiserver --etcd-servers "http://$loopback:2379" --cert-dir "$data/certs/$1" --bind-address "$1" \
    --secure-port 6443 "${published[@]}" --service-cluster-ip-range "$services" --authorization-mode RBAC \
    --token-auth-file "$data/tokens.csv" --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file "$data/sa.key" --service-account-signing-key-file "$data/sa.key" --allow-privileged \
    --kubelet-preferred-address-types InternalIP
}
