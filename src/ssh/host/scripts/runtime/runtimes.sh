# The container runtime of this host's kubelet: its process, unit, sockets, folders and namespace. Learned from the process that listens on
# the kubelet's endpoint; from the operation's folder once a stage has stored them. Another runtime of the host is never asked or changed.
# Needs of lib/base.sh: PATH, emit
# Needs of lib/processes.sh: flag_of, list_socket_holders, program_of
# Needs of lib/units.sh: is_unit_name, unit_of_process, unit_property
# Needs of read/kubelet.sh: KUBELET_ENDPOINT, KUBELET_PID
# Needs of runtime/runtime-settings.sh: containerd_folder, containerd_report, crio_folder, docker_setting
# Needs of runtime/sockets.sh: is_listened_on, list_socket_inodes, socket_path

# load_runtime: after `load_kubelet`; sets the facts from this operation's record, else from the process that listens. Empty means unknown.
# RUNTIME_UNITS has the units that the stages stop, in this order: sockets before their services. DOCKER_SOCKET and DOCKER_UNIT are those of
# the docker behind cri-dockerd.
load_runtime() {
  if [ -n "$RUNTIME_KIND" ]; then
    use_recorded_runtime
  else
    load_running_runtime
    find_runtime_tools
  fi
}

use_recorded_runtime() {
  RUNTIME_PID=$(find_listener "$RUNTIME_ENDPOINT")
  find_runtime_tools
}

# They are beside the runtime's program when it was not installed by a package.
find_runtime_tools() {
  case $RUNTIME_PROGRAM in /*/*) PATH=$PATH:${RUNTIME_PROGRAM%/*} ;; esac
}

# Another program, or one of another unit, listens now than when preflight looked.
is_other_runtime() {
  [ -n "$RUNTIME_PID" ] && [ "$(unit_of_process "$RUNTIME_PID")" != "$RUNTIME_UNIT" ]
}

load_running_runtime() {
  RUNTIME_PID=
  RUNTIME_ENDPOINT=$(socket_path "$KUBELET_ENDPOINT")
  [ -n "$RUNTIME_ENDPOINT" ] || return 0
  RUNTIME_PID=$(find_listener "$RUNTIME_ENDPOINT")
  [ -n "$RUNTIME_PID" ] || return 0
  RUNTIME_PROGRAM=$(program_of "$RUNTIME_PID")
  RUNTIME_UNIT=$(unit_of_process "$RUNTIME_PID")
  case ${RUNTIME_PROGRAM##*/} in
  containerd) load_containerd ;;
  # Before Kubernetes 1.24, the kubelet itself listens for docker.
  cri-dockerd | kubelet) load_docker ;;
  crio) load_crio ;;
  esac
  RUNTIME_UNITS=$(for unit in $RUNTIME_UNIT $DOCKER_UNIT; do
    list_triggers "$unit"
    printf '%s\n' "$unit"
  done)
}

# The process of this host that listens on a socket; nothing when there is none, or when it is not the only one.
find_listener() {
  # shellcheck disable=SC2046 # numbers
  listeners=$(list_socket_holders $(list_socket_inodes "$1"))
  case $listeners in *[!0-9]*) ;; *) printf '%s\n' "$listeners" ;; esac
}

# Sockets that start a unit. Its timers and paths stay: a unit that is stopped for good is masked when one of them starts it.
list_triggers() {
  unit_property "$1" TriggeredBy | tr ' ' '\n' | while IFS= read -r trigger; do
    case $trigger in *.socket) if is_unit_name "$trigger"; then printf '%s\n' "$trigger"; fi ;; esac
  done
}

# Its own socket is also the kubelet's: the CRI is a part of containerd.
load_containerd() {
  RUNTIME_KIND=containerd
  RUNTIME_ADDRESS=$RUNTIME_ENDPOINT
  RUNTIME_NAMESPACE=k8s.io
  report=$(containerd_report)
  RUNTIME_ROOT=$(containerd_folder root "$report")
  RUNTIME_STATE=$(containerd_folder state "$report")
}

