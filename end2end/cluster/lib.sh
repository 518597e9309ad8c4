# shellcheck shell=bash disable=SC2034
# What the commands of the cluster share: where its data is, which addresses it has, how its processes are started and known again.
# Sourced, not run, with the command's arguments: [folder of the data].

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../parts/lib.sh"
root=$(cd "$here/../.." && pwd)

# A cluster is a folder and a number. All its addresses follow from the number, so that clusters with different numbers run side by side.
data=$(realpath -m "${1:-${SLIPWAY_CLUSTER_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/slipway-cluster}}")
number=${SLIPWAY_CLUSTER:-$(cat "$data/number" 2>/dev/null || echo 101)}
[[ $number =~ ^[1-9][0-9]{0,2}$ && $number -lt 255 ]] || die "SLIPWAY_CLUSTER=$number is not a number from 1 to 254."
[ "$(cat "$data/number" 2>/dev/null || echo "$number")" = "$number" ] ||
  die "$data belongs to the cluster $(<"$data/number")." "leave SLIPWAY_CLUSTER out, or name another folder."

name=slipway-$number
loopback=127.$number.0.1        # etcd; without a node also the API server
lan=10.$number.0.0/24           # between this machine and the node
host=10.$number.0.1             # this machine, as node and pods see it; the API server listens here
node=10.$number.0.2             # the node; DNS for the pods
ingress=10.$number.0.80         # the ingress controller, on this machine
demo=10.$number.1               # servers of a demo: each has an address of its own that pods and browsers here both reach
pods=10.$number.64.0/18
services=10.$number.128.0/18

# say TEXT…: a step that is done. warn TEXT…: what somebody should not overlook.
say() { printf '✓ %-58s %s\n' "$*" "$((SECONDS - since)) s" && since=$SECONDS; }
warn() { printf '!! %s\n' "$*"; }
since=0

with_docker() { docker info >/dev/null 2>&1; }
has_node() { [ "$(cat "$data/shape" 2>/dev/null)" != control-plane ]; }
api() { if has_node; then echo "$host"; else echo "$loopback"; fi; }

# in_node COMMAND…: in the node's own network, where its bridge, its firewall rules and its pods are. Only the network differs:
# `ip netns exec` would also hide the control groups below /sys.
inside=(nsenter "--net=/run/netns/$name" --)
in_node() { "${inside[@]}" "$@"; }

# kubectl of the cluster's own version, as its administrator.
kubectl() {
  case ${kubernetes:=$([ "$(cat "$data/shape")" = kind ] || "$here/build" --where kubernetes)} in
  '') command kubectl --kubeconfig "$data/kubeconfig" "$@" ;;
  *) "$kubernetes" kubectl --kubeconfig "$data/kubeconfig" "$@" ;;
  esac
}

# run NAME COMMAND…: in the background, unless it is there already. A process is known by the mark in its environment and never
# by its number alone; what it starts inherits the mark.
run() {
  local process=$1
  shift
  ! alive "$process" || return 0
  mkdir -p "$data/logs" "$data/run"
  SLIPWAY_CLUSTER_PROCESS="$data $process" setsid "$@" >>"$data/logs/$process.log" 2>&1 </dev/null 8>&- 9>&- &
  echo $! >"$data/run/$process.pid"
  # Until the program has taken the shell's place, the mark is not to be seen.
  while kill -0 $! 2>/dev/null && ! alive "$process"; do sleep 0.02; done
}

alive() {
  local pid
  pid=$(cat "$data/run/$1.pid" 2>/dev/null) && marked "$pid" "$data $1"
}

marked() { tr '\0' '\n' 2>/dev/null <"/proc/$1/environ" | grep -qxF "SLIPWAY_CLUSTER_PROCESS=$2"; }

# until_true SECONDS PROCESS WHAT COMMAND…: waits for the command to succeed; gives up early when the process is gone.
until_true() {
  local limit=$((SECONDS + $1)) process=$2 what=$3
  shift 3
  until "$@" >/dev/null 2>&1; do
    alive "$process" || { tail -n 5 "$data/logs/$process.log" >&2 && die "$what ended." "read $data/logs/$process.log"; }
    [ $SECONDS -lt $limit ] || die "$what is not ready." "read $data/logs/$process.log"
    sleep 0.2
  done
}

# stop NAME [SIGNAL]: ends a process and waits; after ten seconds by force.
stop() {
  local pid tenths=0
  alive "$1" || { rm -f "$data/run/$1.pid" && return 0; }
  pid=$(<"$data/run/$1.pid")
  kill "-${2:-TERM}" "$pid" 2>/dev/null || true
  while alive "$1"; do
    sleep 0.1
    tenths=$((tenths + 1))
    [ $tenths != 100 ] || kill -KILL "$pid" 2>/dev/null || true
  done
  rm -f "$data/run/$1.pid"
}

# strays: the processes that the cluster's own ones left behind, by their mark.
strays() {
  local environ pid
  for environ in /proc/[0-9]*/environ; do
    pid=${environ#/proc/} && pid=${pid%/environ}
    if grep -qzF "SLIPWAY_CLUSTER_PROCESS=$data " "$environ" 2>/dev/null && [ "$pid" != $$ ]; then echo "$pid"; fi
  done
}

# neighbours: the folders of other clusters that run on this machine.
neighbours() {
  cat /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | sed -n 's/^SLIPWAY_CLUSTER_PROCESS=\(.*\) [a-z-]*$/\1/p' | sort -u | grep -vxF "$data" || true
}

# mounts_of FOLDER: what is mounted below it.
mounts_of() { awk -v below="$1/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo; }

secret() { head -c 24 /dev/urandom | base64 | tr -d '+/='; }

# write_kubeconfig FILE TOKEN NAMESPACE
write_kubeconfig() {
  (umask 077 && cat >"$1" <<YAML
apiVersion: v1
kind: Config
clusters: [{name: $name, cluster: {server: "https://$(api):6443", certificate-authority-data: $(base64 -w0 "$data/certs/$(api)/apiserver.crt")}}]
users: [{name: $name, user: {token: "$2"}}]
contexts: [{name: $name, context: {cluster: $name, user: $name, namespace: $3}}]
current-context: $name
YAML
  )
}
