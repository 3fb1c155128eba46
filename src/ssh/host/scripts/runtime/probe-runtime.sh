# What the probe reports of the kubelet's runtime, its containers and processes, and of the runtimes and containers that stay.
# Needs of lib/base.sh: emit, have
# Needs of lib/processes.sh: list_programs
# Needs of lib/units.sh: unit_of_process
# Needs of read/cluster.sh: is_line_of
# Needs of runtime/containers.sh: find_runtime_tool, is_runtime_running, list_kubernetes
# Needs of runtime/pod-cgroups.sh: list_busy_pod_cgroups, list_other_pod_tops, name_cgroup
# Needs of runtime/runtime-users.sh: describe_runtime_users, is_shared_unit, list_runtime_users
# Needs of runtime/runtimes.sh: RUNTIME_ADDRESS, RUNTIME_ENDPOINT, RUNTIME_KIND, RUNTIME_NAMESPACE, RUNTIME_PID, RUNTIME_ROOT
# Needs of runtime/runtimes.sh: RUNTIME_STATE, RUNTIME_UNIT, RUNTIME_UNITS, count_lines, report_unknown_runtime
# Needs of runtime/shims.sh: judge_shims, list_kubernetes_shims

# Asks once, after `load_runtime`: each call of a runtime's tool takes its time. `unknown` when it cannot be listed.
load_containers() {
  if is_runtime_running; then RUNTIME_TOOL=$(find_runtime_tool) || RUNTIME_TOOL=none; fi
  SANDBOXES=$(list_kubernetes sandbox) || SANDBOXES=unknown
  CONTAINERS=$(list_kubernetes container) || CONTAINERS=unknown
  USERS=$(list_runtime_users) || USERS=unknown
}

# probe_runtime KUBELET-UNIT...: `load_runtime` and `load_containers` ran before.
probe_runtime() {
  report_unknown_runtime
  probe_pod_processes
  if [ -n "$RUNTIME_KIND" ]; then
    owner=-
    for unit in "$@"; do if [ "$unit" = "$RUNTIME_UNIT" ]; then owner=agent; fi; done
    answers=0
    tool=
    if is_runtime_running && tool=$(find_runtime_tool); then answers=1; fi
    emit runtime "$RUNTIME_KIND" "${tool:-$(name_present_tool)}" "$answers" "$owner" "$RUNTIME_ENDPOINT" "$RUNTIME_ROOT" "$RUNTIME_STATE" "$RUNTIME_NAMESPACE"
    if [ "$USERS" != unknown ]; then
      emit runtimeUsers known
      printf '%s\n' "$USERS" | while IFS= read -r user; do if [ -n "$user" ]; then emit runtimeUser "$user"; fi; done
    elif [ "$answers" = 1 ]; then
      emit unknown "what else uses $RUNTIME_UNIT: $(say_missing_users)" "ctr --address $RUNTIME_ADDRESS namespaces ls"
    fi
    for unit in $RUNTIME_UNITS; do
      if is_shared_unit "$unit"; then emit runtimeUnit "$unit" shared; else emit runtimeUnit "$unit" own; fi
    done
  fi
  [ "$(id -u)" = 0 ] || return 0
  emit_count sandbox "$SANDBOXES"
  emit_count container "$CONTAINERS"
}

# emit_count KIND IDS
emit_count() {
  if [ "$2" != unknown ]; then emit "$1" "$(printf '%s\n' "$2" | count_lines)"; fi
}

say_missing_users() {
  case $RUNTIME_KIND in
  containerd) if have ctr; then echo 'ctr does not list it'; else echo 'it has no ctr'; fi ;;
  *) echo 'it does not list it' ;;
  esac
}

name_present_tool() {
  case $RUNTIME_KIND in
  docker) tools=docker ;;
  crio) tools=crictl ;;
  *) tools='crictl ctr' ;;
  esac
  for tool in $tools; do
    if have "$tool"; then printf '%s\n' "$tool" && return; fi
  done
  echo -
}

# Processes of this node's pods that still run.
probe_pod_processes() {
  list_kubernetes_shims | while IFS= read -r pid; do emit shim "$pid"; done
  list_busy_pod_cgroups own | while IFS= read -r cgroup; do emit cgroup "$cgroup"; done
}

# What the stages touch and what stays.
preview_runtime() {
  if [ -n "$RUNTIME_KIND" ]; then
    emit touch runtime "$RUNTIME_ENDPOINT" "$RUNTIME_KIND (root $RUNTIME_ROOT, state $RUNTIME_STATE): the pods of this node are removed"
    preview_runtime_units
    preview_containers sandbox "$SANDBOXES"
    preview_containers container "$CONTAINERS"
  fi
  preview_shims
  list_busy_pod_cgroups own | while IFS= read -r cgroup; do emit touch process "$cgroup" 'processes of a pod of this node, ended'; done
  list_busy_pod_cgroups other | while IFS= read -r cgroup; do emit stay process "$cgroup" 'its pod is none of this node'; done
  list_other_pod_tops | while IFS= read -r top; do emit stay process "$(name_cgroup "$top")" "pods of another kubelet"; done
  list_other_runtimes
}

# preview_containers KIND IDS
preview_containers() {
  if [ "$2" = unknown ]; then return; fi
  for id in $2; do emit touch container "$id" "$1 of a pod of this node, removed"; done
}

preview_runtime_units() {
  users=$(describe_runtime_users "$USERS") || users='users that are unknown'
  for unit in $RUNTIME_UNITS; do
    if [ -n "$users" ] && is_shared_unit "$unit"; then
      emit stay unit "$unit" "in use by $users"
    else
      emit touch unit "$unit" 'stopped and disabled'
    fi
  done
}

preview_shims() {
  judge_shims | while read -r verdict pid namespace id address; do
    case $verdict in
    ours) emit touch process "$pid" "shim of container $namespace/$id, ended if it outlives the container" ;;
    other) emit stay process "$pid" "shim of container $namespace/$id of $address, which is none of this node's pods" ;;
    unknown) emit unseen "shim $pid of container $namespace/$id" 'its directory has no description that shows whether the container is one of a pod of this node; it is left running' ;;
    esac
  done
}

# Runtimes that the kubelet does not use.
list_other_runtimes() {
  list_programs 'containerd|dockerd|crio|cri-dockerd|buildkitd|podman' | while read -r pid program; do
    unit=$(unit_of_process "$pid")
    if [ "$pid" = "$RUNTIME_PID" ] || is_line_of "$unit" "$RUNTIME_UNITS"; then continue; fi
    emit stay runtime "${unit:-process $pid}" "$program, which the kubelet does not use"
  done | sort -u
  # Podman's containers have no daemon.
  count=$(list_programs conmon | count_lines)
  if [ "$count" -gt 0 ] && [ "$RUNTIME_KIND" != crio ]; then emit stay container 'containers of podman' "$count, which the kubelet does not use"; fi
}
