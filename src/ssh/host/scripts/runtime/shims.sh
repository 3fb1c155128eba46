# Shims: the processes that containerd starts for containers. One is ours only if its runtime's socket, its namespace and its container are.
# Needs of lib/processes.sh: arguments_of, list_programs
# Needs of runtime/containers.sh: is_kubernetes_docker_id, is_recorded_container
# Needs of runtime/runtimes.sh: RUNTIME_ADDRESS, RUNTIME_KIND, RUNTIME_NAMESPACE, RUNTIME_STATE
# Needs of runtime/sockets.sh: socket_path

# All shims as lines "pid namespace container address". Those of a cluster inside a container (kind) are in another PID namespace and are
# not listed.
list_shims() {
  list_programs 'containerd-shim.*' | while read -r pid _; do
    arguments_of "$pid" | awk -v pid="$pid" '
      last ~ /^--?namespace$/ { namespace = $0 }
      last ~ /^--?id$/ { id = $0 }
      last ~ /^--?address$/ { address = $0 }
      # The first version of shims has no id, but its directory.
      last ~ /^--?workdir$/ { count = split($0, part, "/"); workdir = part[count] }
      { last = $0 }
      END { if (namespace != "") print pid, namespace, id == "" ? (workdir == "" ? "-" : workdir) : id, address == "" ? "-" : address }'
  done
}

# Lines "ours|other|unknown pid namespace container address".
judge_shims() {
  list_shims | while read -r pid namespace id address; do
    printf '%s %s %s %s %s\n' "$(judge_shim "$pid" "$namespace" "$id" "$address")" "$pid" "$namespace" "$id" "$address"
  done
}

# judge_shim PID NAMESPACE CONTAINER ADDRESS
judge_shim() {
  if [ -z "$RUNTIME_ADDRESS" ] || [ "$2" != "$RUNTIME_NAMESPACE" ] || [ "$(socket_path "$4")" != "$RUNTIME_ADDRESS" ]; then
    echo other
  elif is_recorded_container "$3"; then
    echo ours
  elif [ "$RUNTIME_KIND" = docker ]; then
    if is_kubernetes_docker_id "$3"; then echo ours; else echo other; fi
  else
    # A shim runs in the directory of its container. Of a user's own container, the description lacks the CRI's annotations.
    bundle=$(readlink "/proc/$1/cwd" 2>/dev/null)
    case $bundle in "$RUNTIME_STATE"/*/"$2/$3") ;; *) bundle= ;; esac
    if [ -z "$bundle" ] || [ ! -r "$bundle/config.json" ]; then
      echo unknown
    elif grep -q 'io\.kubernetes\.cri\.' "$bundle/config.json"; then
      echo ours
    else
      echo other
    fi
  fi
}

# PIDs of the shims of this node's pods.
list_kubernetes_shims() { judge_shims | awk '$1 == "ours" { print $2 }'; }
