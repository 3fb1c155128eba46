# What uses the kubelet's runtime besides the kubelet, running or not. Such a runtime is not stopped.
# Needs of lib/base.sh: have
# Needs of lib/processes.sh: list_programs
# Needs of lib/units.sh: unit_property, unit_state
# Needs of read/cluster.sh: is_line_of
# Needs of runtime/containers.sh: ctr_in, docker_here, is_runtime_running, list_by_tool, list_docker_pods
# Needs of runtime/runtime-settings.sh: docker_setting
# Needs of runtime/runtimes.sh: DOCKER_UNIT, RUNTIME_ADDRESS, RUNTIME_KIND, RUNTIME_NAMESPACE, RUNTIME_ROOT, RUNTIME_UNIT
# Needs of runtime/runtimes.sh: count_lines, docker_address
# Needs of its caller: OPERATION

# describe_runtime_users USERS: what `list_runtime_users` printed in one line, empty for none; `unknown` when that failed, and then this fails
# too. A runtime that a stage stopped does not report its users: the answer of that stage counts.
describe_runtime_users() {
  if [ "$1" = unknown ]; then
    [ -n "$OPERATION" ] && [ -e "$OPERATION/runtime-is-unused" ] && ! is_runtime_running
    return
  fi
  printf '%s\n' "$1" | awk 'NF { text = text (text == "" ? "" : "; ") $0 } END { print text }'
}

# One phrase per line; empty when there is no other user. Fails when it cannot be read.
list_runtime_users() {
  case $RUNTIME_KIND in
  containerd) list_containerd_users ;;
  docker) list_docker_users ;;
  # It serves the CRI only. Podman's containers share its storage, and do not need it.
  crio) ;;
  *) return 1 ;;
  esac
}

list_containerd_users() {
  have ctr || return 1
  namespaces=$(ctr_in "$RUNTIME_NAMESPACE" namespaces ls -q) || return 1
  for namespace in $namespaces; do
    if [ "$namespace" = "$RUNTIME_NAMESPACE" ]; then
      list_containers_of_users || return 1
    else
      describe_namespace "$namespace" || return 1
    fi
  done
  list_dependent_dockers || return 1
}

# Users may run their own containers in the kubelet's namespace: those lack the CRI's labels.
list_containers_of_users() {
  ids=$(ctr_in "$RUNTIME_NAMESPACE" containers ls -q) || return 1
  owned=$(list_by_tool ctr sandbox && list_by_tool ctr container) || return 1
  for id in $ids; do
    if ! is_line_of "$id" "$owned"; then printf 'container %s/%s, which Kubernetes does not manage\n' "$RUNTIME_NAMESPACE" "$id"; fi
  done
}

# A namespace with anything in it, as e.g. "namespace buildkit (images: 3, snapshots: 12)".
describe_namespace() {
  found=
  for kind in containers images snapshots content leases; do
    case $kind in
    snapshots) entries=$(ctr_in "$1" snapshots ls) || return 1 ;;
    *) entries=$(ctr_in "$1" "$kind" ls -q) || return 1 ;;
    esac
    count=$(printf '%s\n' "$entries" | grep -v '^KEY ' | count_lines)
    if [ "$count" -gt 0 ]; then found="$found${found:+, }$kind: $count"; fi
  done
  if [ -n "$found" ]; then printf 'namespace %s (%s)\n' "$1" "$found"; fi
}

# A docker that needs this containerd, even one that does not run at this moment: a timer or a user starts it.
list_dependent_dockers() {
  state=$(unit_state docker.service)
  if [ -z "$state" ]; then return 1; fi
  if is_docker_in_use "$state"; then
    for property in Requires Wants BindsTo; do
      if is_line_of "$RUNTIME_UNIT" "$(unit_property docker.service "$property" | tr ' ' '\n')"; then
        printf 'docker.service, which needs it\n'
        return
      fi
    done
  fi
  list_programs dockerd | while read -r pid _; do
    if [ "$(docker_address "$pid")" = "$RUNTIME_ADDRESS" ]; then printf 'docker (process %s)\n' "$pid"; fi
  done
}

# is_docker_in_use STATE: not one that is only installed: disabled, off, and without containers, images and volumes.
is_docker_in_use() {
  for docker_state in "$1" "$(unit_state docker.socket)"; do
    case $docker_state in
    'not-found '* | 'masked '*) ;;
    *' inactive '* | *' failed '*) case $docker_state in *' enabled' | *' enabled-runtime' | *' linked' | *' linked-runtime') return 0 ;; esac ;;
    *) return 0 ;;
    esac
  done
  case $1 in 'not-found '* | 'masked '*) return 1 ;; esac
  case $(unit_property docker.service ExecStart) in *--data-root* | *--graph* | *' -g '*) return 0 ;; esac
  docker_data=$(docker_setting 0 data-root /var/lib/docker)
  for entry in "$docker_data"/containers/* "$docker_data"/volumes/*/ "$docker_data"/image/*/imagedb/content/sha256/* "$docker_data"/swarm/*; do
    if [ -e "$entry" ]; then return 0; fi
  done
  return 1
}

# Nothing shows which of docker's images are the kubelet's, so images are no reason.
list_docker_users() {
  foreigners=$(list_docker_pods foreign) || return 1
  count=$(printf '%s\n' "$foreigners" | count_lines)
  if [ "$count" -gt 0 ]; then printf 'containers that Kubernetes does not manage (%s)\n' "$count"; fi
  if is_runtime_running; then
    volumes=$(docker_here volume ls -q) || return 1
    swarm=$(docker_here info --format '{{.Swarm.LocalNodeState}}') || return 1
  else
    volumes=$(for volume in "$RUNTIME_ROOT"/volumes/*; do if [ -d "$volume" ]; then printf '%s\n' "${volume##*/}"; fi; done)
    swarm=inactive
    if [ -e "$RUNTIME_ROOT/swarm/state.json" ]; then swarm=active; fi
  fi
  # An anonymous volume has a hash as its name, and belongs to a container.
  named=$(printf '%s\n' "$volumes" | grep -v -x -e '[0-9a-f]\{64\}' | count_lines)
  if [ "$named" -gt 0 ]; then printf 'named volumes (%s)\n' "$named"; fi
  case $swarm in '' | inactive) ;; *) printf 'a Swarm that it is a member of\n' ;; esac
}

# cri-dockerd serves only the kubelet; docker and containerd may serve others too.
is_shared_unit() {
  if [ "$RUNTIME_KIND" != docker ]; then return 0; fi
  case $1 in docker.* | "$DOCKER_UNIT") ;; *) return 1 ;; esac
}
