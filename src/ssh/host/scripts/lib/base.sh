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
# What hangs in the kernel (`bounded`): one file per command.
LEFT_BEHIND=/run/node-decommission
# One file per operation that must not change the host any more.
WITHDRAWALS=/run/node-decommission-withdrawn

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
    # Tested here too: a substitution starts a process, for each of thousands of fields.
    case $emit_field in *[[:cntrl:]]*) emit_field=$(plain "$emit_field") ;; esac
    emit_line=$emit_line$TAB$emit_field
  done
  printf '%s\n' "$emit_line"
}

# Files of the commands under `bounded`; only root can write there, and it is empty after a restart, as the kernel is of processes that hang.
BOUNDED_FILE=/run/node-decommission
# Bytes / 512 that such a command may write to one file, its output included: 64 MiB.
BOUNDED_BLOCKS=131072

# bounded SECONDS COMMAND...: runs a program or a function of these scripts. The command's exit code; 124 when it timed out and was ended with
# all that it had started; 125 when not even SIGKILL ended it: a process hangs in the kernel and is left behind. As long as it does, the same
# command is not started again: 125 at once. The output is passed on when the command has ended, through a file: a process that is left
# behind keeps no pipe of ours open.
bounded() { (run_bounded "$@"); }

run_bounded() {
  bounded_seconds=$1
  shift
  if is_left_behind "$@"; then exit 125; fi
  read -r bounded_self _ </proc/self/stat
  BOUNDED_FILE=$BOUNDED_FILE.$bounded_self
  if { true >"$BOUNDED_FILE" && true >"$BOUNDED_FILE.err"; } 2>/dev/null; then
    exec 5<"$BOUNDED_FILE" 6<"$BOUNDED_FILE.err"
    # Descriptor 8 marks whatever the command starts.
    # shellcheck disable=SC2094 # the open file outlives its name
    {
      rm -f -- "$BOUNDED_FILE" "$BOUNDED_FILE.err"
      ulimit -f "$BOUNDED_BLOCKS"
      "$@"
    } </dev/null 8>>"$BOUNDED_FILE" >&8 2>>"$BOUNDED_FILE.err" 5<&- 6<&- 9>&- &
  else
    exec 5</dev/null 6</dev/null
    "$@" </dev/null 9>&- &
  fi
  bounded_pid=$!
  if await_bounded "$bounded_seconds"; then
    wait "$bounded_pid"
    bounded_code=$?
  elif end_family; then
    bounded_code=124
  else
    bounded_code=125
    remember_left_behind "$@"
  fi
  if [ -s /proc/self/fd/5 ]; then cat <&5; fi
  if [ -s /proc/self/fd/6 ]; then cat <&6 >&2; fi
  exit "$bounded_code"
}

# await_bounded SECONDS: fails when the command has not ended by then.
await_bounded() {
  # Most commands end within milliseconds, in which a sleep would take longer than they do.
  bounded_round=0
  while [ "$bounded_round" -lt 25 ]; do
    is_running "$bounded_pid" || return 0
    bounded_round=$((bounded_round + 1))
  done
  read_clock
  bounded_start=$clock
  while is_running "$bounded_pid"; do
    [ "$clock" -lt $((bounded_start + $1 * 100)) ] || return 1
    # A sleep is a process too: the longer the command takes, the fewer.
    case $((clock - bounded_start)) in
    ?) sleep 0.01 ;;
    ??) sleep 0.03 ;;
    *) sleep 0.1 ;;
    esac
    read_clock
  done
}

# Sets clock to hundredths of a second since the start of the host: a sleep may take longer than its time.
read_clock() {
  read -r clock _ </proc/uptime
  clock=$((${clock%.*} * 100 + 1${clock#*.} - 100))
}

# Ends the command and all that it has started: SIGTERM, two seconds, SIGKILL, two seconds. Fails when one of them runs on: FAMILY has those.
end_family() {
  FAMILY='' asked=''
  for end_signal in TERM KILL; do
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      gather_family
      [ -n "$FAMILY" ] || return 0
      for member in $FAMILY; do
        case $end_signal$asked in
        KILL*) kill -KILL "${member%:*}" 2>/dev/null ;;
        *" $member "*) ;;
        *)
          kill -TERM "${member%:*}" 2>/dev/null
          asked="$asked $member "
          ;;
        esac
      done
      sleep 0.1
    done
  done
  gather_family
  [ -z "$FAMILY" ]
}

