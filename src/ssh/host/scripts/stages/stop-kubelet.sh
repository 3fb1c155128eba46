# Stage stopKubelet: the point of no return. Stops the kubelet permanently, then removes the remaining pods.
# Needs of lib/report.sh: item, note
# Needs of lib/writable.sh: why_no_room, why_not_maskable
# Needs of stages/keep-facts.sh: has_bound_facts, keep_cluster
# Needs of stages/remove-pods.sh: remove_pods
# Needs of stages/stop-units.sh: turn_off_kubelet
# Needs of its caller: KUBELET_UNITS, OPERATION

stop_kubelet() {
  check_writable || return
  note "saving the kubelet's facts"
  if ! has_bound_facts || ! keep_cluster; then return; fi
  if turn_off_kubelet; then
    remove_pods
  else
    item Failed 'pod sandboxes' 'not tried: a running kubelet would recreate them'
  fi
}

# The stage's log has at most 256 KiB.
STAGE_ROOM_KIB=320

# Everything that this stage writes, tested before its first change of the host.
check_writable() {
  no_room=$(why_no_room "$OPERATION" "$STAGE_ROOM_KIB")
  if [ -n "$no_room" ]; then
    item Failed 'files can be written' "$OPERATION cannot be written: $no_room; no other step was tried"
    return 1
  fi
  # shellcheck disable=SC2086 # unit names
  not_maskable=$(why_not_maskable $KUBELET_UNITS)
  if [ -n "$not_maskable" ]; then
    item Failed 'kubelet can be masked' "$not_maskable; no other step was tried"
    return 1
  fi
}
