# Removal of mounts and files. No step enters a mount, follows a symbolic link, or uses a name that could be empty.
# Needs of lib/base.sh: NEWLINE, bounded, have, is_safe_directory
# Needs of lib/mounts.sh: decode_path, is_local, mounts_below
# Needs of lib/report.sh: count_text, first_of, item, mark_touched, note
# Needs of read/cluster.sh: is_line_of
# Needs of read/runtimes.sh: count_lines

# unmount_below DIRECTORY: plain unmounts, never forced, the deepest first, until none is left or none succeeds.
unmount_below() {
  name="mounts below $1"
  before=$(mounts_below "$1" | count_lines)
  if [ "$before" = 0 ]; then
    item NothingToDo "$name"
    return
  fi
  mark_touched "$name" || return
  HUNG_MOUNTS=''
  while :; do
    mounts=$(mounts_below "$1")
    [ -n "$mounts" ] || break
    last=$(stacked_below "$1")
    # Mounts whose server may be dead come last, so that they do not delay the unmount of secrets in memory.
    for mount in $mounts; do
      if is_local "$mount"; then unmount_one "$mount"; fi
    done
    for mount in $(mounts_below "$1"); do
      if ! is_local "$mount"; then unmount_one "$mount"; fi
    done
    if [ "$(stacked_below "$1")" -ge "$last" ]; then break; fi
  done
  if [ -n "$mounts" ]; then
    item Failed "$name" "still mounted: $(printf '%s\n' "$mounts" | first_of 5); a process uses them, or their server does not respond: end the process, or restart the host"
    return 1
  fi
  item Done "$name" "$(count_text "$before" 'mount point') unmounted"
}

# Number of mounts below a directory; each of several on the same mount point counts.
stacked_below() {
  awk -v dir="$1/" 'index($5, dir) == 1 { count++ } END { print count + 0 }' /proc/self/mountinfo
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

# remove_contents DIRECTORY: everything in it, but not the directory. With a mount below it, nothing is removed.
remove_contents() {
  name="contents of $1"
  if [ -L "$1" ]; then
    item Failed "$name" 'it is a symbolic link: remove its target manually'
    return 1
  fi
  if ! is_safe_directory "$1"; then
    item Failed "$name" 'it is not a directory that is safe to empty'
    return 1
  fi
  if [ ! -d "$1" ] || [ -z "$(find "$1" -mindepth 1 -maxdepth 1 | head -n 1)" ]; then
    item NothingToDo "$name"
    return
  fi
  if [ -n "$(mounts_below "$1")" ]; then
    item Failed "$name" "it contains a mount ($(mounts_below "$1" | first_of 3)): nothing was removed, to protect the mounted data"
    return 1
  fi
  mark_touched "$name" || return
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

# A directory that contains files of a kubelet, or nothing.
looks_like_kubelet_directory() {
  for entry in config.yaml kubeadm-flags.env pki pods plugins plugins_registry pod-resources cpu_manager_state memory_manager_state device-plugins; do
    if [ -e "$1/$entry" ]; then return 0; fi
  done
  [ -z "$(find "$1" -mindepth 1 -maxdepth 1 | head -n 1)" ]
}
