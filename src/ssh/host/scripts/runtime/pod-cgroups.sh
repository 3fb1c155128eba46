# Control groups of this node's pods, by the pods' UIDs. Those of another kubelet, below this one's or elsewhere, are left.
# Needs of lib/base.sh: bounded
# Needs of read/cluster.sh: is_line_of
# Needs of read/kubelet.sh: KUBELET_CGROUP_ROOT, KUBELET_ROOT, KUBELET_ROOT_HANGS
# Needs of runtime/containers.sh: list_docker
# Needs of runtime/runtimes.sh: RUNTIME_KIND, RUNTIME_NAMESPACE, RUNTIME_STATE
# Needs of its caller: OPERATION

# UIDs of this node's pods, those of an earlier stage included: from the kubelet's folders, the sandboxes' descriptions, docker's names.
list_pod_uids() {
  {
    if [ -n "$OPERATION" ]; then cat "$OPERATION/pod-uids" 2>/dev/null; fi
    if [ -n "$KUBELET_ROOT" ] && [ -z "$KUBELET_ROOT_HANGS" ]; then
      for folder in "$KUBELET_ROOT"/pods/*; do printf '%s\n' "${folder##*/}"; done
    fi
    case $RUNTIME_KIND in
    containerd)
      if [ -n "$RUNTIME_STATE" ]; then
        grep -hos '"io\.kubernetes\.cri\.sandbox-uid":[[:space:]]*"[^"]*"' "$RUNTIME_STATE"/*/"$RUNTIME_NAMESPACE"/*/config.json |
          sed 's/.*"\([^"]*\)"$/\1/'
      fi
      ;;
    docker) list_docker | sed -n 's/^[^ ]* k8s_[^_]*_[^_]*_[^_]*_\([^_]*\)_.*/\1/p' ;;
    esac
  } | grep -x -e '[0-9a-fA-F-]\{16,\}' | sort -u
}

# The top groups of the kubelet's pods below each hierarchy, as the drivers cgroupfs and systemd name them: below /a/b-c they are
# /a/b-c/kubepods and /a.slice/a-b_c.slice/a-b_c-kubepods.slice.
name_pod_tops() {
  printf '%s\n' "${KUBELET_CGROUP_ROOT:-/}" | awk '{
    sub(/\/+$/, "")
    print $0 "/kubepods"
    count = split($0, part, "/")
    for (field = 2; field <= count; field++) {
      gsub(/-/, "_", part[field])
      name = name part[field]
      path = path "/" name ".slice"
      name = name "-"
    }
    print path "/" name "kubepods.slice"
  }'
}

list_pod_tops() {
  pod_tops=$(name_pod_tops)
  for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
    # Of cgroup v2, most entries are files.
    if [ -L "$hierarchy" ] || [ ! -d "$hierarchy" ]; then continue; fi
    while IFS= read -r top; do
      if [ -d "$hierarchy$top" ]; then printf '%s\n' "$hierarchy$top"; fi
    done <<TOPS
$pod_tops
TOPS
  done
}

# Top groups of other kubelets' pods, e.g. of a cluster inside a container.
list_other_pod_tops() {
  own=$(list_pod_tops)
  bounded 10 find /sys/fs/cgroup -maxdepth 7 -type d '(' -name kubepods -o -name kubepods.slice -o -name '*-kubepods.slice' ')' 2>/dev/null |
    while IFS= read -r top; do
      if ! is_line_of "$top" "$own"; then printf '%s\n' "$top"; fi
    done
}

# Pods' groups below these tops, as lines "uid directory".
list_groups_of_pods() {
  list_pod_tops | while IFS= read -r top; do find "$top" -mindepth 1 -maxdepth 2 -type d; done | awk '{
    count = split($0, part, "/")
    name = part[count]
    if (name ~ /^pod[0-9a-fA-F-]+$/) uid = substr(name, 4)
    else if (name ~ /-pod[0-9a-fA-F_]+\.slice$/) { uid = name; sub(/.*-pod/, "", uid); sub(/\.slice$/, "", uid); gsub(/_/, "-", uid) }
    else next
    print uid, $0
  }'
}

# list_pod_cgroups own|other: directories of these pods' groups, and all below them.
list_pod_cgroups() {
  uids=$(list_pod_uids)
  list_groups_of_pods | while read -r uid directory; do
    owner=other
    if is_line_of "$uid" "$uids"; then owner=own; fi
    if [ "$owner" = "$1" ]; then find "$directory" -type d; fi
  done
}

# list_busy_pod_cgroups own|other: those with processes, as paths below their hierarchy.
list_busy_pod_cgroups() {
  list_pod_cgroups "$1" | while IFS= read -r cgroup; do
    if { read -r _ <"$cgroup/cgroup.procs"; } 2>/dev/null; then name_cgroup "$cgroup"; fi
  done | sort -u
}

# Path of a group below its hierarchy.
name_cgroup() {
  group=${1#/sys/fs/cgroup}
  # Of cgroup v1, the first part is the controller.
  case $group in
  /cpu/* | /cpu,* | /cpuacct/* | /cpuset/* | /memory/* | /pids/* | /blkio/* | /devices/* | /freezer/* | /hugetlb/* | /net_* | /perf_event/* | /rdma/* | /misc/* | /systemd/* | /unified/*)
    group=/${group#/*/}
    ;;
  esac
  printf '%s\n' "$group"
}

# PIDs in this node's pods; 0 is a process of another PID namespace.
list_pod_processes() {
  list_pod_cgroups own | while IFS= read -r cgroup; do
    cat "$cgroup/cgroup.procs" 2>/dev/null
  done | sort -n -u | awk '$1 > 1'
}
