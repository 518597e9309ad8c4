# shellcheck shell=bash
# The node: containerd, kubelet, kube-proxy, and beside them DNS for the pods and the maker of volumes. Sourced by up.

cgroup=/$name # below it lie the groups of all pods: a second kubelet would take a shared folder's unknown groups for orphans

node_up() {
  mkdir -p "$data"/{cni,node,volumes,pod-logs}
  write_containerd_config && write_cni_config && write_kubelet_config && write_corefile
  cgroups_up
  run containerd "${inside[@]}" containerd --config "$data/node/containerd.toml"
  until_true 30 containerd containerd ctr_ version
  import_pause
  run kubelet "${inside[@]}" "$kubernetes" kubelet --config "$data/node/kubelet.yaml" --kubeconfig "$data/kubeconfig" \
    --root-dir "$data/kubelet" --cert-dir "$data/kubelet/pki" --hostname-override "$name" --node-ip "$node"
  run proxy "${inside[@]}" "$kubernetes" proxy --kubeconfig "$data/kubeconfig" --hostname-override "$name" --proxy-mode iptables \
    --cluster-cidr "$pods" --masquerade-all --conntrack-max-per-core 0 --bind-address "$node"
  run coredns "${inside[@]}" "$coredns" -conf "$data/node/Corefile"
  run volumes "$kubernetes" volumes --kubeconfig "$data/kubeconfig" --folder "$data/volumes" --node "$name"
  until_true 60 coredns CoreDNS curl -sf "http://$node:8181/ready"
  until_true 60 kubelet "The kubelet" curl -sf "http://$node:10248/healthz"
  until_true 90 kubelet "The node" kubectl wait "node/$name" --for condition=Ready --timeout 1s
  say "node $name, $(containerd --version | cut -d' ' -f3), at $node"
}

ctr_() { ctr --address "$data/node/containerd.sock" --namespace k8s.io "$@"; }

# Version 1 has a folder for each controller, version 2 one for all.
cgroup_folders() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo "/sys/fs/cgroup$cgroup"; else
    local controller
    for controller in /sys/fs/cgroup/*/; do [ -e "$controller/cgroup.procs" ] && echo "${controller%/}$cgroup"; done
  fi
}

cgroups_up() {
  local folder
  cgroup_folders | while read -r folder; do mkdir -p "$folder"; done
  # A new cpuset is empty, and nothing can run in it.
  if folder=/sys/fs/cgroup/cpuset$cgroup && [ -d "$folder" ]; then
    cat /sys/fs/cgroup/cpuset/cpuset.cpus >"$folder/cpuset.cpus"
    cat /sys/fs/cgroup/cpuset/cpuset.mems >"$folder/cpuset.mems"
  fi
}

# Lowering a process's OOM score takes CAP_SYS_RESOURCE (bit 24); some machines do not have it, and runc would end at once.
may_set_oom_score() { [ $((0x$(sed -n 's/^CapEff:\t//p' /proc/self/status) >> 24 & 1)) = 1 ]; }

write_containerd_config() {
  cat >"$data/node/containerd.toml" <<TOML
version = 2
root = "$data/containerd"
state = "$data/node/state"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "$data/node/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "slipway.dev/pause:local"
  restrict_oom_score_adj = $(may_set_oom_score && echo false || echo true)
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$data/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      Root = "$data/node/runc"
TOML
}

# Every pod on one bridge. It does not enforce network policies.
write_cni_config() {
  cat >"$data/cni/10-bridge.conflist" <<JSON
{"cniVersion": "0.4.0", "name": "$name", "plugins": [
  {"type": "bridge", "bridge": "pods", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$data/node/addresses", "ranges": [[{"subnet": "$pods"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
}

# Images cannot be fetched again, so none is ever thrown away to save space.
write_kubelet_config() {
  cat >"$data/node/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $node
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
cgroupDriver: cgroupfs
cgroupRoot: $cgroup
enforceNodeAllocatable: []
failCgroupV1: false
failSwapOn: false
clusterDomain: cluster.local
clusterDNS: [$node]
containerRuntimeEndpoint: unix://$data/node/containerd.sock
podLogsDir: $data/pod-logs
volumePluginDir: $data/kubelet/volume-plugins
resolvConf: ""
maxPods: 500
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
healthzBindAddress: $node
YAML
}

# Sites' names lead to the ingress, as they do on this machine by its hosts file; other names do not exist.
write_corefile() {
  cat >"$data/node/Corefile" <<COREFILE
cluster.local in-addr.arpa {
  bind $node
  errors
  ready $node:8181
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $data/kubeconfig $name
  }
}
local {
  bind $node
  template IN A local {
    match ^wordpress-tenant-[a-z0-9-]+\.local\.$
    answer "{{ .Name }} 60 IN A $ingress"
  }
  template IN ANY local {
    rcode NOERROR
  }
}
. {
  bind $node
  template IN ANY . {
    rcode NXDOMAIN
  }
}
COREFILE
}

# What holds a pod's network open: a program that sleeps.
import_pause() {
  ctr_ images ls -q | grep -qx slipway.dev/pause:local && return
  local work=$data/node/pause
  rm -rf "$work" && mkdir -p "$work/root"
  cc -Os -static -o "$work/root/pause" "$here/pause.c"
  "$here/archive" slipway.dev/pause:local /pause "$work/root" | ctr_ images import - >/dev/null
  rm -rf "$work"
}
