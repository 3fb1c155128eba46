# Stage cleanHost: removes everything of the cluster: supervisor, containers, shims, runtimes, mounts, credentials, state, in this order.
# Needs of lib/report.sh: first_of, item
# Needs of lib/trees.sh: looks_like_kubelet_directory, remove_contents, unmount_below
# Needs of read/kubelet.sh: list_kubelet_directories, list_unsafe_kubelet_directories, load_cluster
# Needs of stages/keep-facts.sh: fail_to_keep_facts, keep_kubelet_facts
# Needs of stages/keep-runtime.sh: keep_runtime_facts
# Needs of stages/remove-credentials.sh: remove_credentials
# Needs of stages/remove-pods.sh: remove_pods
# Needs of stages/stop-units.sh: turn_off_kubelet
# Needs of stages/turn-off-runtime.sh: end_pod_processes, end_shims, turn_off_runtime

clean_host() {
  if ! keep_kubelet_facts || ! keep_runtime_facts; then
    fail_to_keep_facts
    return
  fi
  load_cluster
  KUBELET_DIRECTORIES=$(list_kubelet_directories)
  unsafe=$(list_unsafe_kubelet_directories)
  if [ -n "$unsafe" ]; then
    item Failed "contents of the kubelet's directory" "$(printf '%s\n' "$unsafe" | first_of 3) may contain unrelated files: empty it manually"
  fi
  if ! turn_off_kubelet; then
    item Failed 'remaining steps' 'not tried: a running kubelet would recreate what they remove'
    return
  fi
  remove_pods
  end_shims
  end_pod_processes
  turn_off_runtime
  for directory in $KUBELET_DIRECTORIES; do unmount_below "$directory"; done
  remove_credentials
  for directory in $KUBELET_DIRECTORIES; do
    if looks_like_kubelet_directory "$directory"; then
      remove_contents "$directory"
    else
      item Failed "contents of $directory" 'it contains no kubelet files: inspect it manually'
    fi
  done
}
