# Removes Kubernetes' containers and their sandboxes from the runtimes, and no others.
# Pods with their own network first, so that CNI can release their addresses while its own agents (hostNetwork) still run.
# Needs of lib/base.sh: bounded, have
# Needs of lib/mounts.sh: decode_path, mounts_below
# Needs of lib/report.sh: count_text, first_of, item, mark_touched, note
# Needs of lib/units.sh: is_unit_active, unit_state
# Needs of read/cluster.sh: is_line_of
# Needs of read/runtimes.sh: CRIO_SOCKET, CRI_DOCKERD_SOCKET, containerd_root, count_lines, crictl_at, ctr_at, docker_here
# Needs of read/runtimes.sh: find_containerd_tool, has_containerd, has_crio, has_docker, is_listened_on, list_containerd
# Needs of read/runtimes.sh: list_containerd_records, list_containerd_sockets, list_crio, list_docker, only_docker
# Needs of its caller: OPERATION

PODS_AT_ONCE=8

# Of all runtimes.
remove_pods() {
  if has_containerd; then remove_containerd_pods; fi
  if has_crio; then remove_crio_pods; fi
  if has_docker; then remove_docker_pods; fi
  if ! has_containerd && ! has_crio && ! has_docker; then
    item NothingToDo 'pod sandboxes' 'no container runtime found'
  fi
}

remove_containerd_pods() {
  wake_containerd
  asked=
  for socket in $(list_containerd_sockets); do
    if ! tool=$(find_containerd_tool "$socket"); then
      if is_listened_on "$socket"; then item Failed "pod sandboxes of $socket" 'it runs but responds to neither crictl nor ctr'; fi
      continue
    fi
    asked=yes
    case $tool in
    crictl) remove_pods_by_crictl containerd "$socket" ;;
    ctr) remove_pods_by_ctr "$socket" ;;
    esac
  done
  [ -z "$asked" ] || return 0
  records=$(list_containerd_records sandbox | count_lines)
  if is_unit_active containerd.service; then
    item Failed 'pod sandboxes of containerd' 'it runs but responds to neither crictl nor ctr'
  elif [ "$records" -gt 0 ]; then
    item Failed 'pod sandboxes of containerd' "it is stopped and has $(count_text "$records" record) of them: start it so that they can be removed"
  else
    item NothingToDo 'pod sandboxes of containerd' 'it is stopped and has no record of any'
  fi
}

# Only a running containerd releases networks. A stopped one with records of sandboxes is started; it starts no containers.
wake_containerd() {
  case $(unit_state containerd.service) in
  loaded\ inactive\ * | loaded\ failed\ *)
    if [ "$(list_containerd_records sandbox | count_lines)" -gt 0 ]; then
      mark_touched 'containerd started' || return
      note 'starting containerd to remove its sandboxes'
      bounded 60 systemctl start containerd.service
    fi
    ;;
  esac
}

remove_crio_pods() {
  if is_unit_active crio.service; then
    if have crictl && crictl_at "$CRIO_SOCKET" version >/dev/null; then
      remove_pods_by_crictl crio "$CRIO_SOCKET"
    else
      item Failed 'pod sandboxes of crio' 'it runs but does not respond to crictl, or crictl is not available'
    fi
  elif [ "$(list_crio sandbox | count_lines)" -gt 0 ]; then
    item Failed 'pod sandboxes of crio' 'it is stopped and has records of some: start it so that they can be removed'
  else
    item NothingToDo 'pod sandboxes of crio' 'it is stopped and has no record of any'
  fi
}

# --- with crictl

