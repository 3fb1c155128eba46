# Containers of the container runtimes. Never starts a runtime: even `docker ps` would start docker through its socket.
# Lists print one entry per line and fail when the runtime does not respond.
# Needs of lib/base.sh: bounded, have
# Needs of lib/processes.sh: is_kubernetes_container
# Needs of lib/units.sh: is_known_unit, is_unit_active
# Needs of read/cluster.sh: is_line_of
# Needs of its caller: OPERATION

# Socket of the containerd that is embedded in k3s and rke2.
AGENT_SOCKET=/run/k3s/containerd/containerd.sock
CONTAINERD_SOCKETS="/run/containerd/containerd.sock $AGENT_SOCKET"
CRIO_SOCKET=/run/crio/crio.sock
CRI_DOCKERD_SOCKET=/run/cri-dockerd.sock

# crictl_at SOCKET ARGUMENT...
crictl_at() {
  crictl_socket=$1
  shift
  bounded 90 crictl --runtime-endpoint "unix://$crictl_socket" --timeout 60s "$@" 2>/dev/null
}

# ctr_at SOCKET NAMESPACE ARGUMENT...
ctr_at() {
  ctr_socket=$1
  ctr_namespace=$2
  shift 2
  bounded 60 ctr --address "$ctr_socket" --namespace "$ctr_namespace" "$@" 2>/dev/null
}

# With an explicit socket: root's docker context may refer to another machine.
docker_here() {
  bounded 90 docker --host unix:///run/docker.sock "$@" 2>/dev/null
}

list_containerd_sockets() {
  for socket in $CONTAINERD_SOCKETS; do
    if [ -S "$socket" ]; then printf '%s\n' "$socket"; fi
  done
}

# A process listens on the socket: the file alone can outlive a containerd.
is_listened_on() {
  awk -v path="$1" '
    { sub(/^\/var\/run\//, "/run/", $8) }
    $4 == "00010000" && $8 == path { found = 1 }
    END { exit !found }' /proc/net/unix
}

# The tool that a containerd responds to; fails when there is none.
find_containerd_tool() {
  if have crictl && bounded 15 crictl --runtime-endpoint "unix://$1" --timeout 10s pods -q >/dev/null 2>&1; then
    echo crictl
  elif have ctr && bounded 15 ctr --address "$1" --connect-timeout 10s version >/dev/null 2>&1; then
    echo ctr
  else
    return 1
  fi
}

# list_containerd SOCKET TOOL sandbox|container: ids.
list_containerd() {
  case $2:$3 in
  crictl:sandbox) crictl_at "$1" pods -q ;;
  crictl:container) crictl_at "$1" ps -a -q ;;
  *) ctr_at "$1" k8s.io containers ls -q "labels.\"io.cri-containerd.kind\"==$3" ;;
  esac
}

# Containers of a containerd that are neither the CRI's nor docker's (those are counted with docker), as "namespace/id".
list_foreign_containerd() {
  if have ctr; then
    namespaces=$(bounded 15 ctr --address "$1" --connect-timeout 10s namespaces ls -q 2>/dev/null) || return 1
    for namespace in $namespaces; do
      case $namespace in moby | plugins.moby) continue ;; esac
      ids=$(ctr_at "$1" "$namespace" containers ls -q) || return 1
      owned=
      if [ "$namespace" = k8s.io ]; then
        owned=$(list_containerd "$1" ctr sandbox && list_containerd "$1" ctr container) || return 1
      fi
      for id in $ids; do
        if ! is_line_of "$id" "$owned"; then printf '%s/%s\n' "$namespace" "$id"; fi
      done
    done
  else
    list_foreign_tasks
  fi
}

# The same for running containers only, by containerd's files on disk.
list_foreign_tasks() {
  for bundle in /run/containerd/io.containerd.runtime.v2.task/*/*; do
    [ -d "$bundle" ] || continue
    id=${bundle##*/}
    namespace=${bundle%/*}
    namespace=${namespace##*/}
    case $namespace in moby | plugins.moby) continue ;; esac
    if ! is_kubernetes_container "$namespace" "$id"; then printf '%s/%s\n' "$namespace" "$id"; fi
  done
}

