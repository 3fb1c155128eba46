# kube-proxy as a unit of the host (not as a pod): its units and its credentials.
# Needs of lib/base.sh: TAB
# Needs of lib/processes.sh: arguments_of, is_own_process, last_flag
# Needs of lib/units.sh: is_known_unit, unit_of_process, unit_property, unit_state
# Needs of read/cluster.sh: beside, is_cluster_known, kubeconfig_values
# Needs of its caller: OPERATION

PROXY_UNITS='' PROXY_PIDS='' PROXY_FILES=''

# Sets PROXY_UNITS, PROXY_PIDS and PROXY_FILES, one per line: of the running kube-proxy, of a unit with the usual name, and those that an earlier
# attempt of the stage stored. A kube-proxy whose kubeconfig is another cluster's is not this one's.
load_kube_proxy() {
  PROXY_UNITS=$({
    list_proxy_processes | while IFS= read -r pid; do unit_of_process "$pid"; done
    if is_known_unit kube-proxy.service; then printf 'kube-proxy.service\n'; fi
    if [ -n "$OPERATION" ]; then sed -n "s/^unit$TAB//p" "$OPERATION/kube-proxy" 2>/dev/null; fi
  } | awk 'NF && !seen[$0]++' | while IFS= read -r unit; do
    if is_proxy_of_cluster "$unit"; then printf '%s\n' "$unit"; fi
  done)
  PROXY_PIDS=$(for unit in $PROXY_UNITS; do unit_property "$unit" MainPID; done)
  PROXY_FILES=$({
    printf '%s\n' "$PROXY_UNITS" | while IFS= read -r unit; do
      if [ -n "$unit" ]; then list_proxy_files "$unit"; fi
    done
    if [ -n "$OPERATION" ]; then sed -n "s/^file$TAB//p" "$OPERATION/kube-proxy" 2>/dev/null; fi
  } | awk 'NF && !seen[$0]++')
}

# Processes of the host named kube-proxy; one in a pod or another container belongs to a workload.
list_proxy_processes() {
  grep -lxs kube-proxy /proc/[0-9]*/comm 2>/dev/null | cut -d / -f 3 | while IFS= read -r pid; do
    if is_own_process "$pid"; then printf '%s\n' "$pid"; fi
  done
}

# Arguments of kube-proxy as its unit starts it, one per line: of its process, or of the command in the unit.
list_proxy_arguments() {
  pid=$(unit_property "$1" MainPID)
  if [ "${pid:-0}" -gt 1 ] && [ -r "/proc/$pid/cmdline" ]; then
    arguments_of "$pid"
  else
    unit_property "$1" ExecStart | tr ' ' '\n'
  fi
}

# The kubeconfig of a kube-proxy: its flag, or its configuration's.
proxy_kubeconfig() {
  proxy_config=$(list_proxy_arguments "$1" | last_flag --config)
  {
    list_proxy_arguments "$1" | last_flag --kubeconfig
    if [ -f "$proxy_config" ]; then kubeconfig_values kubeconfig "$proxy_config"; fi
  } | awk 'NF' | head -n 1
}

is_proxy_of_cluster() {
  proxy_file=$(proxy_kubeconfig "$1")
  if [ ! -f "$proxy_file" ] || ! is_cluster_known; then return 0; fi
  [ "$(kubeconfig_share "$proxy_file")" != none ]
}

# Its kubeconfig and the files that this one names.
list_proxy_files() {
  proxy_file=$(proxy_kubeconfig "$1")
  if [ -n "$proxy_file" ]; then
    printf '%s\n' "$proxy_file"
    list_kubeconfig_references "$proxy_file"
  fi
}

# Files with keys, certificates and tokens that a kubeconfig refers to.
list_kubeconfig_references() {
  [ -f "$1" ] || return 0
  for key in client-certificate client-key tokenFile; do
    kubeconfig_values "$key" "$1" | while IFS= read -r file; do
      file=$(beside "$1" "$file")
      if directory=$(readlink -f -- "${file%/*}"); then printf '%s/%s\n' "$directory" "${file##*/}"; fi
    done
  done
}

# Units of kube-proxy that run, or that would start again, one per line.
list_running_proxies() {
  printf '%s\n' "$PROXY_UNITS" | while IFS= read -r unit; do
    if [ -z "$unit" ] || ! is_known_unit "$unit"; then continue; fi
    case $(unit_state "$unit") in masked\ inactive\ * | masked\ failed\ *) ;; *) printf '%s\n' "$unit" ;; esac
  done
}
