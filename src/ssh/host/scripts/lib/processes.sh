# Processes, found by their entries in /proc. A search by name would also find the shell that runs this script.
# Needs of lib/base.sh: is_running

# Arguments of a process, one per line.
arguments_of() {
  { tr '\000' '\n' <"/proc/$1/cmdline"; } 2>/dev/null
}

# last_flag FLAG...: the last value of a flag among the arguments on stdin, one per line: `FLAG=value` or `FLAG value`. A `_` in its name
# means `-`, as in Kubernetes (component-base's WordSepNormalizeFunc).
last_flag() {
  awk -v flags=" $* " '
    given { value = $0; given = 0; next }
    {
      name = $0
      sub(/=.*/, "", name)
      length_given = length(name)
      gsub(/_/, "-", name)
      if (name == "" || !index(flags, " " name " ")) next
      if (index($0, "=")) value = substr($0, length_given + 2); else given = 1
    }
    END { if (value != "") print value }'
}

# The last value of every `--flag` among the arguments on stdin, one per line, as lines "--flag<TAB>value"; each as `last_flag` reads it.
list_flags() {
  awk '
    {
      given = pending
      pending = ""
      if (given != "") value[given] = $0
      name = $0
      sub(/=.*/, "", name)
      length_given = length(name)
      gsub(/_/, "-", name)
      if (name !~ /^--[A-Za-z0-9.-]+$/ || name == given) next
      if (index($0, "=")) value[name] = substr($0, length_given + 2); else pending = name
    }
    END { for (name in value) if (value[name] != "") print name "\t" value[name] }'
}

# flag_of PID FLAG...: of the command line of a process.
flag_of() {
  flag_pid=$1
  shift
  arguments_of "$flag_pid" | last_flag "$@"
}

# The process is in this host's own PID namespace: in no container with its own PIDs.
# shellcheck disable=SC3013 # every sh of a systemd distribution knows it, and it starts no process
has_own_pid() { [ "/proc/$1/ns/pid" -ef /proc/self/ns/pid ]; }

# The process belongs to the host: it is neither in a pod nor in another container.
is_own_process() { has_own_pid "$1" && ! grep -qs kubepods "/proc/$1/cgroup"; }

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

# list_programs PATTERN: lines "pid name" of this host's own processes whose program's name matches as a whole. Those of containers with their
# own PIDs are others'.
list_programs() {
  {
    if [ -n "$FIRST_ARGUMENTS" ]; then printf '%s\n' "$FIRST_ARGUMENTS"; else list_first_arguments; fi
  } | awk -v pattern="^($1)\$" '{
    split($0, part, "/")
    program = substr($0, length("/proc//cmdline:" part[3]) + 1)
    sub(/.*\//, "", program)
    if (program ~ pattern) print part[3], program
  }' | while read -r pid program; do
    if has_own_pid "$pid"; then printf '%s %s\n' "$pid" "$program"; fi
  done
}

# Output of `list_first_arguments`, for the probe, which searches several times; stages end processes and search again each time.
FIRST_ARGUMENTS=''

# Lines "/proc/<pid>/cmdline:<first argument>". Only the first of each: the scripts of this tool are arguments too, and have all these names.
list_first_arguments() { grep -a -z -s -H -m 1 -e '' /proc/[0-9]*/cmdline | tr '\000\n' '\n?'; }

# list_socket_holders INODE...: PIDs of this host's own processes that hold one of these sockets, without systemd.
list_socket_holders() {
  for inode in "$@"; do
    find /proc/[0-9]*/fd -lname "socket:\\[$inode\\]" 2>/dev/null
  done | cut -d / -f 3 | sort -n -u | while read -r pid; do
    if [ "$pid" -gt 1 ] && has_own_pid "$pid"; then printf '%s\n' "$pid"; fi
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
