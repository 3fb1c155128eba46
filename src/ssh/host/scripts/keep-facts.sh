# What only the kubelet's own files tell is kept in the operation's folder before they go: no secret is among it.

# For the time when the kubelet's files are gone. What was kept before stays when they already are.
keep_kubelet_facts() {
  # shellcheck disable=SC2086 # unit names
  set -- $KUBELET_UNITS
  load_kubelet_arguments "$@"
  list_kubelet_directories >"$OPERATION/kubelet-directories.new"
  mv -f "$OPERATION/kubelet-directories.new" "$OPERATION/kubelet-directories"
  config=$(find_kubelet_config)
  [ -n "$config" ] || return 0
  load_cluster
  printf '%s\n' "$OUR_BODIES" | grep . | sort -u >"$OPERATION/ca-bodies.new"
  mv -f "$OPERATION/ca-bodies.new" "$OPERATION/ca-bodies"
  printf '%s\n' "$OUR_SERVERS" | grep . | sort -u >"$OPERATION/servers.new"
  mv -f "$OPERATION/servers.new" "$OPERATION/servers"
  {
    printf '%s\n' "$config"
    for key in client-certificate client-key; do
      kubeconfig_values "$key" "$config" | while IFS= read -r file; do
        file=$(beside "$config" "$file")
        printf '%s\n' "$file"
        # The kubelet's current certificate is a link to the dated one beside it.
        if [ -L "$file" ]; then readlink -f -- "$file"; fi
      done
    done
  } | sort -u >"$OPERATION/credential-files.new"
  mv -f "$OPERATION/credential-files.new" "$OPERATION/credential-files"
}
