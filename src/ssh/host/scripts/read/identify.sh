# Reads what identifies a host, and the volumes that are mounted there: $1 has the folder name of the operation whose marker is read, $2, $3,
# … are the kubelet's units. Changes nothing. Prints lines "key<TAB>value…", the last one is "end".
# Needs of lib/base.sh: emit
# Needs of lib/units.sh: load_units
# Needs of read/cluster.sh: load_cluster
# Needs of read/identity.sh: CONTROL_PLANE_UNITS, begin_probe, identify
# Needs of read/volume-mounts.sh: probe_volume_mounts

identify_host() {
  begin_probe "$@" || return 0
  shift
  # shellcheck disable=SC2086 # unit names
  load_units "$@" $CONTROL_PLANE_UNITS
  load_cluster
  identify
  probe_volume_mounts
  emit end
}

identify_host "$@"
