# Removal of pods with ctr. Without the CRI, CNI is not called, so its leftovers of exactly these sandboxes are removed here.
# Needs of lib/base.sh: bounded
# Needs of lib/mounts.sh: decode_path, mounts_below
# Needs of lib/report.sh: first_of, item, mark_touched, note
# Needs of read/cluster.sh: is_line_of
# Needs of runtime/containers.sh: ctr_in, list_by_tool
# Needs of runtime/runtimes.sh: RUNTIME_NAMESPACE, RUNTIME_ROOT, RUNTIME_STATE, count_lines

remove_pods_by_ctr() {
  if ! pods=$(list_by_tool ctr sandbox) || ! containers=$(list_by_tool ctr container); then
    item Failed "$name" 'ctr cannot list them'
    return
  fi
  if [ -z "$pods$containers" ]; then
    item NothingToDo "$name"
    return
  fi
  mark_touched "$name" || return
  before=$(printf '%s\n' "$pods" | count_lines)
  remove_by_ctr
  if ! pods=$(list_by_tool ctr sandbox) || ! containers=$(list_by_tool ctr container); then
    item Failed "$name" 'ctr can no longer list them'
  elif [ -n "$pods$containers" ]; then
    item Failed "$name" "not removed: $(printf '%s\n%s\n' "$pods" "$containers" | first_of 5)"
  else
    item Done "$name" "$before removed with ctr because crictl is not available; network rules may remain until a reboot"
  fi
}

# Containers first, then their sandboxes.
remove_by_ctr() {
  for wanted in container sandbox; do
    ids=$(list_by_tool ctr "$wanted") || continue
    for id in $ids; do
      ctr_in "$RUNTIME_NAMESPACE" tasks kill --signal SIGTERM "$id" >/dev/null
    done
    await_ctr_tasks "$ids"
    for id in $ids; do
      note "removing $wanted $id"
      namespaces=$(ctr_in "$RUNTIME_NAMESPACE" containers info "$id" | sed -n 's/.*"\(\/[a-z/]*netns\/cni-[A-Za-z0-9-]*\)".*/\1/p')
      ctr_in "$RUNTIME_NAMESPACE" tasks kill --all --signal SIGKILL "$id" >/dev/null
      ctr_in "$RUNTIME_NAMESPACE" tasks delete --force "$id" >/dev/null
      if ctr_in "$RUNTIME_NAMESPACE" containers delete "$id" >/dev/null; then clean_after_ctr "$id" "$wanted" "$namespaces"; fi
    done
  done
}

# await_ctr_tasks IDS: at most ten seconds.
await_ctr_tasks() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    running=$(ctr_in "$RUNTIME_NAMESPACE" tasks ls | awk '$3 == "RUNNING" { print $1 }')
    alive=
    for id in $1; do
      if is_line_of "$id" "$running"; then alive=yes; fi
    done
    [ -n "$alive" ] || return 0
    sleep 1
  done
}

# clean_after_ctr ID KIND NETWORK-NAMESPACES: removes what `ctr` leaves of one container. Every path contains the id.
clean_after_ctr() {
  case $1 in '' | *[!0-9a-f]*) return ;; esac
  for namespace in $3; do
    bounded 10 umount -c -- "/run/netns/${namespace##*/}"
    rm -f -- "/run/netns/${namespace##*/}"
  done
  for lease in /var/lib/cni/networks/*/*; do
    if [ -f "$lease" ] && head -n 1 "$lease" | tr -d '\r' | grep -qx -e "$1"; then rm -f -- "$lease"; fi
  done
  for result in /var/lib/cni/results/*-"$1"-* /var/lib/cni/cache/results/*-"$1"-*; do
    if [ -f "$result" ]; then rm -f -- "$result"; fi
  done
  case $2 in sandbox) folder=sandboxes ;; *) folder=containers ;; esac
  for record in "$RUNTIME_ROOT/io.containerd.grpc.v1.cri/$folder/$1" "$RUNTIME_STATE/io.containerd.grpc.v1.cri/$folder/$1"; do
    if [ ! -d "$record" ] || [ -L "$record" ]; then continue; fi
    # Without symbolic links, as the mount table writes it, which escapes spaces.
    record=$(readlink -f -- "$record")
    case $record in */"$1") ;; *) continue ;; esac
    case $record in *[!A-Za-z0-9/_.-]*) continue ;; esac
    for mount in $(mounts_below "$record"); do
      decode_path "$mount"
      bounded 10 umount -c -- "$decoded_path"
    done
    if [ -z "$(mounts_below "$record")" ]; then rm -rf -- "$record"; fi
  done
}
