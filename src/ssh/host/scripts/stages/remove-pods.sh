# Removes this node's pods, containers and sandboxes, from the kubelet's runtime. No other runtime is asked.
# Pods with their own network first, so that CNI can release their addresses while its own agents (hostNetwork) still run.
# Needs of lib/base.sh: bounded, have
# Needs of lib/report.sh: count_text, first_of, is_on_list, item, mark_touched, note, refuse_unlisted
# Needs of lib/units.sh: unit_state
# Needs of runtime/containers.sh: crictl_at, find_runtime_tool, is_runtime_between_states, is_runtime_running, list_by_tool
# Needs of runtime/containers.sh: list_records
# Needs of runtime/runtimes.sh: RUNTIME_ENDPOINT, RUNTIME_KIND, RUNTIME_NAMESPACE, RUNTIME_PID, RUNTIME_STATE, RUNTIME_UNIT
# Needs of runtime/runtimes.sh: count_lines, is_other_runtime
# Needs of stages/record-pods.sh: is_runtime_known, record_pods
# Needs of stages/remove-by-ctr.sh: remove_by_ctr, remove_pods_by_ctr
# Needs of stages/remove-docker-pods.sh: remove_docker_pods
# Needs of its caller: OPERATION

PODS_AT_ONCE=8

remove_pods() {
  if ! is_runtime_known; then
    item Failed 'pod sandboxes' 'unknown: which container runtime the kubelet uses; remove them manually'
    return
  fi
  if is_other_runtime; then
    item Failed 'pod sandboxes' "another process listens on $RUNTIME_ENDPOINT than when preflight looked (process $RUNTIME_PID); it was left unchanged: start again"
    return
  fi
  if ! is_on_list runtime "$RUNTIME_ENDPOINT"; then
    refuse_unlisted 'pod sandboxes'
    return
  fi
  if [ "$RUNTIME_KIND" = containerd ]; then wake_containerd; fi
  if ! record_pods; then
    item Failed 'pod sandboxes' "their ids cannot be written to $OPERATION (is the disk full?)"
    return
  fi
  case $RUNTIME_KIND in
  docker) remove_docker_pods ;;
  *) remove_cri_pods ;;
  esac
}

remove_cri_pods() {
  name="pod sandboxes of $RUNTIME_KIND"
  tool=none
  if is_runtime_running; then tool=$(find_runtime_tool) || tool=; fi
  records=$(list_records sandbox | count_lines)
  case $tool in
  crictl) remove_pods_by_crictl ;;
  ctr) remove_pods_by_ctr ;;
  none)
    if is_runtime_between_states; then
      item Failed "$name" "its unit $RUNTIME_UNIT is active, but no process listens on $RUNTIME_ENDPOINT"
    elif [ "$records" -gt 0 ]; then
      item Failed "$name" "it is stopped and has $(count_text "$records" record) of them: start it so that they can be removed"
    else
      item NothingToDo "$name" 'it is stopped and has no record of any'
    fi
    ;;
  *)
    case $RUNTIME_KIND in
    containerd) item Failed "$name" 'it runs but responds to neither crictl nor ctr' ;;
    *) item Failed "$name" 'it runs but does not respond to crictl, or crictl is not available' ;;
    esac
    ;;
  esac
}

# Only a running containerd releases networks. A stopped one with records of sandboxes is started; it starts no containers.
wake_containerd() {
  case $(unit_state "$RUNTIME_UNIT") in
  loaded\ inactive\ * | loaded\ failed\ *)
    if ! is_runtime_running && [ "$(list_records sandbox | count_lines)" -gt 0 ]; then
      mark_touched "$RUNTIME_UNIT started" || return
      note "starting $RUNTIME_UNIT to remove its sandboxes"
      bounded 60 systemctl start -- "$RUNTIME_UNIT"
      await_runtime
    fi
    ;;
  esac
}

await_runtime() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    if is_runtime_running; then return; fi
    sleep 1
  done
}

remove_pods_by_crictl() {
  if ! pods=$(list_by_tool crictl sandbox); then
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
    pods=$(list_by_tool crictl sandbox) || break
    [ -n "$pods" ] || break
    own=
    host=
    for pod in $pods; do
      if is_host_network "$pod"; then host="$host $pod"; else own="$own $pod"; fi
    done
    # shellcheck disable=SC2086 # ids
    remove_by_crictl $own
    # shellcheck disable=SC2086
    remove_by_crictl $host
  done
  message="$before removed with crictl"
  if [ -n "$pods" ] && [ "$RUNTIME_KIND" = containerd ] && have ctr; then
    message="$(count_text "$(printf '%s\n' "$pods" | count_lines)" sandbox) of $before removed with ctr because crictl failed; network rules may remain until a reboot"
    remove_by_ctr
    pods=$(list_by_tool ctr sandbox)
  elif ! pods=$(list_by_tool crictl sandbox); then
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
  if crictl_at "$RUNTIME_ENDPOINT" inspectp "$1" | grep -q '"network":[[:space:]]*"NODE"'; then return 0; fi
  spec=$RUNTIME_STATE/io.containerd.runtime.v2.task/$RUNTIME_NAMESPACE/$1/config.json
  [ -f "$spec" ] && ! grep -q '"type":[[:space:]]*"network"' "$spec"
}

# remove_by_crictl POD...: several at a time.
remove_by_crictl() {
  while [ $# -gt 0 ]; do
    waiting=0
    while [ $# -gt 0 ] && [ "$waiting" -lt "$PODS_AT_ONCE" ]; do
      remove_pod_by_crictl "$1" &
      waiting=$((waiting + 1))
      shift
    done
    wait
  done
}

# Its containers have ten seconds to stop.
remove_pod_by_crictl() {
  note "removing sandbox $1"
  containers=$(crictl_at "$RUNTIME_ENDPOINT" ps -q --pod "$1")
  if [ -n "$containers" ]; then
    # shellcheck disable=SC2086 # ids
    crictl_at "$RUNTIME_ENDPOINT" stop --timeout 10 $containers
  fi
  crictl_at "$RUNTIME_ENDPOINT" stopp "$1"
  crictl_at "$RUNTIME_ENDPOINT" rmp "$1" || crictl_at "$RUNTIME_ENDPOINT" rmp -f "$1"
}
