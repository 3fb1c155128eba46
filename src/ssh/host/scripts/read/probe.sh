# Reads the state of a host: $1 has the folder name of the operation whose marker is read (empty: the latest), $2, $3, … are the kubelet's
# units. Changes nothing. Prints lines "key<TAB>value…", the last one is "end".
# Needs of leftovers/leftovers.sh: preview_leftovers
# Needs of lib/base.sh: emit, have
# Needs of lib/processes.sh: list_first_arguments
# Needs of lib/units.sh: is_unit_name, load_units, unit_state
# Needs of read/cluster.sh: load_cluster
# Needs of read/identity.sh: CONTROL_PLANE_UNITS, begin_probe, identify, require
# Needs of read/kubelet.sh: KUBELET_PORT, list_unknown_facts, preview_kubelet, print_facts
# Needs of read/preview-files.sh: load_files, preview_files, probe_files
# Needs of read/volume-mounts.sh: probe_volume_mounts
# Needs of runtime/probe-runtime.sh: load_containers, preview_runtime, probe_runtime
# Needs of runtime/runtimes.sh: RUNTIME_UNITS, load_runtime

probe() {
  begin_probe "$@" || return 0
  shift
  FIRST_ARGUMENTS=$(list_first_arguments)
  load_runtime
  # shellcheck disable=SC2086 # unit names
  load_units "$@" $RUNTIME_UNITS $CONTROL_PLANE_UNITS kube-proxy.service docker.service docker.socket
  load_cluster
  load_containers
  require 40 "what of this host belongs to the cluster: some of its files do not respond" 'ls /etc/kubernetes' probe_facts "$@"
  identify
  probe_units "$@"
  probe_runtime "$@"
  probe_kubelet_port
  probe_volume_mounts
  if load_files; then
    probe_files
    preview_files
  else
    emit unseen credentials 'the search for them did not end in time; is a file server dead?'
    emit unknown 'which credentials of the cluster are on this host: the search for them did not end in time' 'ls -la /etc/kubernetes'
  fi
  preview_leftovers "$RUNTIME_UNITS" "$@"
  emit end
}

# What the run has to know and keep, and what it would do.
probe_facts() {
  list_unknown_facts "$@"
  print_facts | while IFS= read -r line; do printf 'fact\t%s\n' "$line"; done
  preview_kubelet "$@"
  preview_runtime
}

probe_units() {
  if [ -d /run/systemd/system ] && have systemctl; then emit systemd 1; else emit systemd 0; fi
  have systemctl || return 0
  for unit in "$@" $RUNTIME_UNITS; do
    is_unit_name "$unit" || continue
    state=$(unit_state "$unit")
    [ -n "$state" ] || continue
    # shellcheck disable=SC2086 # three words
    emit unit "$unit" $state
  done
}

probe_kubelet_port() {
  if cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$(printf ':%04X' "${KUBELET_PORT:-10250}")" '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }'; then
    emit kubeletPort 1
  elif [ -r /proc/net/tcp ]; then
    emit kubeletPort 0
  fi
}

probe "$@"
