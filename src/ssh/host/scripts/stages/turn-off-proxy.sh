# Stops, disables and masks a kube-proxy that runs as a unit of the host; it would keep rules of a cluster that the host left.
# Needs of lib/report.sh: is_on_list, item, refuse_unlisted
# Needs of lib/units.sh: is_known_unit
# Needs of read/kube-proxy.sh: PROXY_FILES, PROXY_UNITS, load_kube_proxy
# Needs of stages/keep-facts.sh: keep
# Needs of stages/stop-units.sh: disable_unit, mask_unit, stop_unit
# Needs of its caller: OPERATION

# Its units and files are stored first: once it is stopped, nothing names them.
turn_off_kube_proxy() {
  load_kube_proxy
  if [ -z "$PROXY_UNITS" ]; then return 0; fi
  if ! keep kube-proxy print_proxy; then
    item Failed 'kube-proxy stopped' "its units cannot be stored in $OPERATION (is the disk full?)"
    return 1
  fi
  for unit in $PROXY_UNITS; do
    if ! is_known_unit "$unit"; then continue; fi
    if ! is_on_list unit "$unit"; then
      refuse_unlisted "$unit stopped"
      continue
    fi
    stop_unit "$unit" 60
    disable_unit "$unit"
    mask_unit "$unit"
  done
}

print_proxy() {
  for unit in $PROXY_UNITS; do printf 'unit\t%s\n' "$unit"; done
  printf '%s\n' "$PROXY_FILES" | while IFS= read -r file; do
    if [ -n "$file" ]; then printf 'file\t%s\n' "$file"; fi
  done
}