# Sets FAMILY to the running ones, as "pid:start", by what it was and what is new.
gather_family() {
  gathered=''
  for member in $FAMILY; do
    if is_running "${member%:*}" && [ "$process_start" = "${member#*:}" ]; then gathered="$gathered $member"; fi
  done
  for member in $(list_family "$bounded_pid" "$gathered"); do
    if is_running "$member"; then
      case "$gathered " in *" $member:$process_start "*) ;; *) gathered="$gathered $member:$process_start" ;; esac
    fi
  done
  FAMILY=$gathered
}

# list_family PID MEMBERS: PIDs of these, of their descendants, and of processes that have the command's file as descriptor 8, which they keep when
# their parent ends. A line of `ls` is used only if it is exactly such a link: the names of other processes' files may contain anything.
list_family() {
  {
    grep -s '^PPid:' /proc/[0-9]*/status
    ls -l /proc/[0-9]*/fd/8 2>/dev/null
  } | awk -v first="$*" -v file="$BOUNDED_FILE" '
    BEGIN {
      count = split(first, member, " ")
      for (i = 1; i <= count; i++) { sub(/:.*/, "", member[i]); found[member[i]] = 1 }
    }
    /^\/proc\/[0-9]+\/status:PPid:/ { split($1, part, "/"); parent[part[3]] = $2; next }
    {
      link = substr($0, index($0, "/proc/"))
      split(link, part, "/")
      mark = "/proc/" part[3] "/fd/8 -> " file
      if (index(link, mark) == 1 && substr(link, length(mark) + 1) ~ /^(\.[0-9]+)*( \(deleted\))?$/) found[part[3]] = 1
    }
    END {
      do {
        more = 0
        for (pid in parent) if (!(pid in found) && parent[pid] in found) { found[pid] = 1; more = 1 }
      } while (more)
      for (pid in found) print pid
    }'
}

# remember_left_behind COMMAND...: with FAMILY, until the host restarts.
remember_left_behind() {
  mkdir -m 0700 "$LEFT_BEHIND" 2>/dev/null
  is_root_directory "$LEFT_BEHIND" || return 0
  # shellcheck disable=SC2086 # "pid:start" each
  printf '%s\n' $FAMILY >"$LEFT_BEHIND/$(command_digest "$@")"
}

# is_left_behind COMMAND...: a process of an earlier run of it still hangs.
is_left_behind() {
  [ -d "$LEFT_BEHIND" ] && is_root_directory "$LEFT_BEHIND" || return 1
  left_behind=$LEFT_BEHIND/$(command_digest "$@")
  [ -f "$left_behind" ] || return 1
  while IFS=: read -r left_pid left_start; do
    if is_running "$left_pid" && [ "$process_start" = "$left_start" ]; then return 0; fi
  done <"$left_behind"
  rm -f -- "$left_behind"
  return 1
}

# first_hanging PATH...: the first one to which an access does not end, e.g. because it is on a mount whose file server is dead.
first_hanging() {
  for path_asked in "$@"; do
    bounded 10 test -e "$path_asked"
    case $? in 124 | 125) printf '%s\n' "$path_asked" && return ;; esac
  done
}

command_digest() { printf '%s\n' "$@" | sha256sum | cut -d ' ' -f 1; }

# Not a link; any user can guess the names of ours.
is_root_directory() {
  [ ! -L "$1" ] && [ -d "$1" ] && [ "$(stat -c %u "$1")" = 0 ]
}

# Sets the state and the start time of a process; fails when it is gone. The name, which may contain anything, line ends too, is cut off;
# start time is field 22.
process_stat() {
  process_line=''
  { while read -r process_part; do process_line=$process_part; done <"/proc/$1/stat"; } 2>/dev/null
  case $process_line in *') '*) ;; *) return 1 ;; esac
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
