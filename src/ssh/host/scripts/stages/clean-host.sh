# Stage cleanHost: removes everything of the cluster: supervisor, containers, shims, runtimes, mounts, credentials, state, in this order.
# Needs of lib/report.sh: item
# Needs of read/cluster.sh: load_cluster
# Needs of stages/keep-facts.sh: has_bound_facts, keep_cluster
# Needs of stages/remove-files.sh: remove_files_of_kubelet
# Needs of stages/remove-pods.sh: remove_pods
# Needs of stages/stop-units.sh: turn_off_kubelet
# Needs of stages/turn-off-proxy.sh: turn_off_kube_proxy
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
  turn_off_kube_proxy
  turn_off_runtime
  remove_files_of_kubelet
}
