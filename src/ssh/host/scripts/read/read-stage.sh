# Reads the state of a stage: $1 is the operation's folder name, $2 the stage. Changes nothing.
# Needs of lib/base.sh: STATE, TAB, emit
# Needs of lib/units.sh: unit_property

read_stage() {
  OPERATION=$STATE/$1
  unit=node-decommission-$1-$2.service
  if [ "$(id -u)" != 0 ]; then emit noRights && return; fi
  emit boot "$(cat /proc/sys/kernel/random/boot_id)"
  if [ -f "$OPERATION/$2.begun" ]; then
    # The holder of the lock has removed the last result and is about to start the stage again.
    exec 9<"$OPERATION/lock"
    if ! flock -s -w 20 9; then emit retry 'it is being started' && return; fi
    emit begun "$(sed -n "s/^bootId$TAB//p" "$OPERATION/$2.begun")"
    # The unit is read before the result: a stage that ends after that has already written its result.
    state=$(unit_property "$unit" ActiveState)
    emit unit "$state" "$(unit_property "$unit" Result)"
    if [ -f "$OPERATION/$2.result" ]; then
      cat "$OPERATION/$2.result"
    elif [ -z "$state" ]; then
      emit retry 'its systemd does not respond' && return
    fi
  fi
  emit end
}

read_stage "$@"
