# Units are stopped, disabled and masked, each looked at before and after.
# Needs of lib/base.sh: bounded
# Needs of lib/report.sh: item, note
# Needs of lib/units.sh: is_unit_active, is_unit_off, unit_state
# Needs of its caller: KUBELET_UNITS, OPERATION

# stop_unit UNIT SECONDS
stop_unit() {
  if is_unit_off "$1"; then
    item NothingToDo "$1 stopped"
    return
  fi
  note "stopping $1"
  bounded "$2" systemctl stop -- "$1"
  if ! is_unit_off "$1"; then
    bounded 20 systemctl kill --signal=KILL -- "$1"
    await_unit_off "$1"
  fi
  if is_unit_off "$1"; then
    item Done "$1 stopped"
  else
    item Failed "$1 stopped" "it is still there ($(unit_state "$1")): a process of it may hang in the kernel, which only a restart of the host ends"
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
  note "disabling $1"
  bounded 60 systemctl disable -- "$1"
  if is_unit_enabled "$1"; then
    item Failed "$1 disabled" "systemd still says $(unit_state "$1")"
    return 1
  fi
  item Done "$1 disabled"
}

is_unit_masked() {
  case $(unit_state "$1") in masked\ *) ;; *) return 1 ;; esac
}

# systemd does not mask a unit whose own file lies in /etc/systemd/system: that file is kept in the operation's folder.
mask_unit() {
  if is_unit_masked "$1"; then
    item NothingToDo "$1 masked"
    return
  fi
  note "masking $1"
  unit_file=/etc/systemd/system/$1
  moved=
  if [ -e "$unit_file" ] || [ -L "$unit_file" ]; then
    mv -f -- "$unit_file" "$OPERATION/$1.kept" && moved=yes
  fi
  bounded 60 systemctl mask -- "$1"
  bounded 60 systemctl daemon-reload
  if is_unit_masked "$1"; then
    item Done "$1 masked" "${moved:+its file $unit_file is kept as $OPERATION/$1.kept}"
    return
  fi
  if [ -n "$moved" ] && [ ! -e "$unit_file" ]; then mv -f -- "$OPERATION/$1.kept" "$unit_file"; fi
  item Failed "$1 masked" "systemd still says $(unit_state "$1")"
  return 1
}

# Units that start with the host and take this one along, one per line. A disabled unit is started nevertheless when such a one wants it.
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

# The kubelet never starts again by itself: not by a restart of the host, not by another unit's wish. Fails when it is not off.
turn_off_kubelet() {
  turned_off=0
  if [ -z "$KUBELET_UNITS" ]; then
    item Failed 'kubelet stopped' 'no unit of it is named'
    turned_off=1
  fi
  for unit in $KUBELET_UNITS; do
    state=$(unit_state "$unit")
    # An earlier attempt may have been ended between taking the unit's file away and masking it.
    if [ -e "$OPERATION/$unit.kept" ] || [ -L "$OPERATION/$unit.kept" ]; then state=${state#not-found }; fi
    case $state in
    '')
      item Failed "$unit stopped" 'systemd does not answer'
      turned_off=1
      ;;
    not-found\ *)
      item Failed "$unit stopped" 'there is no such unit: name the one that runs the kubelet in the configuration'
      turned_off=1
      ;;
    *)
      if ! stop_unit "$unit" 90; then turned_off=1; fi
      disable_unit "$unit"
      if ! mask_unit "$unit"; then turned_off=1; fi
      ;;
    esac
  done
  return "$turned_off"
}
