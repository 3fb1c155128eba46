# State of systemd units.
# Needs of lib/base.sh: NEWLINE, bounded

# Output of `load_units`, for the probe, which reads often; stages change units and read the state again each time.
UNIT_STATES=''

load_units() {
  UNIT_STATES=$NEWLINE$(show_units "$@")$NEWLINE
}

# show_units UNIT...: lines "<unit> <LoadState> <ActiveState> <UnitFileState>", `-` for an empty one; nothing when systemd does not respond.
show_units() {
  bounded 20 systemctl show -p Id -p LoadState -p ActiveState -p UnitFileState -- "$@" 2>/dev/null | awk -F= '
    function of(name) { return value[name] == "" ? "-" : value[name] }
    function flush() { if (value["LoadState"] != "") print of("Id"), of("LoadState"), of("ActiveState"), of("UnitFileState"); split("", value) }
    $0 == "" { flush() }
    { value[$1] = $2 }
    END { flush() }'
}

# "<LoadState> <ActiveState> <UnitFileState>"; an alias is listed under another name and is therefore read separately.
unit_state() {
  case $UNIT_STATES in
  *"$NEWLINE$1 "*)
    unit_line=${UNIT_STATES#*"$NEWLINE$1 "}
    printf '%s\n' "${unit_line%%"$NEWLINE"*}"
    ;;
  *) show_units "$1" | cut -d ' ' -f 2- ;;
  esac
}

unit_property() {
  bounded 20 systemctl show -p "$2" -- "$1" 2>/dev/null | sed -n "s/^$2=//p"
}

# start_transient UNIT DESCRIPTION SECONDS COMMAND...: a unit that runs detached and is ended after the seconds, as every stage.
start_transient() {
  transient_unit=$1
  transient_description=$2
  transient_seconds=$3
  shift 3
  bounded 30 systemd-run --quiet --no-ask-password --unit="$transient_unit" --description="$transient_description" \
    --property=RuntimeMaxSec="$transient_seconds" --property=TimeoutStopSec=10 --property=KillMode=control-group \
    --property=IgnoreSIGPIPE=no "$@"
}

is_known_unit() {
  case $(unit_state "$1") in '' | not-found\ *) return 1 ;; esac
}

# Stricter than "not active": a unit that is being restarted is not off.
is_unit_off() {
  case $(unit_state "$1") in *\ inactive\ * | *\ failed\ *) ;; *) return 1 ;; esac
}

is_unit_active() {
  case $(unit_state "$1") in *\ active\ * | *\ reloading\ *) ;; *) return 1 ;; esac
}

is_unit_name() {
  case $1 in
  '' | -* | .* | *[!A-Za-z0-9@:_.-]*) return 1 ;;
  *.service | *.socket) ;;
  *) return 1 ;;
  esac
}

# The unit of systemd that a process belongs to; nothing for a process of a login, of a container, or of no service.
unit_of_process() {
  own_top=$(cgroup_of_process 1)
  own_top=${own_top%/init.scope}
  cgroup=$(cgroup_of_process "$1")
  case $cgroup in "$own_top"/*) cgroup=${cgroup#"$own_top"} ;; esac
  printf '%s\n' "$cgroup" | awk -F/ '{
    for (field = 2; field <= NF; field++) {
      if ($field ~ /\.slice$/) continue
      if ($field ~ /\.service$/ && $field !~ /^user@/) print $field
      exit
    }
  }'
}

# Its group in systemd's hierarchy: of cgroup v1, the named one.
cgroup_of_process() {
  awk -F: '
    $2 == "name=systemd" && !named { path = substr($0, length($1 $2) + 3); named = 1 }
    $2 == "" && !named { path = substr($0, length($1) + 3) }
    END { print path }' "/proc/$1/cgroup" 2>/dev/null
}
