# Removal of mounts and files. No step enters a mount, follows a symbolic link, or uses a name that could be empty.
# Needs of lib/base.sh: NEWLINE, bounded, have
# Needs of lib/holders.sh: list_holders
# Needs of lib/mounts.sh: decode_path, is_local, load_mounts, load_remote_mounts
# Needs of lib/report.sh: count_text, first_of, item, mark_touched, note
# Needs of read/cluster.sh: is_line_of
# Needs of read/kubelet-trees.sh: walk_tree
# Needs of runtime/runtimes.sh: count_lines

# unmount_volumes MODE TREE PREFIX: plain unmounts, never forced, the deepest first, until none is left or none succeeds.
unmount_volumes() {
  name="mounts below $2"
  mounts=$(list_volume_mounts "$@")
  before=$(printf '%s\n' "$mounts" | count_lines)
  if [ "$before" = 0 ]; then
    item NothingToDo "$name"
    return
  fi
  mark_touched "$name" || return
  HUNG_MOUNTS=''
  load_remote_mounts
  while [ -n "$mounts" ]; do
    last=$(count_volume_mounts "$mounts")
    # Mounts whose server may be dead come last, so that they do not delay the unmount of secrets in memory.
    for mount in $mounts; do
      if is_local "$mount"; then unmount_one "$mount"; fi
    done
    for mount in $(list_volume_mounts "$@"); do
      if ! is_local "$mount"; then unmount_one "$mount"; fi
    done
    mounts=$(list_volume_mounts "$@")
    if [ "$(count_volume_mounts "$mounts")" -ge "$last" ]; then break; fi
  done
  if [ -n "$mounts" ]; then
    item Failed "$name" "still mounted: $(printf '%s\n' "$mounts" | first_of 5); $(explain_mounts "$mounts")"
    return 1
  fi
  item Done "$name" "$(count_text "$before" 'mount point') unmounted"
}

# Each of several on the same mount point counts.
count_volume_mounts() {
  POINTS=$1 awk '
    BEGIN { count = split(ENVIRON["POINTS"], list, "\n"); for (i = 1; i <= count; i++) wanted[list[i]] = 1 }
    $5 in wanted { found++ }
    END { print found + 0 }' /proc/self/mountinfo
}

# unmount_one PATH, as the mount table writes it. A mount that hangs is tried once, and none is tried after three that hang, because each
# takes its full time-out. A command that hangs in the kernel is left behind: its output must not keep the log open.
unmount_one() {
  if is_line_of "$1" "$HUNG_MOUNTS" || [ "$(printf '%s' "$HUNG_MOUNTS" | count_lines)" -ge 3 ]; then return; fi
  decode_path "$1"
  note "unmounting $decoded_path"
  bounded 10 umount -c -- "$decoded_path" >/dev/null 2>&1
  case $? in
  0) ;;
  124 | 125)
    note 'the unmount hangs'
    HUNG_MOUNTS=$HUNG_MOUNTS$1$NEWLINE
    ;;
  *) note 'still mounted' ;;
  esac
}

# Why mounts are still there, and what to do about it.
explain_mounts() {
  holders=$(
    printf '%s\n' "$1" | while IFS= read -r point; do
      if ! is_line_of "$point" "$HUNG_MOUNTS"; then bounded 20 list_holders "$point"; fi
    done | awk 'NF && !seen[$0]++' | first_of 8
  )
  if [ -n "$HUNG_MOUNTS" ]; then
    printf 'the unmount of %s does not end, because its file server does not respond: make the server available, or restart the host' \
      "$(printf '%s' "$HUNG_MOUNTS" | first_of 3)"
    if [ -n "$holders" ]; then printf '; '; fi
  fi
  if [ -n "$holders" ]; then
    printf 'in use by %s: end what uses it' "$holders"
  elif [ -z "$HUNG_MOUNTS" ]; then
    printf 'no process was found that uses it: restart the host'
  fi
}

