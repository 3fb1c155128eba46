# What only the kubelet's own files tell is kept in the operation's folder before they go: no secret is among it.
# Needs of lib/report.sh: item
# Needs of read/kubelet.sh: OUR_BODIES, OUR_SERVERS, beside, find_kubelet_config, kubeconfig_values, list_kubelet_directories
# Needs of read/kubelet.sh: load_cluster, load_kubelet_arguments
# Needs of its caller: KUBELET_UNITS, OPERATION

# For the time when the kubelet's files are gone. What was kept before stays when they already are, or when it could not be written anew.
keep_kubelet_facts() {
  # shellcheck disable=SC2086 # unit names
  set -- $KUBELET_UNITS
  load_kubelet_arguments "$@"
  keep kubelet-directories list_kubelet_directories || return
  config=$(find_kubelet_config)
  [ -n "$config" ] || return 0
  load_cluster
  keep ca-bodies print_lines "$OUR_BODIES" && keep servers print_lines "$OUR_SERVERS" && keep credential-files list_credential_files "$config"
}

fail_to_keep_facts() {
  item Failed "kubelet's facts kept" "they cannot be written to $OPERATION (is the disk full?), and nothing else was tried"
}

# keep NAME COMMAND...: its output, whole or not at all.
keep() {
  kept=$OPERATION/$1
  shift
  "$@" >"$kept.new" && mv -f "$kept.new" "$kept"
}

print_lines() { printf '%s\n' "$1" | awk NF | sort -u; }

list_credential_files() {
  {
    printf '%s\n' "$1"
    for key in client-certificate client-key; do
      kubeconfig_values "$key" "$1" | while IFS= read -r file; do
        file=$(beside "$1" "$file")
        printf '%s\n' "$file"
        # The kubelet's current certificate is a link to the dated one beside it.
        if [ -L "$file" ]; then readlink -f -- "$file"; fi
      done
    done
  } | sort -u
}
