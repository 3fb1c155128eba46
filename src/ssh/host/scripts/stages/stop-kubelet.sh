# Stage stopKubelet: the point of no return. Stops the kubelet permanently, then removes the remaining pods.

stop_kubelet() {
  note "saving the kubelet's facts"
  if ! keep_kubelet_facts; then
    fail_to_keep_facts
  elif turn_off_kubelet; then
    remove_pods
  else
    item Failed 'pod sandboxes' 'not tried: a running kubelet would recreate them'
  fi
}
