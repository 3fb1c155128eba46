# First part of every script: independent of the login's environment. POSIX sh with the tools of any systemd distribution.
set -u
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
export LC_ALL PATH
unset IFS DOCKER_HOST DOCKER_CONTEXT CONTAINER_RUNTIME_ENDPOINT CONTAINERD_ADDRESS CONTAINERD_NAMESPACE
umask 077

TAB=$(printf '\t')
NEWLINE='
'
# One folder per operation; it survives a restart of the host.
STATE=/var/lib/node-decommission
# One file per operation that must not change the host any more.
WITHDRAWALS=/run/node-decommission

have() { command -v "$1" >/dev/null 2>&1; }

# Text without control characters, so that it fits into one field of a line.
plain() {
  case $1 in
  *[[:cntrl:]]*) printf '%s' "$1" | tr '\000-\037\177' '?' ;;
  *) printf '%s' "$1" ;;
  esac
}

# emit KEY VALUE...: one line of the protocol, separated by tabs.
emit() {
  emit_line=$1
  shift
  for emit_field in "$@"; do
    emit_line=$emit_line$TAB$(plain "$emit_field")
  done
  printf '%s\n' "$emit_line"
}

# bounded SECONDS COMMAND...: the command's exit code; 124 when it timed out and ended by a signal, 125 when not even SIGKILL ended it (it
# hangs in the kernel, and is left behind). `timeout` would wait for such a command without end.
bounded() {
  bounded_tenths=$(($1 * 10))
  shift
  "$@" &
  bounded_pid=$!
  bounded_code=
  # Most commands end within milliseconds.
  for _ in 1 2 3 4 5 6 7 8; do
    if is_running "$bounded_pid"; then sleep 0.01; fi
  done
  while is_running "$bounded_pid"; do
    case $bounded_tenths in
    0) kill -TERM "$bounded_pid" 2>/dev/null ;;
    -20) kill -KILL "$bounded_pid" 2>/dev/null ;;
    -40) return 125 ;;
    esac
    [ "$bounded_tenths" -gt 0 ] || bounded_code=124
    bounded_tenths=$((bounded_tenths - 1))
    sleep 0.1
  done
  wait "$bounded_pid"
  return "${bounded_code:-$?}"
}

# Sets the state and the start time of a process; fails when it is gone. The name, which may contain anything, is cut off; start time is
# field 22.
process_stat() {
  { read -r process_line <"/proc/$1/stat"; } 2>/dev/null || return 1
  # shellcheck disable=SC2086 # numbers and one letter
  set -- ${process_line##*) }
  process_state=$1
  shift 19
  process_start=$1
}

# The process exists and is not a zombie.
is_running() {
  process_stat "$1" || return 1
  case $process_state in Z | X) return 1 ;; esac
}

# A directory that is safe to empty: absolute, at least two levels deep, plain characters, no `..`, not a system directory.
is_safe_directory() {
  case $1 in
  /*/*) ;;
  *) return 1 ;;
  esac
  case $1 in
  *[!A-Za-z0-9/_.-]* | *//* | */ | */./* | */../* | */. | */..) return 1 ;;
  /bin/* | /boot/* | /dev/* | /lib/* | /lib64/* | /proc/* | /sbin/* | /sys/* | /usr/*) return 1 ;;
  /etc/ssh | /etc/systemd | /etc/ssl | /etc/pki | /home/* | /var/lib | /var/log | /var/run | /run/* | /tmp/* | "$STATE" | "$STATE"/*) return 1 ;;
  /var/lib/containerd | /var/lib/docker | /var/lib/containers | /var/lib/etcd | /var/lib/rancher | /var/lib/dpkg | /var/lib/rpm) return 1 ;;
  esac
}
