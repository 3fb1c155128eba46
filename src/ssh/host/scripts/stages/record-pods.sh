# Saves in the operation's folder what the later steps need of the pods, before these are removed.
# Needs of runtime/containers.sh: list_kubernetes
# Needs of runtime/pod-cgroups.sh: list_pod_uids
# Needs of runtime/runtimes.sh: RUNTIME_KIND, RUNTIME_ROOT, RUNTIME_STATE, RUNTIME_UNIT
# Needs of its caller: OPERATION

# Ids of containers and UIDs of pods: what remains of them is recognized by these.
record_pods() {
  add_lines container-ids list_kubernetes sandbox && add_lines container-ids list_kubernetes container && add_lines pod-uids list_pod_uids
}

# add_lines FILE COMMAND...: adds the command's output, each line once, atomically. A runtime that does not respond adds nothing.
add_lines() {
  lines_file=$OPERATION/$1
  shift
  added=$("$@") || added=
  {
    cat "$lines_file" 2>/dev/null
    printf '%s\n' "$added"
  } | awk 'NF && !seen[$0]++' >"$lines_file.new" && mv -f "$lines_file.new" "$lines_file"
}

# Everything that the steps need of the runtime is known.
is_runtime_known() {
  [ -n "$RUNTIME_KIND" ] && [ -n "$RUNTIME_UNIT" ] && [ -n "$RUNTIME_ROOT" ] && [ -n "$RUNTIME_STATE" ]
}
