# Settings of container runtimes: of the running process where it reports them, else its flags, its configuration and its defaults.
# Needs of lib/processes.sh: flag_of
# Needs of runtime/containers.sh: crictl_at
# Needs of runtime/runtimes.sh: RUNTIME_ENDPOINT, RUNTIME_PID, existing_folder

# toml_value KEY FILE: the last text under a key, which is written with the names of its tables: `root`, `crio.root`.
toml_value() {
  awk -v wanted="$1" '
    { sub(/^[ \t]+/, "") }
    /^\[/ { table = $0; sub(/[ \t]*#.*/, "", table); gsub(/[][ \t"]/, "", table); next }
    match($0, /^[A-Za-z0-9_."-]+[ \t]*=/) {
      key = substr($0, 1, RLENGTH - 1)
      value = substr($0, RLENGTH + 1)
      gsub(/[ \t"]/, "", key)
      sub(/^[ \t]+/, "", value)
      quote = substr(value, 1, 1)
      if ((table == "" ? key : table "." key) != wanted || (quote != "\"" && quote != "\047")) next
      value = substr(value, 2)
      found = substr(value, 1, index(value, quote) - 1)
    }
    END { if (found != "") print found }' "$2"
}

# The texts of the list `imports` at the top of a file, one per line.
toml_imports() {
  awk '
    /^[ \t]*\[/ && !inside { exit }
    /^[ \t]*imports[ \t]*=/ { inside = 1 }
    inside { sub(/#.*/, ""); text = text $0 " "; if (/\]/) exit }
    END {
      gsub(/"/, "\047", text)
      count = split(text, part, "\047")
      for (i = 2; i <= count; i += 2) print part[i]
    }' "$1"
}

# containerd_value KEY FILE DEPTH: an imported file wins over the one that names it, as in containerd.
containerd_value() {
  if [ ! -r "$2" ] || [ "$3" -gt 3 ]; then return; fi
  {
    toml_value "$1" "$2"
    toml_imports "$2" | while IFS= read -r pattern; do
      case $pattern in /*) ;; *) pattern=${2%/*}/$pattern ;; esac
      # A pattern may match several files; a space in it separates nothing.
      IFS=
      for file in $pattern; do containerd_value "$1" "$file" $(($3 + 1)); done
    done
  } | awk 'NF { last = $0 } END { if (last != "") print last }'
}

# containerd_folder root|state REPORT: of the running containerd, whose configuration may have changed since it started.
containerd_folder() {
  folder=$(printf '%s\n' "$2" | reported_folder "$1")
  if [ -z "$folder" ]; then folder=$(flag_of "$RUNTIME_PID" "--$1" "-$1"); fi
  if [ -z "$folder" ]; then
    config=$(flag_of "$RUNTIME_PID" --config -config -c)
    # Without its configuration the folders are unknown.
    if [ -n "$config" ] && [ ! -r "$config" ]; then return 0; fi
    folder=$(containerd_value "$1" "${config:-/etc/containerd/config.toml}" 0)
  fi
  case $1 in
  root) existing_folder "${folder:-/var/lib/containerd}" ;;
  state) existing_folder "${folder:-/run/containerd}" ;;
  esac
}

# What containerd reports of itself through the CRI, as JSON; nothing when it does not respond.
containerd_report() { crictl_at "$RUNTIME_ENDPOINT" info; }

# reported_folder root|state: from this report on stdin. The CRI's own folder is one of containerd's state folder.
reported_folder() {
  case $1 in
  root) json_text containerdRootDir ;;
  state) json_text stateDir | sed 's,/io\.containerd\.grpc\.v1\.cri$,,' ;;
  esac
}

# docker_setting PID NAME DEFAULT: of a running dockerd.
docker_setting() {
  case $2 in
  data-root) setting=$(flag_of "$1" --data-root --graph -g) ;;
  *) setting=$(flag_of "$1" "--$2") ;;
  esac
  if [ -z "$setting" ]; then
    config=$(flag_of "$1" --config-file)
    setting=$(cat "${config:-/etc/docker/daemon.json}" 2>/dev/null | json_text "$2")
  fi
  printf '%s\n' "${setting:-$3}"
}

# crio_folder KEY STORAGE-KEY DEFAULT: from CRI-O's flags and configuration, or from that of the storage that it shares with podman.
crio_folder() {
  folder=$(flag_of "$RUNTIME_PID" "--$1")
  if [ -z "$folder" ]; then
    folder=$(for file in /etc/containers/storage.conf /etc/crio/crio.conf /etc/crio/crio.conf.d/*; do
      [ -r "$file" ] || continue
      toml_value "storage.$2" "$file"
      toml_value "crio.$1" "$file"
    done | awk 'NF { last = $0 } END { if (last != "") print last }')
  fi
  existing_folder "${folder:-$3}"
}

# json_text KEY: the first text under a key of the JSON on stdin.
json_text() {
  # shellcheck disable=SC2020 # each of the three
  tr ',{}' '\n\n\n' | sed -n "s/^[[:space:]]*\"$1\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p" | head -n 1
}
