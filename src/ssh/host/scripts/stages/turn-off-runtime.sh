# Ends what remains of this node's pods and stops the kubelet's runtime, if nothing else uses it. No other runtime is touched.
# Needs of lib/report.sh: first_of, is_on_list, item, mark_touched, refuse_unlisted
# Needs of lib/units.sh: is_known_unit
# Needs of runtime/pod-cgroups.sh: list_pod_processes
# Needs of runtime/runtime-users.sh: describe_runtime_users, is_shared_unit, list_runtime_users
# Needs of runtime/runtimes.sh: RUNTIME_UNITS, count_lines
# Needs of runtime/shims.sh: judge_shims
# Needs of stages/stop-units.sh: disable_unit, list_enabled_dependents, mask_unit, stop_unit
# Needs of its caller: OPERATION

end_shims() {
  judged=$(judge_shims)
  end_listed "shims of Kubernetes' containers" "$(printf '%s\n' "$judged" | awk '$1 == "ours" { print $2 }')"
  printf '%s\n' "$judged" | while read -r verdict pid namespace id _; do
    if [ "$verdict" = unknown ]; then
      item NothingToDo "shim $pid of container $namespace/$id" 'left running: unknown whether its container is one of a pod of this node'
    fi
  done
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

turn_off_runtime() {
  users=$(list_runtime_users) || users=unknown
  if users=$(describe_runtime_users "$users"); then
    if [ -z "$users" ]; then true >"$OPERATION/runtime-is-unused"; fi
  else
    users='other users, which could not be read'
  fi
  for unit in $RUNTIME_UNITS; do
    is_known_unit "$unit" || continue
    if [ -n "$users" ] && is_shared_unit "$unit"; then
      item NothingToDo "$unit stopped" "left unchanged: in use by $users"
    else
      turn_off_unit "$unit"
    fi
  done
}

turn_off_unit() {
  if ! is_on_list unit "$1"; then
    refuse_unlisted "$1 stopped"
    return
  fi
  stop_unit "$1" 60
  disable_unit "$1"
  if [ -n "$(list_enabled_dependents "$1")" ]; then mask_unit "$1"; fi
}