# remove_pods_by_crictl RUNTIME SOCKET
remove_pods_by_crictl() {
  socket=$2
  name="pod sandboxes of $1"
  if ! pods=$(list_containerd "$socket" crictl sandbox); then
    item Failed "$name" 'crictl cannot list them'
    return
  fi
  before=$(printf '%s\n' "$pods" | count_lines)
  if [ -z "$pods" ]; then
    item NothingToDo "$name"
    return
  fi
  mark_touched "$name" || return
  for _ in 1 2 3; do
    pods=$(list_containerd "$socket" crictl sandbox) || break
    [ -n "$pods" ] || break
    own='' host=''
    for pod in $pods; do
      if is_host_network "$socket" "$pod"; then host="$host $pod"; else own="$own $pod"; fi
    done
    # shellcheck disable=SC2086 # ids
    remove_by_crictl "$socket" $own
    # shellcheck disable=SC2086
    remove_by_crictl "$socket" $host
  done
  message="$before removed with crictl"
  if [ -n "$pods" ] && [ "$1" = containerd ] && have ctr; then
    message="$(count_text "$(printf '%s\n' "$pods" | count_lines)" sandbox) of $before removed with ctr because crictl failed; network rules may remain until a reboot"
    remove_by_ctr "$socket"
    pods=$(list_containerd "$socket" ctr sandbox)
  elif ! pods=$(list_containerd "$socket" crictl sandbox); then
    item Failed "$name" 'crictl can no longer list them'
    return
  fi
  if [ -n "$pods" ]; then
    item Failed "$name" "not removed: $(printf '%s\n' "$pods" | first_of 5)"
  else
    item Done "$name" "$message"
  fi
}

# By the CRI's status, else by the container's description, which exists while the sandbox runs.
is_host_network() {
  if crictl_at "$1" inspectp "$2" | grep -q '"network":[[:space:]]*"NODE"'; then return 0; fi
  for spec in /run/containerd/io.containerd.runtime.v2.task/k8s.io/"$2"/config.json /run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/"$2"/config.json; do
    if [ -f "$spec" ] && ! grep -q '"type":[[:space:]]*"network"' "$spec"; then return 0; fi
  done
  return 1
}

# remove_by_crictl SOCKET POD...: several at a time.
remove_by_crictl() {
  remove_socket=$1
  shift
  while [ $# -gt 0 ]; do
    waiting=0
    while [ $# -gt 0 ] && [ "$waiting" -lt "$PODS_AT_ONCE" ]; do
      remove_pod_by_crictl "$remove_socket" "$1" &
      waiting=$((waiting + 1))
      shift
    done
    wait
  done
}

# Its containers have ten seconds to stop.
remove_pod_by_crictl() {
  note "removing sandbox $2"
  containers=$(crictl_at "$1" ps -q --pod "$2")
  if [ -n "$containers" ]; then
    # shellcheck disable=SC2086 # ids
    crictl_at "$1" stop --timeout 10 $containers
  fi
  crictl_at "$1" stopp "$2"
  crictl_at "$1" rmp "$2" || crictl_at "$1" rmp -f "$2"
}

# --- with ctr: without the CRI, CNI is not called, so its leftovers of exactly these sandboxes are removed here

remove_pods_by_ctr() {
  name='pod sandboxes of containerd'
  if ! pods=$(list_containerd "$1" ctr sandbox) || ! containers=$(list_containerd "$1" ctr container); then
    item Failed "$name" 'ctr cannot list them'
    return
  fi
  if [ -z "$pods$containers" ]; then
    item NothingToDo "$name"
    return
  fi
  mark_touched "$name" || return
  before=$(printf '%s\n' "$pods" | count_lines)
  remove_by_ctr "$1"
  if ! pods=$(list_containerd "$1" ctr sandbox) || ! containers=$(list_containerd "$1" ctr container); then
    item Failed "$name" 'ctr can no longer list them'
  elif [ -n "$pods$containers" ]; then
    item Failed "$name" "not removed: $(printf '%s\n%s\n' "$pods" "$containers" | first_of 5)"
  else
    item Done "$name" "$before removed with ctr because crictl is not available; network rules may remain until a reboot"
  fi
}

# remove_by_ctr SOCKET: containers first, then their sandboxes.
remove_by_ctr() {
  for wanted in container sandbox; do
    ids=$(list_containerd "$1" ctr "$wanted") || continue
    for id in $ids; do
      ctr_at "$1" k8s.io tasks kill --signal SIGTERM "$id" >/dev/null
    done
    await_ctr_tasks "$1" "$ids"
    for id in $ids; do
      note "removing $wanted $id"
      namespaces=$(ctr_at "$1" k8s.io containers info "$id" | sed -n 's/.*"\(\/[a-z/]*netns\/cni-[A-Za-z0-9-]*\)".*/\1/p')
      ctr_at "$1" k8s.io tasks kill --all --signal SIGKILL "$id" >/dev/null
      ctr_at "$1" k8s.io tasks delete --force "$id" >/dev/null
      if ctr_at "$1" k8s.io containers delete "$id" >/dev/null; then clean_after_ctr "$id" "$wanted" "$namespaces"; fi
    done
  done
}

# await_ctr_tasks SOCKET IDS: at most ten seconds.
await_ctr_tasks() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    running=$(ctr_at "$1" k8s.io tasks ls | awk '$3 == "RUNNING" { print $1 }')
    alive=
    for id in $2; do
      if is_line_of "$id" "$running"; then alive=yes; fi
    done
    [ -n "$alive" ] || return 0
    sleep 1
  done
}

# clean_after_ctr ID KIND NETWORK-NAMESPACES: removes what `ctr` leaves of one container. Every path contains the id.
clean_after_ctr() {
  case $1 in '' | *[!0-9a-f]*) return ;; esac
  for namespace in $3; do
    bounded 10 umount -c -- "/run/netns/${namespace##*/}"
    rm -f -- "/run/netns/${namespace##*/}"
  done
  for lease in /var/lib/cni/networks/*/*; do
    if [ -f "$lease" ] && head -n 1 "$lease" | tr -d '\r' | grep -qx -e "$1"; then rm -f -- "$lease"; fi
  done
  for result in /var/lib/cni/results/*-"$1"-* /var/lib/cni/cache/results/*-"$1"-*; do
    if [ -f "$result" ]; then rm -f -- "$result"; fi
  done
  case $2 in sandbox) folder=sandboxes ;; *) folder=containers ;; esac
  for record in "$(containerd_root)/io.containerd.grpc.v1.cri/$folder/$1" "/run/containerd/io.containerd.grpc.v1.cri/$folder/$1"; do
    if [ ! -d "$record" ] || [ -L "$record" ]; then continue; fi
    # Without symbolic links, as the mount table writes it, which escapes spaces.
    record=$(readlink -f -- "$record")
    case $record in */"$1") ;; *) continue ;; esac
    case $record in *[!A-Za-z0-9/_.-]*) continue ;; esac
    for mount in $(mounts_below "$record"); do
      decode_path "$mount"
      bounded 10 umount -c -- "$decoded_path"
    done
    if [ -z "$(mounts_below "$record")" ]; then rm -rf -- "$record"; fi
  done
}

