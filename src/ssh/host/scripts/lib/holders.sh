# What keeps a mount busy. Links in /proc are read, never followed: the mounted file system may not respond.
# Needs of lib/base.sh: NEWLINE, plain
# Needs of lib/mounts.sh: decode_path

# list_holders POINT (as the mount table writes it): lines like "process 812 (postgres)". Another mount namespace is named only when no
# process was found: it does not keep this one busy, but the device.
list_holders() {
  decode_path "$1"
  holders=$(
    {
      list_holding_processes "$decoded_path"
      list_mapping_processes "$decoded_path"
    } | name_processes ''
    list_holding_devices "$decoded_path"
  )
  if [ -z "$holders" ]; then holders=$(list_naming_processes "$decoded_path" | name_processes ', whose command line names it'); fi
  if [ -z "$holders" ]; then holders=$(list_other_mounts "$1" | name_processes ', in its own mount namespace'); fi
  printf '%s\n' "$holders"
}

# PIDs on stdin. A process that ended has no name.
name_processes() {
  awk '!seen[$0]++' | head -n 20 | while IFS= read -r pid; do
    command=$(plain "$(head -n 1 "/proc/$pid/comm" 2>/dev/null)")
    if [ -n "$command" ]; then printf 'process %s (%s)%s\n' "$pid" "$command" "$1"; fi
  done
}

list_holding_devices() {
  for file in /sys/block/loop*/loop/backing_file; do
    case $(cat "$file" 2>/dev/null) in
    "$1"/*)
      device=${file#/sys/block/}
      printf 'loop device %s\n' "${device%%/*}"
      ;;
    esac
  done
  HELD=$1 awk 'index($1, ENVIRON["HELD"] "/") == 1 { print "swap file " $1 }' /proc/swaps 2>/dev/null
}

# PIDs of processes whose directory, root, program or an open file is on the mount.
list_holding_processes() {
  {
    ls -ld /proc/[0-9]*/cwd /proc/[0-9]*/root /proc/[0-9]*/exe
    ls -l /proc/[0-9]*/fd/
  } 2>/dev/null | HELD=$1 awk '
    BEGIN { held = ENVIRON["HELD"] }
    /^\/proc\/[0-9]+\/fd\/:$/ { split($0, part, "/"); pid = part[3]; next }
    {
      at = index($0, " -> ")
      if (at == 0) next
      target = substr($0, at + 4)
      if (target != held && index(target, held "/") != 1) next
      if (match(substr($0, 1, at), /\/proc\/[0-9]+\//)) { split(substr($0, RSTART, RLENGTH), part, "/"); print part[3] } else print pid
    }'
}

# PIDs of processes that mapped a file of the mount into their memory.
list_mapping_processes() {
  grep -lsF " $1/" /proc/[0-9]*/maps 2>/dev/null | cut -d / -f 3
}

# PIDs of processes with the path in their command line: one that hangs while it opens a file has no open file yet.
list_naming_processes() {
  grep -lsF -- "$1" /proc/[0-9]*/cmdline 2>/dev/null | cut -d / -f 3
}

# One PID of each other mount namespace in which the same is mounted.
list_other_mounts() {
  mounted=$(ASKED_PATH=$1 awk '$5 == ENVIRON["ASKED_PATH"] { text = " " $3 " " $4 " " } END { print text }' /proc/self/mountinfo)
  own=$(readlink /proc/self/ns/mnt)
  seen=$NEWLINE
  grep -lsF "$mounted" /proc/[0-9]*/mountinfo 2>/dev/null | cut -d / -f 3 | while IFS= read -r pid; do
    namespace=$(readlink "/proc/$pid/ns/mnt" 2>/dev/null) || continue
    if [ "$namespace" = "$own" ]; then continue; fi
    case $seen in *"$NEWLINE$namespace$NEWLINE"*) continue ;; esac
    seen=$seen$namespace$NEWLINE
    printf '%s\n' "$pid"
  done
}