# remove_tree MODE TREE PREFIX: what of the directory is the kubelet's, but not the directory. With a volume mounted in it, nothing is
# removed.
remove_tree() {
  name="contents of $2"
  if [ -L "$2" ]; then
    item Failed "$name" 'it is a symbolic link: remove its target manually'
    return 1
  fi
  mounts=$(list_volume_mounts "$@")
  if [ -n "$mounts" ]; then
    item Failed "$name" "a volume is mounted in it ($(printf '%s\n' "$mounts" | first_of 3)): nothing was removed, to protect the data"
    return 1
  fi
  mark_touched "$name" || return 1
  TREE_REMOVED=0 TREE_LEFT='' TREE_KEPT=0
  note "removing the kubelet's files in $2"
  if [ -d "$2" ]; then walk_tree "$@" load_mounts remove_part; fi
  if [ "$TREE_KEPT" -gt "$KEPT_SHOWN" ]; then item NothingToDo "kept: $2" "and $((TREE_KEPT - KEPT_SHOWN)) more entries that a kubelet does not create"; fi
  if [ -n "$TREE_LEFT" ]; then
    item Failed "$name" "could not be removed: $(printf '%s' "$TREE_LEFT" | first_of 3)"
    return 1
  elif [ "$TREE_REMOVED" = 0 ]; then
    item NothingToDo "$name"
  else
    item Done "$name" "$TREE_REMOVED removed"
  fi
}

KEPT_SHOWN=40

# One call of `walk_tree`.
remove_part() {
  case $1 in
  own)
    shift 2
    remove_entries "$@"
    ;;
  kept)
    TREE_KEPT=$((TREE_KEPT + 1))
    if [ "$TREE_KEPT" -le "$KEPT_SHOWN" ]; then item NothingToDo "kept: $2" "$3"; fi
    ;;
  disk) item NothingToDo "kept: $2" 'a file system of its own: it stays mounted, and what the kubelet wrote to it is removed' ;;
  volume) TREE_LEFT="$TREE_LEFT$2 (a volume that was just mounted)$NEWLINE" ;;
  close) rmdir -- "$2" 2>/dev/null ;;
  esac
}

# remove_entries PATH...: none of them is or contains a mount.
remove_entries() {
  bounded 300 remove_recursively "$@"
  for part in "$@"; do
    if [ ! -e "$part" ] && [ ! -L "$part" ]; then
      TREE_REMOVED=$((TREE_REMOVED + 1))
      continue
    fi
    if have chattr && [ ! -L "$part" ]; then
      bounded 60 chattr -f -i -a -- "${part%/*}"
      bounded 60 chattr -R -f -i -a -- "$part"
      bounded 300 remove_recursively "$part"
    fi
    if [ -e "$part" ] || [ -L "$part" ]; then TREE_LEFT=$TREE_LEFT$part$NEWLINE; else TREE_REMOVED=$((TREE_REMOVED + 1)); fi
  done
}

remove_recursively() {
  if rm --help 2>&1 | grep -q -e --one-file-system; then
    rm -rf --one-file-system -- "$@"
  else
    rm -rf -- "$@"
  fi
}

# remove_files NAME FILE...: single files, never a directory or a mount. A symbolic link is removed, its target is not.
remove_files() {
  name=$1
  shift
  removed=0
  left=
  for file in "$@"; do
    if [ ! -f "$file" ] && [ ! -L "$file" ]; then continue; fi
    mark_touched "$name" || return
    note "removing $file"
    if rm -f -- "$file" || remove_locked "$file"; then removed=$((removed + 1)); else left="$left$file$NEWLINE"; fi
  done
  if [ -n "$left" ]; then
    item Failed "$name" "could not be removed: $(printf '%s' "$left" | first_of 3)"
  elif [ "$removed" -gt 0 ]; then
    item Done "$name" "$(count_text "$removed" file) removed"
  else
    item NothingToDo "$name"
  fi
}

# A file that is marked as immutable.
remove_locked() {
  have chattr && [ ! -L "$1" ] && bounded 10 chattr -f -i -a -- "$1" && rm -f -- "$1"
}
