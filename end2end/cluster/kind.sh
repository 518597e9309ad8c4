# shellcheck shell=bash
# The ordinary way where Docker runs: kind brings the cluster, Docker builds the image. Sourced by up and down.

kind_up() {
  command -v kind >/dev/null || die "Docker runs, but kind is not on this machine." \
    "go install sigs.k8s.io/kind@v0.30.0, or go without Docker by SLIPWAY_CLUSTER_SHAPE=node."
  command -v kubectl >/dev/null || die "kubectl is not on this machine." "install it, then run this again."
  if kind get clusters 2>/dev/null | grep -qx "$name"; then
    docker start "$name-control-plane" >/dev/null
    kind export kubeconfig --name "$name" --kubeconfig "$data/kubeconfig" >/dev/null
  else
    kind create cluster --name "$name" --kubeconfig "$data/kubeconfig" --wait 120s --config - <<YAML
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
networking: {podSubnet: $pods, serviceSubnet: $services}
YAML
  fi
  kind_network
  say "kind $name"
  "$root/wordpress/build" slipway-wordpress:local --load
  kind load docker-image slipway-wordpress:local --name "$name"
  say "image slipway-wordpress:local"
  traefik=$("$here/build" traefik)
}

# Services and pods from this machine, as on a node of our own. Docker's network leads back here by its gateway.
kind_network() {
  local sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  node=$(docker inspect --format '{{.NetworkSettings.Networks.kind.IPAddress}}' "$name-control-plane")
  host=$(docker inspect --format '{{.NetworkSettings.Networks.kind.Gateway}}' "$name-control-plane")
  ingress=$host
  "${sudo[@]}" ip route replace "$pods" via "$node"
  "${sudo[@]}" ip route replace "$services" via "$node"
}

kind_down() {
  stop traefik
  docker stop "$name-control-plane" >/dev/null
}