# --- docker

remove_docker_pods() {
  name="Kubernetes' containers of docker"
  if is_unit_active cri-docker.service && have crictl && crictl_at "$CRI_DOCKERD_SOCKET" version >/dev/null; then
    remove_pods_by_crictl cri-dockerd "$CRI_DOCKERD_SOCKET"
  fi
  if ! all=$(list_docker); then
    item Failed "$name" 'docker runs but does not respond'
    return
  fi
  containers=$(printf '%s\n' "$all" | only_docker container)
  pods=$(printf '%s\n' "$all" | only_docker sandbox)
  if [ -z "$containers$pods" ]; then
    item NothingToDo "$name"
    return
  fi
  if ! is_unit_active docker.service; then
    item Failed "$name" 'docker is stopped and has records of some: start it so that they can be removed'
    return
  fi
  mark_touched "$name" || return
  # Stored to identify their shims later: docker does not keep the names.
  printf '%s\n' "$containers" "$pods" | grep . >>"$OPERATION/docker-ids"
  own='' host=''
  for pod in $pods; do
    if [ "$(docker_here inspect -f '{{.HostConfig.NetworkMode}}' "$pod")" = host ]; then host="$host $pod"; else own="$own $pod"; fi
  done
  # shellcheck disable=SC2086 # ids
  remove_docker_containers $containers
  # shellcheck disable=SC2086
  remove_docker_containers $own
  # shellcheck disable=SC2086
  remove_docker_containers $host
  if ! all=$(list_docker); then
    item Failed "$name" 'docker no longer responds'
    return
  fi
  left=$(printf '%s\n' "$all" | only_docker container && printf '%s\n' "$all" | only_docker sandbox)
  if [ -n "$left" ]; then
    item Failed "$name" "not removed: $(printf '%s\n' "$left" | first_of 5)"
  else
    item Done "$name" "$(printf '%s\n' "$containers" "$pods" | count_lines) removed"
  fi
}

# All of them together have ten seconds to stop. Their anonymous volumes are removed too.
remove_docker_containers() {
  [ $# -gt 0 ] || return 0
  note "removing docker containers $*"
  docker_here stop -t 10 "$@" >/dev/null
  for id in "$@"; do docker_here rm -f -v "$id" >/dev/null; done
}
