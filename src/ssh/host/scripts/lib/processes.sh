# Processes, found by their entries in /proc. A search by name would also find the shell that runs this script.
# Needs of lib/base.sh: is_running

# Arguments of a process, one per line.
arguments_of() {
  { tr '\000' '\n' <"/proc/$1/cmdline"; } 2>/dev/null
}

# flag_of PID FLAG...: the last value of a flag, which is given as `FLAG=value` or as `FLAG value`.
flag_of() {
  flag_pid=$1
  shift
  arguments_of "$flag_pid" | awk -v flags=" $* " '
    given { value = $0; given = 0; next }
    {
      name = $0
      sub(/=.*/, "", name)
      if (name == "" || !index(flags, " " name " ")) next
      if (index($0, "=")) value = substr($0, length(name) + 2); else given = 1
    }
    END { if (value != "") print value }'
}

# The program of a process, as it was started.
program_of() {
  program=$(arguments_of "$1" | head -n 1)
  case $program in
  /*) ;;
  *)
    program_file=$(readlink "/proc/$1/exe" 2>/dev/null)
    program_file=${program_file% (deleted)}
    case $program_file in */"$program") program=$program_file ;; esac
    ;;
  esac
  printf '%s\n' "$program"
}

# PIDs of this host's own processes that run a program of this name. Those of containers with their own PIDs are others'.
list_programs() {
  own_namespace=$(readlink /proc/self/ns/pid)
  grep -ls -e "$1" /proc/[0-9]*/cmdline 2>/dev/null | while IFS=/ read -r _ _ pid _; do
    if [ "$(readlink "/proc/$pid/ns/pid" 2>/dev/null)" != "$own_namespace" ]; then continue; fi
    program=$(arguments_of "$pid" | head -n 1)
    if [ "${program##*/}" = "$1" ]; then printf '%s\n' "$pid"; fi
  done
}

# list_socket_holders INODE...: PIDs of this host's own processes that hold one of these sockets, without systemd.
list_socket_holders() {
  own_namespace=$(readlink /proc/self/ns/pid)
  for inode in "$@"; do
    find /proc/[0-9]*/fd -lname "socket:\\[$inode\\]" 2>/dev/null
  done | cut -d / -f 3 | sort -n -u | while read -r pid; do
    if [ "$pid" -gt 1 ] && [ "$(readlink "/proc/$pid/ns/pid" 2>/dev/null)" = "$own_namespace" ]; then printf '%s\n' "$pid"; fi
  done
}

# end_processes PID...: SIGTERM, ten seconds, SIGKILL, ten seconds. Prints the PIDs of processes that still run. A PID that was reused by
# another process is left alone.
end_processes() (
  watched=
  for pid in "$@"; do
    if [ "$pid" -gt 1 ] && is_running "$pid"; then
      watched="$watched $pid:$process_start"
      kill -TERM "$pid" 2>/dev/null
    fi
  done
  await_ends
  for entry in $watched; do
    kill -KILL "${entry%:*}" 2>/dev/null
  done
  await_ends
  for entry in $watched; do
    printf '%s\n' "${entry%:*}"
  done
)

await_ends() {
  tries=100
  while :; do
    left=
    for entry in $watched; do
      if is_running "${entry%:*}" && [ "$process_start" = "${entry#*:}" ]; then left="$left $entry"; fi
    done
    watched=$left
    if [ -z "$watched" ] || [ "$tries" = 0 ]; then return; fi
    tries=$((tries - 1))
    sleep 0.1
  done
}
