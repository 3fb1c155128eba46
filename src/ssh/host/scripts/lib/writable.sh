# Tests whether the files that a stage needs can be written, and names the cause in plain words.
# Needs of lib/base.sh: bounded

# why_not_written TEXT: the cause, from the message of the tool that could not write.
why_not_written() {
  case $1 in
  *'No space left on device'*) printf '%s\n' 'no space or no free inode is left on its file system' ;;
  *'Disk quota exceeded'*) printf '%s\n' 'its disk quota is used up' ;;
  *'Read-only file system'*) printf '%s\n' 'its file system is read-only' ;;
  *'Operation not permitted'* | *'Permission denied'*) printf '%s\n' 'the system denies it (is it immutable?)' ;;
  *'Input/output error'*) printf '%s\n' 'its disk reports input/output errors' ;;
  *) printf '%s\n' 'writing to it fails' ;;
  esac
}

# why_no_room FOLDER KIB: why a file of that size cannot be written there and synced; nothing when it can.
why_no_room() {
  room_file=$1/room.test
  # Random, because a file system may store zeros without using space.
  if room_error=$({ head -c "$(($2 * 1024))" /dev/urandom >"$room_file"; } 2>&1); then
    bounded 20 sync "$room_file" >/dev/null 2>&1 || printf '%s\n' 'files in it cannot be synced to the disk'
  else
    why_not_written "$room_error"
  fi
  rm -f -- "$room_file"
}

# Where units are masked and disabled.
UNIT_FOLDER=/etc/systemd/system

# why_not_maskable UNIT...: why one of the units cannot be masked; nothing when all can. Creates and removes what `mask` and the move of a
# unit's own file create.
why_not_maskable() {
  mask_test=$UNIT_FOLDER/.node-decommission-test
  if ! mask_error=$(rm -f -- "$mask_test" 2>&1 && ln -s /dev/null "$mask_test" 2>&1 && rm -- "$mask_test" 2>&1); then
    printf '%s cannot be written: %s\n' "$UNIT_FOLDER" "$(why_not_written "$mask_error")"
    return
  fi
  for unit in "$@"; do
    if [ ! -f "$UNIT_FOLDER/$unit" ] || [ -L "$UNIT_FOLDER/$unit" ]; then continue; fi
    # What forbids a second name for a file also forbids to move it.
    if ! mask_error=$(ln -- "$UNIT_FOLDER/$unit" "$mask_test" 2>&1 && rm -- "$mask_test" 2>&1); then
      printf '%s cannot be moved: %s\n' "$UNIT_FOLDER/$unit" "$(why_not_written "$mask_error")"
      return
    fi
  done
}
