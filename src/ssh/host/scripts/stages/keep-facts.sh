# Binds the stage to the facts that preflight learned, and saves what identifies the cluster before the kubelet's files are removed; no
# secret is saved.
# Needs of lib/report.sh: first_of, item
# Needs of read/cluster.sh: OUR_BODIES, OUR_SERVERS, load_cluster
# Needs of read/kube-proxy.sh: load_kube_proxy
# Needs of read/kubelet-trees.sh: is_unsafe_kubelet_root
# Needs of read/kubelet.sh: KUBELET_KUBECONFIG, KUBELET_ROOT
# Needs of read/list-credentials.sh: list_named_credentials
# Needs of its caller: KUBELET_UNITS, OPERATION

# Fails without facts, and when the kubelet that runs is not the one that they were learned from: it may keep its files elsewhere.
has_bound_facts() {
  facts_name="kubelet's facts"
  if [ -z "$KUBELET_ROOT" ] || [ -z "$KUBELET_KUBECONFIG" ]; then
    item Failed "$facts_name" 'preflight recorded none for this host; no step was tried'
    return 1
  fi
  if is_unsafe_kubelet_root; then
    item Failed "contents of the kubelet's directory" "$KUBELET_ROOT may contain unrelated files: empty it manually"
    return 1
  fi
  # shellcheck disable=SC2086 # unit names
  changed=$(list_changed_facts $KUBELET_UNITS | first_of 3)
  if [ -n "$changed" ]; then
    item Failed "$facts_name" "the running kubelet differs from the one that preflight saw ($changed); no step was tried: start again"
    return 1
  fi
}

# Saves what is needed after the kubelet's files are removed. Earlier facts stay when the files are already gone, or when new ones cannot be
# written.
keep_cluster() {
  [ -f "$KUBELET_KUBECONFIG" ] || return 0
  load_cluster
  load_kube_proxy
  if keep ca-bodies print_lines "$OUR_BODIES" && keep servers print_lines "$OUR_SERVERS" && keep credentials list_named_credentials; then
    return
  fi
  item Failed "kubelet's facts saved" "they cannot be written to $OPERATION (is the disk full?); no other step was tried"
  return 1
}

# keep NAME COMMAND...: stores the command's output, atomically.
keep() {
  kept=$OPERATION/$1
  shift
  "$@" >"$kept.new" && mv -f "$kept.new" "$kept"
}

print_lines() { printf '%s\n' "$1" | awk NF | sort -u; }
