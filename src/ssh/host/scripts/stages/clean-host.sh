# Stage cleanHost: removes everything of the cluster: supervisor, containers, shims, runtimes, mounts, credentials, state, in this order.
# Needs of lib/report.sh: item
# Needs of lib/trees.sh: looks_like_kubelet_directory, remove_contents, unmount_below
# Needs of read/cluster.sh: load_cluster
# Needs of read/kubelet.sh: KUBELET_ROOT
# Needs of stages/keep-facts.sh: has_bound_facts, keep_cluster
# Needs of stages/remove-credentials.sh: remove_credentials
# Needs of stages/remove-pods.sh: remove_pods
# Needs of stages/stop-units.sh: turn_off_kubelet
# Needs of stages/turn-off-runtime.sh: end_pod_processes, end_shims, turn_off_runtime

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
  turn_off_runtime
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
