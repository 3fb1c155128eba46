# Sockets of the host, as the kernel lists them. A socket's file alone can outlive the process that created it.

# Path of a socket without symbolic links and without `unix://`; nothing for any other address.
socket_path() {
  socket_asked=${1#unix://}
  case $socket_asked in
  /var/run/*) socket_asked=/run/${socket_asked#/var/run/} ;;
  /*) ;;
  *) return 0 ;;
  esac
  readlink -f -- "$socket_asked" 2>/dev/null || printf '%s\n' "$socket_asked"
}

# Inodes of the sockets on which a process listens under this path (as `socket_path` prints it).
list_socket_inodes() {
  awk -v name="${1##*/}" '$4 == "00010000" && $8 ~ /^\// { count = split($8, part, "/"); if (part[count] == name) print $7, $8 }' \
    /proc/net/unix | while read -r inode path; do
    if [ "$(socket_path "$path")" = "$1" ]; then printf '%s\n' "$inode"; fi
  done
}

is_listened_on() { [ -n "$(list_socket_inodes "$1")" ]; }
