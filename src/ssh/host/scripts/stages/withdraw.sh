# Ensures that no stage of an operation changes the host from now on, unless one already has. Prints one line of the protocol: `touched` (a
# stage has changed the host, or was about to), `untouched`, or `unclear`; only after `untouched` the operation is withdrawn.
# $1 operation's folder name, $2 boot ID at planning time (may be empty), then the kubelet's units.
# A stage records that it is about to change the host, and then looks for a withdrawal (`mark_touched`). Here the withdrawal is written
# first, and then the record is looked for. So at least one of both finds the other, whatever runs or is started at this moment.
# The withdrawal is in memory: it has to last only as long as the processes that it stops.
# Needs of lib/base.sh: STATE, WITHDRAWALS, emit
# Needs of lib/units.sh: unit_state

withdraw() {
  OPERATION=$STATE/$1
  withdrawal=$WITHDRAWALS/$1
  if [ "$(id -u)" != 0 ]; then emit noRights && return; fi
  mkdir -m 0700 "$WITHDRAWALS" 2>/dev/null
  if ! { true >"$withdrawal"; } 2>/dev/null; then
    emit retry "$withdrawal cannot be written"
    return
  fi
  planned_boot=$2
  shift 2
  if [ -e "$OPERATION/touched" ] || [ -L "$OPERATION/touched" ]; then
    emit touched
  elif ! is_readable_or_absent; then
    emit retry "$OPERATION cannot be read"
  elif [ "$(cat /proc/sys/kernel/random/boot_id)" = "$planned_boot" ] || are_units_on "$@"; then
    emit untouched
    return
  else
    # After a restart of the host the disk with the record may be missing. Only a running kubelet proves that it was not stopped.
    emit unclear
  fi
  rm -f -- "$withdrawal"
}

# "Not found" is read from the folder above: a disk with errors must not read as "no record".
is_readable_or_absent() {
  for folder in "$OPERATION" "$STATE" /var/lib; do
    if ls -A "$folder" >/dev/null 2>&1; then return; fi
    if [ -e "$folder" ] || [ -L "$folder" ]; then return 1; fi
  done
  return 1
}

# All run or are being started, and none is masked.
are_units_on() {
  [ $# -gt 0 ] || return 1
  for unit in "$@"; do
    case $(unit_state "$unit") in
    masked\ *) return 1 ;;
    *\ active\ * | *\ activating\ * | *\ reloading\ *) ;;
    *) return 1 ;;
    esac
  done
}

withdraw "$@"
