# Mounts and files leave. No step goes through a mount, follows a symbolic link, or works on a name that could be empty.
# Needs of lib/base.sh: NEWLINE, bounded, have, is_safe_directory
# Needs of lib/mounts.sh: decode_path, is_local, mounts_below
# Needs of lib/report.sh: count_text, first_of, item, note
# Needs of read/kubelet.sh: is_line_of
# Needs of read/runtimes.sh: count_lines

# unmount_below DIRECTORY: plain unmounts, never by force, the deepest first, until none is left or none moves any more.
unmount_below() {
  name="mounts below $1"
  before=$(mounts_below "$1" | count_lines)
  if [ "$before" = 0 ]; then
    item NothingToDo "$name"
    return
  fi
  HUNG_MOUNTS=''
  while :; do
    mounts=$(mounts_below "$1")
    [ -n "$mounts" ] || break
    last=$(stacked_below "$1")
    # Those whose server may be dead come last: secrets in memory must not wait for them.
    for mount in $mounts; do
      if is_local "$mount"; then unmount_one "$mount"; fi
    done
    for mount in $(mounts_below "$1"); do
      if ! is_local "$mount"; then unmount_one "$mount"; fi
    done
    if [ "$(stacked_below "$1")" -ge "$last" ]; then break; fi
  done
  if [ -n "$mounts" ]; then
    item Failed "$name" "left: $(printf '%s\n' "$mounts" | first_of 5); something uses them, or their server does not answer: end that, or restart the host"
    return 1
  fi
  item Done "$name" "$(count_text "$before" 'mount point') unmounted"
}

# Mounts below a directory, those that lie on top of one another counted each.
stacked_below() {
  awk -v dir="$1/" 'index($5, dir) == 1 { count++ } END { print count + 0 }' /proc/self/mountinfo
}

# unmount_one PATH, as the mount table writes it. What hangs is tried once, and no more after three of them: each takes its time. What hangs
# in the kernel is left behind: its output must not hold the log open.
unmount_one() {
  if is_line_of "$1" "$HUNG_MOUNTS" || [ "$(printf '%s' "$HUNG_MOUNTS" | count_lines)" -ge 3 ]; then return; fi
  decode_path "$1"
  note "unmounting $decoded_path"
  bounded 10 umount -c -- "$decoded_path" >/dev/null 2>&1
  case $? in
  0) ;;
  124 | 125)
    note 'it hangs'
    HUNG_MOUNTS=$HUNG_MOUNTS$1$NEWLINE
    ;;
  *) note 'it stays' ;;
  esac
}

# remove_contents DIRECTORY: all that is in it, not itself. A mount below stops it before anything is removed.
remove_contents() {
  name="contents of $1"
  if [ -L "$1" ]; then
    item Failed "$name" 'it is a symbolic link: remove what it leads to by hand'
    return 1
  fi
  if ! is_safe_directory "$1"; then
    item Failed "$name" 'it is not a directory that may be emptied'
    return 1
  fi
  if [ ! -d "$1" ] || [ -z "$(find "$1" -mindepth 1 -maxdepth 1 | head -n 1)" ]; then
    item NothingToDo "$name"
    return
  fi
  if [ -n "$(mounts_below "$1")" ]; then
    item Failed "$name" "a mount lies below ($(mounts_below "$1" | first_of 3)): nothing was removed, so that nothing of it is lost"
    return 1
  fi
  remove_entries "$1"
  if [ -n "$(find "$1" -mindepth 1 -maxdepth 1 | head -n 1)" ] && have chattr; then
    bounded 60 chattr -R -f -i -a -- "$1"
    remove_entries "$1"
  fi
  left=$(find "$1" -mindepth 1 -maxdepth 1 | first_of 3)
  if [ -n "$left" ]; then
    item Failed "$name" "could not be removed: $left"
    return 1
  fi
  item Done "$name" removed
}

remove_entries() {
  note "emptying $1"
  if rm --help 2>&1 | grep -q -e --one-file-system; then
    bounded 300 find "$1" -mindepth 1 -maxdepth 1 -exec rm -rf --one-file-system -- {} +
  else
    bounded 300 find "$1" -xdev -mindepth 1 -maxdepth 1 -exec rm -rf -- {} +
  fi
}

# remove_files NAME FILE...: single files, never a directory, never one that is a mount itself. A link goes, what it leads to stays.
remove_files() {
  name=$1
  shift
  removed=0
  left=
  for file in "$@"; do
    if [ ! -f "$file" ] && [ ! -L "$file" ]; then continue; fi
    note "removing $file"
    if rm -f -- "$file"; then removed=$((removed + 1)); else left="$left$file$NEWLINE"; fi
  done
  if [ -n "$left" ]; then
    item Failed "$name" "could not be removed: $(printf '%s' "$left" | first_of 3)"
  elif [ "$removed" -gt 0 ]; then
    item Done "$name" "$(count_text "$removed" file) removed"
  else
    item NothingToDo "$name"
  fi
}

# A directory that holds what kubelets keep, or nothing.
looks_like_kubelet_directory() {
  for entry in config.yaml kubeadm-flags.env pki pods plugins plugins_registry pod-resources cpu_manager_state memory_manager_state device-plugins; do
    if [ -e "$1/$entry" ]; then return 0; fi
  done
  [ -z "$(find "$1" -mindepth 1 -maxdepth 1 | head -n 1)" ]
}
