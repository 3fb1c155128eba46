# Removal of pods from the docker that the kubelet uses.
# Needs of lib/base.sh: have
# Needs of lib/report.sh: first_of, item, mark_touched, note
# Needs of runtime/containers.sh: crictl_at, docker_here, is_runtime_running, list_docker, only_docker
# Needs of runtime/runtimes.sh: RUNTIME_ENDPOINT, count_lines
# Needs of runtime/sockets.sh: is_listened_on
# Needs of stages/remove-pods.sh: remove_pods_by_crictl

remove_docker_pods() {
  if is_listened_on "$RUNTIME_ENDPOINT" && have crictl && crictl_at "$RUNTIME_ENDPOINT" version >/dev/null; then
    name='pod sandboxes of cri-dockerd'
    remove_pods_by_crictl
  fi
  name="Kubernetes' containers of docker"
  if ! all=$(list_docker); then
    item Failed "$name" 'docker runs but does not respond'
    return
  fi
  containers=$(printf '%s\n' "$all" | only_docker container)
  pods=$(printf '%s\n' "$all" | only_docker sandbox)
  if [ -z "$containers$pods" ]; then
    item NothingToDo "$name"
    return
  fi
  if ! is_runtime_running; then
    item Failed "$name" 'docker is stopped and has records of some: start it so that they can be removed'
    return
  fi
  mark_touched "$name" || return
  own=
  host=
  for pod in $pods; do
    if [ "$(docker_here inspect -f '{{.HostConfig.NetworkMode}}' "$pod")" = host ]; then host="$host $pod"; else own="$own $pod"; fi
  done
  # shellcheck disable=SC2086 # ids
  remove_docker_containers $containers
  # shellcheck disable=SC2086
  remove_docker_containers $own
  # shellcheck disable=SC2086
  remove_docker_containers $host
  if ! all=$(list_docker); then
    item Failed "$name" 'docker no longer responds'
    return
  fi
  left=$(printf '%s\n' "$all" | only_docker container && printf '%s\n' "$all" | only_docker sandbox)
  if [ -n "$left" ]; then
    item Failed "$name" "not removed: $(printf '%s\n' "$left" | first_of 5)"
  else
    item Done "$name" "$(printf '%s\n' "$containers" "$pods" | count_lines) removed"
  fi
}

# All of them together have ten seconds to stop. Their anonymous volumes are removed too.
remove_docker_containers() {
  [ $# -gt 0 ] || return 0
  note "removing docker containers $*"
  docker_here stop -t 10 "$@" >/dev/null
  for id in "$@"; do docker_here rm -f -v "$id" >/dev/null; done
}
