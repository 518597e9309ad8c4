# shellcheck shell=bash
# A network of the node's own, with one cable to this machine. What containers, kube-proxy and the bridge do to interfaces and
# firewall rules stays in there and goes with it, and two nodes do not rewrite each other's rules. Sourced by up and down.

cable=slipway$number # 15 letters at most

network_up() {
  [ -e "/run/netns/$name" ] || ip netns add "$name"
  if ! ip link show "$cable" >/dev/null 2>&1; then
    ip link add "$cable" type veth peer name eth0 netns "$name"
  fi
  ip address replace "$host/24" dev "$cable"
  ip address replace "$ingress/24" dev "$cable"
  demo_addresses "$cable"
  ip link set "$cable" up
  in_node ip link set lo up
  in_node ip address replace "$node/24" dev eth0
  in_node ip link set eth0 up
  in_node ip route replace default via "$host"
  in_node sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
  # Pods and services from this machine: the portal, the ingress controller and the tests speak to them directly.
  ip route replace "$pods" via "$node"
  ip route replace "$services" via "$node"
}

# demo_addresses INTERFACE: .99 is for a test that cuts the wire.
demo_addresses() {
  local last
  for last in 1 2 4 6 7 99; do ip address replace "$demo.$last/32" dev "$1"; done
}

network_down() {
  ip link delete "$cable" 2>/dev/null || true
  ip netns delete "$name" 2>/dev/null || true
}
