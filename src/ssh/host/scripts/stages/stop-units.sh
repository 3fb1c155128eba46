# Stops, disables and masks units; checks the state of each before and after.
# Needs of lib/base.sh: bounded
# Needs of lib/report.sh: is_on_list, item, mark_touched, note, refuse_unlisted
# Needs of lib/units.sh: is_unit_active, is_unit_off, unit_state
# Needs of its caller: KUBELET_UNITS, OPERATION

# stop_unit UNIT SECONDS
stop_unit() {
  if is_unit_off "$1"; then
    item NothingToDo "$1 stopped"
    return
  fi
  mark_touched "$1 stopped" || return
  note "stopping $1"
  bounded "$2" systemctl stop -- "$1"
  if ! is_unit_off "$1"; then
    bounded 20 systemctl kill --signal=KILL -- "$1"
    await_unit_off "$1"
  fi
  if is_unit_off "$1"; then
    item Done "$1 stopped"
  else
    item Failed "$1 stopped" "it did not stop ($(unit_state "$1")): a process may hang in the kernel; if it does not end, restart the host"
    return 1
  fi
}

await_unit_off() {
  for _ in 1 2 3 4 5 6 7 8; do
    if is_unit_off "$1"; then return; fi
    sleep 1
  done
}

is_unit_enabled() {
  case $(unit_state "$1") in *\ enabled | *\ enabled-runtime | *\ linked | *\ linked-runtime | '') ;; *) return 1 ;; esac
}

disable_unit() {
  if ! is_unit_enabled "$1"; then
    item NothingToDo "$1 disabled"
    return
  fi
  mark_touched "$1 disabled" || return
  note "disabling $1"
  bounded 60 systemctl disable -- "$1"
  if is_unit_enabled "$1"; then
    item Failed "$1 disabled" "systemd still reports $(unit_state "$1")"
    return 1
  fi
  item Done "$1 disabled"
}

is_unit_masked() {
  case $(unit_state "$1") in masked\ *) ;; *) return 1 ;; esac
}

# systemd does not mask a unit whose own file is in /etc/systemd/system: that file is moved to the operation's folder.
mask_unit() {
  if is_unit_masked "$1"; then
    item NothingToDo "$1 masked"
    return
  fi
  mark_touched "$1 masked" || return
  note "masking $1"
  unit_file=/etc/systemd/system/$1
  moved=
  if [ -e "$unit_file" ] || [ -L "$unit_file" ]; then
    mv -f -- "$unit_file" "$OPERATION/$1.kept" && moved=yes
  fi
  bounded 60 systemctl mask -- "$1"
  bounded 60 systemctl daemon-reload
  if is_unit_masked "$1"; then
    item Done "$1 masked" "${moved:+its file $unit_file was moved to $OPERATION/$1.kept}"
    return
  fi
  if [ -n "$moved" ] && [ ! -e "$unit_file" ]; then mv -f -- "$OPERATION/$1.kept" "$unit_file"; fi
  item Failed "$1 masked" "systemd still reports $(unit_state "$1")"
  return 1
}

# Units that start with the host and start this one too, one per line. Even a disabled unit is started when such a unit wants it.
list_enabled_dependents() {
  bounded 20 systemctl show -p WantedBy -p RequiredBy -p RequisiteOf -p BoundBy -p UpheldBy -- "$1" 2>/dev/null | sed 's/^[A-Za-z]*=//' |
    tr ' ' '\n' | while IFS= read -r dependent; do
    if [ -n "$dependent" ] && is_started_with_host "$dependent"; then printf '%s\n' "$dependent"; fi
  done
}

is_started_with_host() {
  case $1 in *.target) is_unit_active "$1" && return ;; esac
  case $(unit_state "$1") in loaded\ *\ enabled | loaded\ *\ enabled-runtime | loaded\ *\ generated) ;; *) return 1 ;; esac
}

# Prevents any later start of the kubelet: by a restart of the host or by another unit. Fails when it is not off.
turn_off_kubelet() {
  turned_off=0
  if [ -z "$KUBELET_UNITS" ]; then
    item Failed 'kubelet stopped' 'no kubelet unit is configured'
    turned_off=1
  fi
  for unit in $KUBELET_UNITS; do
    state=$(unit_state "$unit")
    # An earlier attempt may have been interrupted after it moved the unit's file and before it masked the unit.
    if [ -e "$OPERATION/$unit.kept" ] || [ -L "$OPERATION/$unit.kept" ]; then state=${state#not-found }; fi
    case $state in
    '')
      item Failed "$unit stopped" 'systemd does not respond'
      turned_off=1
      ;;
    not-found\ *)
      item Failed "$unit stopped" 'the unit does not exist: set kubeletUnits in the configuration to the unit that runs the kubelet'
      turned_off=1
      ;;
    *)
      if ! is_on_list unit "$unit"; then
        refuse_unlisted "$unit stopped"
        turned_off=1
        continue
      fi
      if ! stop_unit "$unit" 90; then turned_off=1; fi
      disable_unit "$unit"
      if ! mask_unit "$unit"; then turned_off=1; fi
      ;;
    esac
  done
  return "$turned_off"
}
