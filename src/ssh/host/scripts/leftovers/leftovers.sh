# What the stages leave on the host, for the preview and the report. Changes nothing: it reads the kernel's tables, files on local file
# systems, and, where there are tools, their output. What cannot be read is listed as kind `unseen`.
# Needs of leftovers/block-devices.sh: list_idle_mappings, list_volume_devices
# Needs of leftovers/firewall.sh: list_firewall
# Needs of leftovers/images.sh: list_images
# Needs of leftovers/links.sh: list_added_addresses, list_added_links
# Needs of leftovers/listing.sh: can_list, count_entries, entries_text, list_item, stay_each
# Needs of lib/base.sh: STATE
# Needs of lib/units.sh: is_unit_name, is_unit_off, unit_state
# Needs of read/kubelet.sh: KUBELET_POD_LOGS

# preview_leftovers RUNTIME-UNITS KUBELET-UNIT...: prints lines "stay kind name detail".
preview_leftovers() {
  [ "$(id -u)" = 0 ] || return 0
  stay_each link list_added_links static
  stay_each address list_added_addresses static
  stay_each cniConfiguration list_cni_configuration
  stay_each cniState list_cni_state
  list_firewall
  stay_each ipvs list_ipvs
  stay_each bpf list_bpf
  stay_each image list_images
  stay_each log list_logs
  stay_each blockDevice list_idle_mappings
  stay_each machineState list_masked_units "$@"
  stay_each machineState list_own_records
  if is_every_unit_off "$@"; then
    # While the kubelet runs, these are in use by pods and are removed with them.
    stay_each link list_added_links pods
    stay_each address list_added_addresses pods
    stay_each networkNamespace list_network_namespaces
    stay_each blockDevice list_volume_devices
  fi
}

is_every_unit_off() {
  shift
  for unit in "$@"; do
    if ! is_unit_off "$unit"; then return 1; fi
  done
}

# The directories that the kubelet's runtime reads: the default, and those that containerd's configuration names.
list_cni_directories() {
  {
    printf '/etc/cni/net.d\n'
    sed -n "s/^[[:space:]]*conf_dir[[:space:]]*=[[:space:]]*[\"']\(\/[^\"']*\)[\"'].*/\1/p" /etc/containerd/config.toml 2>/dev/null
  } | awk '!seen[$0]++'
}

list_cni_configuration() {
  list_cni_directories | while IFS= read -r directory; do
    can_list "$directory" || continue
    for entry in "$directory"/* "$directory"/.[!.]*; do
      if [ -e "$entry" ] || [ -L "$entry" ]; then list_item "$entry" "configures pods' network"; fi
    done
  done
}

list_cni_state() {
  for directory in /var/lib/cni /var/lib/calico /var/lib/cilium /var/lib/weave /var/lib/kube-router /run/calico /run/cilium /run/flannel \
    /run/antrea /run/ovn-kubernetes /opt/cni/bin; do
    can_list "$directory" || continue
    count_entries "$directory"
    [ "$entry_count" -gt 0 ] || continue
    case $directory in
    /opt/cni/bin) list_item "$directory" "$(entries_text "$entry_count" 'network plugin' 'network plugins')" ;;
    /var/lib/cni) list_item "$directory" "$(count_leases)" ;;
    *) list_item "$directory" "$(entries_text "$entry_count" entry entries)" ;;
    esac
  done
}

# Files of the plugin host-local, named by the address.
count_leases() {
  leases=0
  for lease in /var/lib/cni/networks/*/[0-9a-f]*; do
    case ${lease##*/} in *[.:]*) if [ -f "$lease" ]; then leases=$((leases + 1)); fi ;; esac
  done
  entries_text "$leases" 'reserved pod address' 'reserved pod addresses'
}

list_network_namespaces() {
  for namespace in /run/netns/*; do
    case ${namespace##*/} in
    cni-* | ????????-????-????-????-????????????) if [ -e "$namespace" ]; then list_item "$namespace" 'of a pod that is gone'; fi ;;
    esac
  done
}

# Virtual services of IPVS: of kube-proxy, or of another load balancer on the host. The table of PID 1 is the host's own.
list_ipvs() {
  awk '
    $1 == "TCP" || $1 == "UDP" || $1 == "SCTP" || $1 == "FWM" { services++ }
    $1 == "->" && $2 ~ /^(\[|[0-9A-F]+:)/ { backends++ }
    END { if (services) printf "virtual services\t%d, with %d real servers; of kube-proxy or another load balancer\n", services, backends }
  ' /proc/1/net/ip_vs 2>/dev/null
}

# Maps and programs that a network plugin pinned.
list_bpf() {
  for directory in /sys/fs/bpf/tc/globals /sys/fs/bpf/cilium /sys/fs/bpf/calico /sys/fs/bpf/aws-eks-na-cni-node /run/cilium/bpffs/tc/globals; do
    [ -d "$directory" ] || continue
    count_entries "$directory"
    [ "$entry_count" = 0 ] || list_item "$directory" "$(entries_text "$entry_count" 'pinned object' 'pinned objects')"
  done
}

list_logs() {
  printf '%s\n' /var/log/pods /var/log/containers "${KUBELET_POD_LOGS:-}" | awk 'NF && !seen[$0]++' | while IFS= read -r directory; do
    can_list "$directory" || continue
    count_entries "$directory"
    [ "$entry_count" = 0 ] || list_item "$directory" "$(entries_text "$entry_count" entry entries)"
  done
}

# list_masked_units RUNTIME-UNITS KUBELET-UNIT...
list_masked_units() {
  masked_units=$1
  shift
  # shellcheck disable=SC2086 # unit names
  for unit in "$@" $masked_units; do
    is_unit_name "$unit" || continue
    case $(unit_state "$unit") in masked\ *) ;; *) continue ;; esac
    undo="systemctl unmask $unit"
    moved=$(find_moved_file "$unit")
    if [ -n "$moved" ]; then
      list_item "$unit" "masked, and its file was moved to $moved; to undo: $undo && mv $moved /etc/systemd/system/$unit && systemctl daemon-reload"
    else
      list_item "$unit" "masked; to undo: $undo"
    fi
  done
}

# The unit's own file, in the folder of the operation that moved it.
find_moved_file() {
  for kept in "$STATE"/*/"$1.kept"; do
    if [ -e "$kept" ] || [ -L "$kept" ]; then printf '%s\n' "$kept" && return; fi
  done
}

list_own_records() {
  [ -d "$STATE" ] || return 0
  count_entries "$STATE"
  [ "$entry_count" = 0 ] || list_item "$STATE" "$(entries_text "$entry_count" 'operation of this tool' 'operations of this tool')"
}
