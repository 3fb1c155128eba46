# Stage cleanHost: removes everything of the cluster: supervisor, containers, shims, runtimes, mounts, credentials, state, in this order.
# Needs of lib/processes.sh: list_kubernetes_shims, list_pod_processes
# Needs of lib/report.sh: first_of, item, mark_touched
# Needs of lib/trees.sh: looks_like_kubelet_directory, remove_contents, unmount_below
# Needs of lib/units.sh: is_known_unit
# Needs of read/cluster.sh: load_cluster
# Needs of read/kubelet.sh: KUBELET_ROOT
# Needs of read/runtimes.sh: count_lines, list_containerd_foreigners, list_docker, only_docker
# Needs of stages/keep-facts.sh: has_bound_facts, keep_cluster
# Needs of stages/remove-credentials.sh: remove_credentials
# Needs of stages/remove-pods.sh: remove_pods
# Needs of stages/stop-units.sh: disable_unit, list_enabled_dependents, mask_unit, stop_unit, turn_off_kubelet

clean_host() {
  if ! has_bound_facts || ! keep_cluster; then return; fi
  load_cluster
  if ! turn_off_kubelet; then
    item Failed 'remaining steps' 'not tried: a running kubelet would recreate what they remove'
    return
  fi
  remove_pods
  end_shims
  end_pod_processes
  turn_off_runtimes
  unmount_below "$KUBELET_ROOT"
  remove_credentials
  remove_kubelet_directory
}

remove_kubelet_directory() {
  if looks_like_kubelet_directory "$KUBELET_ROOT"; then
    remove_contents "$KUBELET_ROOT"
  else
    item Failed "contents of $KUBELET_ROOT" 'it contains no kubelet files: inspect it manually'
  fi
}

end_shims() {
  end_listed "shims of Kubernetes' containers" "$(list_kubernetes_shims)"
}

end_pod_processes() {
  end_listed "processes in pods' cgroups" "$(list_pod_processes)"
}

# end_listed NAME PIDS
end_listed() {
  if [ -z "$2" ]; then
    item NothingToDo "$1"
    return
  fi
  mark_touched "$1" || return
  # shellcheck disable=SC2086 # numbers
  left=$(end_processes $2)
  if [ -n "$left" ]; then
    item Failed "$1" "still running: $(printf '%s\n' "$left" | first_of 5); they hang in the kernel: restart the host"
  else
    item Done "$1" "$(printf '%s\n' "$2" | count_lines) ended"
  fi
}

# A runtime with containers that Kubernetes does not manage keeps running; docker needs containerd.
turn_off_runtimes() {
  keep_docker=no
  if foreigners=$(list_docker); then
    foreigners=$(printf '%s\n' "$foreigners" | only_docker foreign | count_lines)
    if [ "$foreigners" -gt 0 ]; then keep_docker="containers that Kubernetes does not manage ($foreigners)"; fi
  else
    keep_docker=unknown
  fi
  keep_containerd=no
  if foreigners=$(list_containerd_foreigners); then
    foreigners=$(printf '%s\n' "$foreigners" | count_lines)
    if [ "$foreigners" -gt 0 ]; then keep_containerd="containers that Kubernetes does not manage ($foreigners)"; fi
  else
    keep_containerd=unknown
  fi
  if [ "$keep_containerd" = no ] && [ "$keep_docker" != no ]; then keep_containerd='docker, which is left running'; fi
  for unit in cri-docker.socket cri-docker.service cri-dockerd.socket cri-dockerd.service; do turn_off_unit "$unit" no; done
  for unit in docker.socket docker.service; do turn_off_unit "$unit" "$keep_docker"; done
  turn_off_unit containerd.service "$keep_containerd"
  turn_off_unit crio.service no
}

# turn_off_unit UNIT no|unknown|REASON-TO-KEEP
turn_off_unit() {
  is_known_unit "$1" || return 0
  case $2 in
  no)
    stop_unit "$1" 60
    disable_unit "$1"
    if [ -n "$(list_enabled_dependents "$1")" ]; then mask_unit "$1"; fi
    ;;
  unknown) item Failed "$1 stopped" 'left unchanged: it does not report whether it has containers that Kubernetes does not manage' ;;
  *) item NothingToDo "$1 stopped" "left unchanged: in use by $2" ;;
  esac
}
