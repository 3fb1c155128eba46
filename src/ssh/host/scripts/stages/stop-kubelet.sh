# Stage stopKubelet: the point of no return. Stops the kubelet permanently, then removes the remaining pods.
# Needs of lib/report.sh: item, note
# Needs of stages/keep-facts.sh: has_bound_facts, keep_cluster
# Needs of stages/remove-pods.sh: remove_pods
# Needs of stages/stop-units.sh: turn_off_kubelet

stop_kubelet() {
  note "saving the kubelet's facts"
  if ! has_bound_facts || ! keep_cluster; then return; fi
  if turn_off_kubelet; then
    remove_pods
  else
    item Failed 'pod sandboxes' 'not tried: a running kubelet would recreate them'
  fi
}