load_docker() {
  RUNTIME_KIND=docker
  DOCKER_SOCKET=$(flag_of "$RUNTIME_PID" --docker-endpoint)
  DOCKER_SOCKET=$(socket_path "${DOCKER_SOCKET:-/run/docker.sock}")
  docker_pid=$(find_listener "$DOCKER_SOCKET")
  [ -n "$docker_pid" ] || return 0
  DOCKER_UNIT=$(unit_of_process "$docker_pid")
  RUNTIME_ROOT=$(existing_folder "$(docker_setting "$docker_pid" data-root /var/lib/docker)")
  RUNTIME_STATE=$(existing_folder "$(docker_setting "$docker_pid" exec-root /run/docker)")
  RUNTIME_NAMESPACE=$(docker_setting "$docker_pid" containerd-namespace moby)
  RUNTIME_ADDRESS=$(docker_address "$docker_pid")
}

# Socket of the containerd that a docker uses: its own child, or the host's.
docker_address() {
  docker_child=$(docker_setting "$1" exec-root /run/docker)/containerd/containerd.sock
  docker_default=/run/containerd/containerd.sock
  if is_listened_on "$(socket_path "$docker_child")"; then docker_default=$docker_child; fi
  socket_path "$(docker_setting "$1" containerd "$docker_default")"
}

load_crio() {
  RUNTIME_KIND=crio
  RUNTIME_ROOT=$(crio_folder root graphroot /var/lib/containers/storage)
  RUNTIME_STATE=$(crio_folder runroot runroot /run/containers/storage)
}

# A directory without symbolic links, as the kernel writes the path; nothing when there is none.
existing_folder() {
  case $1 in /*) if [ -d "$1" ]; then readlink -f -- "$1"; fi ;; esac
}

# What is unknown, for the probe, with the command that shows it.
report_unknown_runtime() {
  if [ -z "$RUNTIME_ENDPOINT" ]; then
    if [ -n "$KUBELET_PID" ]; then
      emit unknown 'which container runtime the kubelet uses: its endpoint is not a socket of this host' "tr '\\0' ' ' </proc/$KUBELET_PID/cmdline"
    fi
  elif [ -z "$RUNTIME_KIND" ] && [ -z "$RUNTIME_PROGRAM" ]; then
    emit unknown "which process listens on $RUNTIME_ENDPOINT, the kubelet's container runtime" "ss -xlp src $RUNTIME_ENDPOINT"
  elif [ -z "$RUNTIME_KIND" ]; then
    emit unknown "which container runtime the kubelet uses: the program ${RUNTIME_PROGRAM##*/} is none that this tool knows (containerd, cri-dockerd, crio)" "tr '\\0' ' ' </proc/$RUNTIME_PID/cmdline"
  else
    if [ -z "$RUNTIME_UNIT" ]; then
      emit unknown "which unit runs the container runtime ($RUNTIME_PROGRAM)" "cat /proc/$RUNTIME_PID/cgroup"
    fi
    if [ "$RUNTIME_KIND" = docker ] && [ -z "$DOCKER_UNIT" ]; then
      emit unknown "which unit runs the docker that listens on $DOCKER_SOCKET" "ss -xlp src $DOCKER_SOCKET"
    fi
    if [ -z "$RUNTIME_ROOT" ] || [ -z "$RUNTIME_STATE" ]; then
      emit unknown "which folders $RUNTIME_KIND uses (root: ${RUNTIME_ROOT:-unknown}, state: ${RUNTIME_STATE:-unknown})" "tr '\\0' ' ' </proc/$RUNTIME_PID/cmdline"
    fi
  fi
}

# Number of lines that are not empty.
count_lines() { awk 'NF { count++ } END { print count + 0 }'; }
