# What identifies a host, and what it must not be. `$OPERATION` is the folder of the operation whose marker is read.
# Needs of lib/base.sh: STATE, TAB, bounded, emit, have
# Needs of lib/processes.sh: is_own_process
# Needs of lib/units.sh: is_unit_active
# Needs of read/cluster.sh: kubeconfig_ca_bodies, kubelet_certificate_bodies, pem_bodies
# Needs of read/kubelet.sh: KUBELET_CERTIFICATES, KUBELET_KUBECONFIG, KUBELET_PID, find_hanging_root, load_kubelet

CONTROL_PLANE_UNITS='etcd.service k3s.service rke2-server.service kube-apiserver.service'

# Includes the tools of the stages: a missing one must be reported before the kubelet is stopped.
has_tools() {
  for tool in awk sed tr grep sort head readlink find cut sleep flock sha256sum base64 mktemp stat umount sync; do
    if ! have "$tool"; then emit missing "$tool" && return 1; fi
  done
}

# begin_probe OPERATION UNIT...: learns what the rest is read by; fails when a tool is missing.
begin_probe() {
  has_tools || return
  OPERATION=$(find_operation "$1")
  # Without a kubelet its facts are unknown, which is no reason to stop.
  load_facts "$@" || true
  find_hanging_root
}

# After `begin_probe`, `load_units` and `load_cluster`.
identify() {
  probe_identity
  look 15 "kubelet's certificate" probe_kubelet_identity
  probe_marker
  require 15 "whether this is a control-plane host: its files do not respond" 'ls /etc/kubernetes/manifests' probe_control_plane
}

# load_facts OPERATION UNIT...: what another operation recorded counts only while no kubelet runs: the machine may have joined again since.
load_facts() {
  found_operation=$OPERATION
  if [ "$OPERATION" != "$STATE/$1" ]; then OPERATION=; fi
  shift
  load_kubelet "$@"
  OPERATION=$found_operation
  if [ -z "$KUBELET_PID" ]; then load_kubelet "$@"; fi
}

# look SECONDS NAME FUNCTION...: what does not respond, e.g. because its file server is dead, was not seen. Whatever touches paths that users
# choose runs under it.
look() {
  look_seconds=$1
  look_name=$2
  shift 2
  bounded "$look_seconds" "$@"
  case $? in 124 | 125) emit unseen "$look_name" "it did not respond within $look_seconds s; is its file server dead?" ;; esac
}

# require SECONDS UNKNOWN COMMAND FUNCTION...: the same for what must be known, with a command that shows it.
require() {
  require_seconds=$1
  require_unknown=$2
  require_command=$3
  shift 3
  bounded "$require_seconds" "$@"
  case $? in
  124 | 125)
    emit unseen "${require_unknown%%:*}" "it did not respond within $require_seconds s; is its file server dead?"
    emit unknown "$require_unknown" "$require_command"
    ;;
  esac
}

# The operation's own folder if it exists, else the latest. By time alone, a clock that was once wrong could hide the marker that proves
# the host.
find_operation() {
  if [ -n "$1" ] && [ -f "$STATE/$1/marker" ]; then printf '%s\n' "$STATE/$1" && return; fi
  # shellcheck disable=SC2012 # names are ours
  ls -1t "$STATE"/*/marker 2>/dev/null | head -n 1 | sed 's,/marker$,,'
}

first_readable() {
  for file in "$@"; do
    if [ -r "$file" ]; then
      tr -d '\000\n\r\t ' <"$file"
      return
    fi
  done
}

# Read as the kubelet does: cadvisor's `machine.go` and `sysfs.go` (GetSystemUUID).
probe_identity() {
  if [ "$(id -u)" = 0 ]; then emit root 1; else emit root 0; fi
  emit machineID "$(first_readable /etc/machine-id /var/lib/dbus/machine-id)"
  emit systemUUID "$(first_readable /sys/class/dmi/id/product_uuid /proc/device-tree/system-id /proc/device-tree/vm,uuid /etc/machine-id)"
  emit bootID "$(first_readable /proc/sys/kernel/random/boot_id)"
  emit hostName "$(first_readable /proc/sys/kernel/hostname)"
  list_addresses | while IFS= read -r address; do emit address "$address"; done
}

list_addresses() {
  if have ip; then
    bounded 10 ip -o addr show | awk '{ sub(/\/.*/, "", $4); print $4 }'
  else
    awk '/\|-- / { address = $2 } /\/32 host LOCAL/ && !seen[address]++ { print address }' /proc/net/fib_trie 2>/dev/null
    awk '{ gsub(/..../, "&:", $1); sub(/:$/, "", $1); print $1 }' /proc/net/if_inet6 2>/dev/null
  fi | grep -v -x -e '127\..*' -e '::1' -e '0000:0000:0000:0000:0000:0000:0000:0001'
}

probe_kubelet_identity() {
  config=$KUBELET_KUBECONFIG
  [ -f "$config" ] || return 0
  {
    kubelet_certificate_bodies "$config"
    if [ -f "$KUBELET_CERTIFICATES/kubelet-client-current.pem" ]; then pem_bodies <"$KUBELET_CERTIFICATES/kubelet-client-current.pem"; fi
  } | head -n 1 | while IFS= read -r body; do emit certificate "$body"; done
  kubeconfig_ca_bodies "$config" | while IFS= read -r body; do emit ca "$body"; done
}

probe_marker() {
  [ -n "$OPERATION" ] || return 0
  for field in operationId nodeName nodeUid machineID caHashes; do
    emit "marker.$field" "$(sed -n "s/^$field$TAB//p" "$OPERATION/marker" | head -n 1)"
  done
}

probe_control_plane() {
  for part in kube-apiserver kube-controller-manager kube-scheduler etcd; do
    for file in /etc/kubernetes/manifests/$part.yaml /etc/kubernetes/manifests/$part.yml /etc/kubernetes/manifests/$part.json \
      /var/lib/rancher/rke2/agent/pod-manifests/$part.yaml; do
      if [ -e "$file" ]; then emit sign "$file exists"; fi
    done
  done
  for file in /etc/kubernetes/controller-manager.conf /etc/kubernetes/scheduler.conf /etc/kubernetes/pki/ca.key \
    /etc/kubernetes/pki/sa.key /etc/kubernetes/pki/apiserver.key /etc/kubernetes/pki/etcd/server.key \
    /var/lib/etcd/member /var/lib/rancher/k3s/server/db /var/lib/rancher/rke2/server/db; do
    if [ -e "$file" ]; then emit sign "$file exists"; fi
  done
  for unit in $CONTROL_PLANE_UNITS; do
    if is_unit_active "$unit"; then emit sign "$unit is active"; fi
  done
  # The kernel cuts names at 15 characters. A process inside a pod belongs to a workload.
  grep -lx -s -e etcd -e kube-apiserver /proc/[0-9]*/comm | while IFS=/ read -r _ _ pid _; do
    if is_own_process "$pid"; then emit sign "process $pid is $(head -n 1 "/proc/$pid/comm")"; fi
  done
}
