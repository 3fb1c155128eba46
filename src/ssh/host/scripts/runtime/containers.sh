# Containers of the kubelet's runtime. No other runtime is asked, and none is started: even `docker ps` would start docker through its
# socket. Lists print one entry per line and fail when the runtime does not respond.
# Needs of lib/base.sh: bounded, have
# Needs of lib/units.sh: is_unit_active
# Needs of runtime/runtimes.sh: DOCKER_SOCKET, DOCKER_UNIT, RUNTIME_ADDRESS, RUNTIME_ENDPOINT, RUNTIME_KIND, RUNTIME_NAMESPACE
# Needs of runtime/runtimes.sh: RUNTIME_ROOT, RUNTIME_UNIT
# Needs of runtime/sockets.sh: is_listened_on
# Needs of its caller: OPERATION

# crictl_at SOCKET ARGUMENT...
crictl_at() {
  crictl_socket=$1
  shift
  bounded 90 crictl --runtime-endpoint "unix://$crictl_socket" --timeout 60s "$@" 2>/dev/null
}

# ctr_in NAMESPACE ARGUMENT...: at the kubelet's containerd.
ctr_in() {
  ctr_namespace=$1
  shift
  bounded 60 ctr --address "$RUNTIME_ADDRESS" --namespace "$ctr_namespace" "$@" 2>/dev/null
}

# With an explicit socket: root's docker context may refer to another machine.
docker_here() {
  bounded 90 docker --host "unix://$DOCKER_SOCKET" "$@" 2>/dev/null
}

is_runtime_running() {
  case $RUNTIME_KIND in
  docker) is_unit_active "$DOCKER_UNIT" && is_listened_on "$DOCKER_SOCKET" ;;
  *) is_listened_on "$RUNTIME_ENDPOINT" ;;
  esac
}

# Without a listener, but not off: it starts, stops or hangs.
is_runtime_between_states() {
  ! is_runtime_running && [ "$RUNTIME_KIND" != docker ] && is_unit_active "$RUNTIME_UNIT"
}

# What `find_runtime_tool` found, or `none`, for the probe, which needs it several times: a runtime that hangs takes the whole time of each
# question. Stages change the runtime, and ask each time.
RUNTIME_TOOL=''

# The tool that a running runtime responds to; fails when there is none.
find_runtime_tool() {
  case $RUNTIME_TOOL in
  '') ;;
  none) return 1 ;;
  *) printf '%s\n' "$RUNTIME_TOOL" && return ;;
  esac
  case $RUNTIME_KIND in
  docker)
    have docker && docker_here version >/dev/null && echo docker
    return
    ;;
  containerd | crio) ;;
  *) return 1 ;;
  esac
  if have crictl && bounded 15 crictl --runtime-endpoint "unix://$RUNTIME_ENDPOINT" --timeout 10s pods -q >/dev/null 2>&1; then
    echo crictl
  elif [ "$RUNTIME_KIND" = containerd ] && have ctr && bounded 15 ctr --address "$RUNTIME_ADDRESS" --connect-timeout 10s version >/dev/null 2>&1; then
    echo ctr
  else
    return 1
  fi
}

# list_by_tool TOOL sandbox|container: ids.
list_by_tool() {
  case $1:$2 in
  crictl:sandbox) crictl_at "$RUNTIME_ENDPOINT" pods -q ;;
  crictl:container) crictl_at "$RUNTIME_ENDPOINT" ps -a -q ;;
  ctr:*) ctr_in "$RUNTIME_NAMESPACE" containers ls -q "labels.\"io.cri-containerd.kind\"==$2" ;;
  docker:*) list_docker_pods "$2" ;;
  *) return 1 ;;
  esac
}

# list_records sandbox|container: ids in the files of a stopped runtime.
list_records() {
  case $RUNTIME_KIND:$1 in
  containerd:*)
    case $1 in sandbox) records=sandboxes ;; *) records=containers ;; esac
    for record in "$RUNTIME_ROOT/io.containerd.grpc.v1.cri/$records"/*; do
      if [ -d "$record" ]; then printf '%s\n' "${record##*/}"; fi
    done
    ;;
  docker:*) list_docker_pods "$1" ;;
  crio:sandbox) grep -os '"k8s_POD_[^"]*"' "$RUNTIME_ROOT/overlay-containers/containers.json" | sort -u ;;
  crio:container) grep -os '"k8s_[^"]*"' "$RUNTIME_ROOT/overlay-containers/containers.json" | grep -v '"k8s_POD_' | sort -u ;;
  esac
}

# list_kubernetes sandbox|container: ids of the kubelet's runtime, or in the records of a stopped one. Fails when a running one does not
# respond, and when the runtime is unknown.
list_kubernetes() {
  if [ -z "$RUNTIME_KIND" ] || [ -z "$RUNTIME_ROOT" ] || is_runtime_between_states; then return 1; fi
  if is_runtime_running; then
    tool=$(find_runtime_tool) || return 1
    list_by_tool "$tool" "$1"
  else
    list_records "$1"
    return 0
  fi
}

# Docker's containers as lines "id name": from docker if it runs, else from its files.
list_docker() {
  if is_runtime_running; then
    have docker || return 1
    docker_here ps -a --no-trunc --format '{{.ID}} {{.Names}}'
  else
    for record in "$RUNTIME_ROOT"/containers/*; do
      if [ -f "$record/config.v2.json" ]; then
        printf '%s %s\n' "${record##*/}" "$(sed -n 's/.*"Name":"\/\([^"]*\)".*/\1/p' "$record/config.v2.json" | head -n 1)"
      fi
    done
  fi
}

# Filters `list_docker` by kind: those of Kubernetes (sandbox, container) or all others (foreign). The kubelet's names are
# k8s_<container>_<pod>_<namespace>_<uid>_<attempt>, with POD for the sandbox.
only_docker() {
  awk -v wanted="$1" '{
    kind = "foreign"
    if ($2 ~ /^k8s_[^_]+_[^_]+_[^_]+_[^_]+_[^_]/) kind = $2 ~ /^k8s_POD_/ ? "sandbox" : "container"
    if (kind == wanted) print $1
  }'
}

# list_docker_pods sandbox|container|foreign
list_docker_pods() {
  docker_containers=$(list_docker) || return 1
  printf '%s\n' "$docker_containers" | only_docker "$1"
}

# A container of Kubernetes by docker's files.
is_kubernetes_docker_id() {
  grep -qs '"Name":"/k8s_[^_"]*_[^_"]*_[^_"]*_[^_"]*_' "$RUNTIME_ROOT/containers/$1/config.v2.json"
}

# The id is of a container that a stage saw in the kubelet's runtime before it removed it.
is_recorded_container() {
  [ -n "$OPERATION" ] && [ -n "$1" ] && grep -qx -F -e "$1" "$OPERATION/container-ids" 2>/dev/null
}