containerd_root() {
  containerd_root_set=$(sed -n "s/^root[[:space:]]*=[[:space:]]*[\"']\([^\"']*\)[\"'].*/\1/p" /etc/containerd/config.toml 2>/dev/null | head -n 1)
  printf '%s\n' "${containerd_root_set:-/var/lib/containerd}"
}

# list_containerd_records sandbox|container: ids of the CRI's folders for each, whether containerd runs or not.
list_containerd_records() {
  case $1 in
  sandbox) records=sandboxes ;;
  *) records=containers ;;
  esac
  for record in "$(containerd_root)/io.containerd.grpc.v1.cri/$records"/* \
    /var/lib/rancher/*/agent/containerd/io.containerd.grpc.v1.cri/"$records"/*; do
    if [ -d "$record" ]; then printf '%s\n' "${record##*/}"; fi
  done
}

# The same by a tool, or by the records of a stopped containerd. Fails when a running one does not respond.
list_containerd_pods() {
  asked=
  for socket in $(list_containerd_sockets); do
    if ! tool=$(find_containerd_tool "$socket"); then
      ! is_listened_on "$socket" || return 1
      continue
    fi
    asked=yes
    list_containerd "$socket" "$tool" "$1" || return 1
  done
  [ -z "$asked" ] || return 0
  ! is_unit_active containerd.service || return 1
  list_containerd_records "$1"
}

# Containers that Kubernetes does not manage, of every containerd. Fails when a running one does not respond.
list_containerd_foreigners() {
  asked=
  for socket in $(list_containerd_sockets); do
    if ! find_containerd_tool "$socket" >/dev/null; then
      ! is_listened_on "$socket" || return 1
      continue
    fi
    asked=yes
    list_foreign_containerd "$socket" || return 1
  done
  [ -z "$asked" ] || return 0
  ! is_unit_active containerd.service || return 1
  list_foreign_tasks
}

docker_root() {
  docker_root_set=$(sed -n 's/.*"data-root"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' /etc/docker/daemon.json 2>/dev/null | head -n 1)
  printf '%s\n' "${docker_root_set:-/var/lib/docker}"
}

# Docker's containers as lines "id name": from docker if it runs, else from its files.
list_docker() {
  if is_unit_active docker.service; then
    have docker || return 1
    docker_here ps -a --no-trunc --format '{{.ID}} {{.Names}}'
  else
    for record in "$(docker_root)"/containers/*; do
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

# A container of Kubernetes: by docker's files, or by the ids that were stored before docker removed them.
is_kubernetes_docker_id() {
  if [ -n "$OPERATION" ] && grep -qx -e "$1" "$OPERATION/docker-ids" 2>/dev/null; then return 0; fi
  grep -qs '"Name":"/k8s_[^_"]*_[^_"]*_[^_"]*_[^_"]*_' "$(docker_root)/containers/$1/config.v2.json"
}

has_docker() { is_known_unit docker.service || [ -d "$(docker_root)/containers" ]; }
has_containerd() { is_known_unit containerd.service || [ -n "$(list_containerd_sockets)" ]; }
has_crio() { is_known_unit crio.service; }

# list_crio sandbox|container
list_crio() {
  if is_unit_active crio.service; then
    have crictl || return 1
    list_containerd "$CRIO_SOCKET" crictl "$1"
  else
    case $1 in
    sandbox) grep -os '"k8s_POD_[^"]*"' /var/lib/containers/storage/overlay-containers/containers.json | sort -u ;;
    container) grep -os '"k8s_[^"]*"' /var/lib/containers/storage/overlay-containers/containers.json | grep -v '"k8s_POD_' | sort -u ;;
    esac
    return 0
  fi
}

# list_kubernetes sandbox|container: ids of all runtimes; fails when one of them does not respond.
list_kubernetes() {
  list_containerd_pods "$1" || return 1
  docker_containers=$(list_docker) || return 1
  printf '%s\n' "$docker_containers" | only_docker "$1"
  list_crio "$1"
}

# Number of lines that are not empty.
count_lines() { awk 'NF { count++ } END { print count + 0 }'; }
