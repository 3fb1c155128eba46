# Processes, found by their entries in /proc. A search by name would also find the shell that runs this script.
# Needs of lib/base.sh: is_running
# Needs of read/runtimes.sh: is_kubernetes_docker_id

# Arguments of a process, one per line.
arguments_of() {
  { tr '\000' '\n' <"/proc/$1/cmdline"; } 2>/dev/null
}

# Shims as lines "pid namespace container". Those of a cluster inside a container (kind) are in another PID namespace and are not listed.
list_shims() {
  own_namespace=$(readlink /proc/self/ns/pid)
  grep -ls containerd-shim /proc/[0-9]*/cmdline 2>/dev/null | while IFS=/ read -r _ _ pid _; do
    [ "$(readlink "/proc/$pid/ns/pid" 2>/dev/null)" = "$own_namespace" ] || continue
    arguments_of "$pid" | awk -v pid="$pid" '
      NR == 1 { count = split($0, part, "/"); if (part[count] !~ /^containerd-shim/) exit }
      last ~ /^--?namespace$/ { namespace = $0 }
      last ~ /^--?id$/ { id = $0 }
      { last = $0 }
      END { if (namespace != "") print pid, namespace, id }'
  done
}

# PIDs of the shims of Kubernetes' containers.
list_kubernetes_shims() {
  list_shims | while read -r pid namespace id; do
    if is_kubernetes_container "$namespace" "$id"; then printf '%s\n' "$pid"; fi
  done
}

# By containerd's namespace and the container's id. Users may run their own containers in `k8s.io`: those lack the CRI's annotations. A
# container without a description is a leftover.
is_kubernetes_container() {
  case $1 in
  k8s.io)
    for bundle in "/run/containerd/io.containerd.runtime.v2.task/k8s.io/$2" "/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/$2"; do
      if [ -f "$bundle/config.json" ] && ! grep -q 'io\.kubernetes\.cri\.' "$bundle/config.json"; then return 1; fi
    done
    ;;
  moby) is_kubernetes_docker_id "$2" ;;
  *) return 1 ;;
  esac
}

# Pods' cgroups of this host's own kubelet: at the top, or below its cgroupRoot. Those of a cluster inside a container are elsewhere.
list_pod_cgroups() {
  for top in /sys/fs/cgroup /sys/fs/cgroup/*; do
    for pods in "$top/kubepods" "$top/kubepods.slice" "$top/kubelet/kubepods" "$top/kubelet.slice/kubelet-kubepods.slice"; do
      if [ -d "$pods" ] && [ ! -L "$top" ]; then find "$pods" -type d; fi
    done
  done
}

list_busy_pod_cgroups() {
  list_pod_cgroups | while IFS= read -r cgroup; do
    if { read -r _ <"$cgroup/cgroup.procs"; } 2>/dev/null; then
      case $cgroup in
      /sys/fs/cgroup/kube*) printf '%s\n' "${cgroup#/sys/fs/cgroup}" ;;
      *) printf '/%s\n' "${cgroup#/sys/fs/cgroup/*/}" ;;
      esac
    fi
  done | sort -u
}

# PIDs in pods' cgroups; 0 is a process of another PID namespace.
list_pod_processes() {
  list_pod_cgroups | while IFS= read -r cgroup; do
    cat "$cgroup/cgroup.procs" 2>/dev/null
  done | sort -n -u | awk '$1 > 1'
}

# end_processes PID...: SIGTERM, ten seconds, SIGKILL, ten seconds. Prints the PIDs of processes that still run. A PID that was reused by
# another process is left alone.
end_processes() (
  watched=
  for pid in "$@"; do
    if [ "$pid" -gt 1 ] && is_running "$pid"; then
      watched="$watched $pid:$process_start"
      kill -TERM "$pid" 2>/dev/null
    fi
  done
  await_ends
  for entry in $watched; do
    kill -KILL "${entry%:*}" 2>/dev/null
  done
  await_ends
  for entry in $watched; do
    printf '%s\n' "${entry%:*}"
  done
)

await_ends() {
  tries=100
  while :; do
    left=
    for entry in $watched; do
      if is_running "${entry%:*}" && [ "$process_start" = "${entry#*:}" ]; then left="$left $entry"; fi
    done
    watched=$left
    if [ -z "$watched" ] || [ "$tries" = 0 ]; then return; fi
    tries=$((tries - 1))
    sleep 0.1
  done
}
