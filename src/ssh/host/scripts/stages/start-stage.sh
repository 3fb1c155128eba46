# Stores a stage's script and starts it, unless it already runs or has succeeded. Prints one line of the protocol.
# $1 operation's folder name, $2 stage, $3 SHA-256 of the script, $4 deadline in seconds, $5 operation id, $6 node name, $7 node UID,
# $8 machine ID, $9 CA hash, ${10} round, ${11} facts and ${12} list of what the stages may touch (lines), then the kubelet's units. The
# script is read from stdin; one that is incomplete because the connection was lost is not used.
# Needs of lib/base.sh: STATE, TAB, WITHDRAWALS, bounded, emit, have, is_root_directory
# Needs of lib/units.sh: is_known_unit, is_unit_name, is_unit_off, start_transient, unit_state
# Needs of lib/writable.sh: why_no_room, why_not_written

# What a stage writes to its folder in all: its log has at most 256 KiB.
ROOM_KIB=384

start_stage() {
  OPERATION=$STATE/$1
  stage=$2
  unit=node-decommission-$1-$2.service
  if [ "$(id -u)" != 0 ]; then emit noRights && return; fi
  if [ ! -d /run/systemd/system ]; then emit unsupported 'it does not run systemd' && return; fi
  for tool in systemctl systemd-run flock sha256sum awk sed tr grep sort head readlink find base64 mktemp stat umount sync; do
    if ! have "$tool"; then emit unsupported "it has no $tool" && return; fi
  done
  make_operation_folder || return 0
  script=$OPERATION/$stage.$$.new
  # A stage that runs or has succeeded is found even if nothing can be written.
  obstacle=$(store_script "$script" "$3")
  if ! open_lock; then
    printf '%s\n' "${obstacle:-$(emit unsupported "$OPERATION/lock cannot be written")}"
  elif ! flock -w 20 9; then
    emit retry 'another session is starting it'
  else
    decide "$@"
  fi
  rm -f -- "$script"
}

# store_script FILE SHA-256: from stdin. Prints nothing when it is stored, else the line to report.
store_script() {
  if ! store_error=$({ head -c 1048576 >"$1"; } 2>&1); then
    emit unsupported "$OPERATION cannot be written: $(why_not_written "$store_error")"
  elif [ "$(sha256sum <"$1" | cut -d ' ' -f 1)" != "$2" ]; then
    emit retry 'its script arrived incomplete'
  fi
}

# A lock that cannot be created was never held.
open_lock() {
  if { true >>"$OPERATION/lock"; } 2>/dev/null; then
    exec 9>>"$OPERATION/lock"
  elif [ -f "$OPERATION/lock" ]; then
    exec 9<"$OPERATION/lock"
  else
    return 1
  fi
}

# Any user can guess the name, so an existing entry must be a directory owned by root.
make_operation_folder() {
  # A trial of this host's ability, at the same time, may remove the first one while it is empty.
  for _ in 1 2; do mkdir -m 0700 "$STATE" "$OPERATION" 2>/dev/null; done
  for folder in "$STATE" "$OPERATION"; do
    folder_error=$(mkdir -m 0700 "$folder" 2>&1)
    if [ ! -e "$folder" ] && [ ! -L "$folder" ]; then
      emit unsupported "$folder cannot be created: $(why_not_written "$folder_error")"
      return 1
    fi
    if ! is_root_directory "$folder"; then
      emit unsupported "$folder is not a directory owned by root"
      return 1
    fi
  done
}

decide() {
  result=$OPERATION/$stage.result
  if grep -qsx "ok${TAB}1" "$result" && grep -qsx "round$TAB${10}" "$OPERATION/$stage.begun"; then
    emit ended
  elif [ -z "$(unit_state "$unit")" ]; then
    emit retry 'its systemd does not respond'
  elif is_unit_off "$unit" || ! is_known_unit "$unit"; then
    launch "$@"
  elif [ -f "$result" ]; then
    # It failed, and some of its processes have not ended.
    emit retry 'processes of its last run have not ended; if they do not end, restart the host'
  else
    emit running
  fi
}

launch() {
  if [ -n "$obstacle" ]; then printf '%s\n' "$obstacle" && return; fi
  if [ -e "$WITHDRAWALS/$1" ]; then
    emit unsupported 'this run has stopped before it changed the host, and was undone; start a new run'
    return
  fi
  no_room=$(why_no_room "$OPERATION" "$ROOM_KIB")
  if [ -n "$no_room" ]; then emit unsupported "$OPERATION cannot be written: $no_room" && return; fi
  deadline=$4
  write_fields "$OPERATION/marker" operationId "$5" nodeName "$6" nodeUid "$7" machineID "$8" caHashes "$9" || return 0
  write_lines "$OPERATION/facts" "${11}" && write_lines "$OPERATION/list" "${12}" || return 0
  round=${10}
  shift 12
  write_units "$OPERATION/order" "$@" || return 0
  mv -f "$script" "$OPERATION/$stage.sh"
  rm -f -- "$OPERATION/$stage.result"
  write_fields "$OPERATION/$stage.begun" bootId "$(cat /proc/sys/kernel/random/boot_id)" round "$round" || return 0
  bounded 20 systemctl reset-failed -- "$unit" >/dev/null 2>&1
  if start_transient "$unit" "node-decommission: $stage" "$deadline" /bin/sh "$OPERATION/$stage.sh" "$OPERATION" "$stage" \
    >"$OPERATION/$stage.start.log" 2>&1; then
    emit started
  elif is_known_unit "$unit" && ! is_unit_off "$unit"; then
    emit running
  elif [ -z "$(unit_state "$unit")" ]; then
    emit retry 'its systemd no longer responds'
  else
    emit unsupported "systemd-run did not start it; see $OPERATION/$stage.start.log on the host"
  fi
}

# write_lines FILE TEXT
write_lines() {
  write_atomically "$1" printf '%s\n' "$2"
}

# write_units FILE UNIT...: all of them or none: a kubelet whose unit is missing would keep running.
write_units() {
  units_file=$1
  shift
  [ $# -gt 0 ] || { emit unsupported 'no kubelet unit is configured' && return 1; }
  for kubelet_unit in "$@"; do
    is_unit_name "$kubelet_unit" || { emit unsupported "$kubelet_unit is not a valid unit name" && return 1; }
    set -- "$@" unit "$kubelet_unit"
    shift
  done
  write_fields "$units_file" "$@"
}

# write_fields FILE KEY VALUE...
write_fields() {
  fields_file=$1
  shift
  write_atomically "$fields_file" print_fields "$@"
}

# write_atomically FILE COMMAND...: the command's output, synced to the disk before the next step.
write_atomically() {
  written_file=$1
  shift
  if "$@" >"$written_file.new"; then
    bounded 20 sync "$written_file.new"
    if mv -f "$written_file.new" "$written_file"; then return; fi
  fi
  emit retry "$written_file cannot be written (is the disk full?)"
  return 1
}

print_fields() {
  while [ $# -ge 2 ]; do
    emit "$1" "$2" || return 1
    shift 2
  done
}

start_stage "$@"
