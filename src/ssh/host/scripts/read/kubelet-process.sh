# The running kubelet: its process, its command line and its configuration files.
# Needs of lib/base.sh: NEWLINE, TAB, bounded
# Needs of lib/processes.sh: arguments_of, has_own_pid
# Needs of lib/units.sh: unit_property
# Needs of read/kubelet.sh: KUBELET_CONFIG, KUBELET_CONFIGURATION, KUBELET_FLAGS, KUBELET_PID

# list_unit_processes UNIT: PIDs in its control group, and its main process. A unit may start the kubelet through a script or an agent.
list_unit_processes() {
  {
    unit_property "$1" MainPID
    unit_group=$(unit_property "$1" ControlGroup)
    case $unit_group in
    /?*)
      for top in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
        if [ -d "$top$unit_group" ]; then find "$top$unit_group" -name cgroup.procs -exec cat {} + 2>/dev/null; fi
      done
      ;;
    esac
  } | awk '$1 > 1 && !seen[$1]++ { print $1 }'
}

# list_kubelets UNIT...: PIDs of the kubelets that these units run.
list_kubelets() {
  for kubelets_unit in "$@"; do
    list_unit_processes "$kubelets_unit" | while IFS= read -r kubelets_pid; do
      case $(arguments_of "$kubelets_pid" | head -n 1) in kubelet | */kubelet) printf '%s\n' "$kubelets_pid" ;; esac
    done
  done
}

# Paths of the process mean the same here: it is in no container and no changed root.
shares_our_files() {
  [ "$(readlink "/proc/$1/root" 2>/dev/null)" = / ] && has_own_pid "$1"
}

# kubelet_flag NAME: its value on the command line; as in the kubelet, the last one counts.
kubelet_flag() { last_value "--$1" "$KUBELET_FLAGS"; }

# Its configuration files: the one of its flag, then those of its drop-in directory, in the order in which they count.
list_kubelet_configurations() {
  if [ -n "$KUBELET_CONFIG" ]; then printf '%s\n' "$KUBELET_CONFIG"; fi
  drop_ins=$(kubelet_flag config-dir)
  if [ -n "$drop_ins" ]; then bounded 20 find "$(of_kubelet "$drop_ins")" -name '*.conf' | sort; fi
}

# What they configure, as `configuration_values` prints it. Read once: each read of a file whose server is dead takes its whole time.
read_kubelet_configurations() {
  list_kubelet_configurations | while IFS= read -r configuration; do
    bounded 20 cat -- "$configuration" 2>/dev/null
    echo
  done | configuration_values
}

# configured KEY: the last value of a key in these files.
configured() { last_value "$1" "$KUBELET_CONFIGURATION"; }

# last_value KEY LINES: of lines "key<TAB>value". Two dozen settings are read so: it starts no process.
last_value() {
  value_found=
  IFS=$NEWLINE
  set -f
  for value_line in $2; do
    case $value_line in "$1$TAB"*) value_found=${value_line#"$1$TAB"} ;; esac
  done
  set +f
  unset IFS
  if [ -n "$value_found" ]; then printf '%s\n' "$value_found"; fi
}

# configuration_values: lines "key value", tab-separated, of YAML or JSON on stdin that keeps each on one line; a plain value may contain spaces.
configuration_values() {
  # shellcheck disable=SC2020 # each of the three
  tr ',{}' '\n\n\n' | awk '
    {
      sub(/^[[:space:]-]+/, ""); sub(/\r$/, "")
      name = $0
      if (!match(name, /^["\047]?[A-Za-z]+["\047]?[[:space:]]*:/)) next
      name = substr($0, 1, RLENGTH)
      text = substr($0, RLENGTH + 1)
      gsub(/[^A-Za-z]/, "", name)
      sub(/^[[:space:]]+/, "", text)
      quote = substr(text, 1, 1)
      if (quote == "\"" || quote == "\047") {
        text = substr(text, 2)
        end = index(text, quote)
        if (end == 0) next
        text = substr(text, 1, end - 1)
      } else {
        sub(/(^|[[:space:]]+)#.*$/, "", text); sub(/[[:space:]]+$/, "", text)
      }
      if (text != "" && text != "null") print name "\t" text
    }'
}

# kubelet_setting FLAG KEY: a flag counts more than the configuration.
kubelet_setting() {
  setting=$(kubelet_flag "$1")
  if [ -z "$setting" ]; then setting=$(configured "$2"); fi
  printf '%s' "$setting"
}

# Absolute path of a file as the kubelet finds it; nothing for an empty path.
of_kubelet() {
  case $1 in
  '') ;;
  /*) printf '%s\n' "$1" ;;
  *) printf '%s/%s\n' "$(readlink "/proc/$KUBELET_PID/cwd")" "$1" ;;
  esac
}

# A path on the host's local disk without symbolic links.
real_path() { bounded 20 readlink -m -- "$1" 2>/dev/null; }
