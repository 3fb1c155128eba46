# Saves facts from the kubelet's own files in the operation's folder before the files are removed; no secret is saved.
# Needs of lib/report.sh: item
# Needs of read/kubelet.sh: OUR_BODIES, OUR_SERVERS, beside, find_kubelet_config, kubeconfig_values, list_kubelet_directories
# Needs of read/kubelet.sh: load_cluster, load_kubelet_arguments
# Needs of its caller: KUBELET_UNITS, OPERATION

# Saves facts that are needed after the kubelet's files are removed. Earlier facts stay when the files are already gone, or when new ones
# cannot be written.
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
  item Failed "kubelet's facts saved" "they cannot be written to $OPERATION (is the disk full?); no other step was tried"
}

# keep NAME COMMAND...: stores the command's output, atomically.
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
