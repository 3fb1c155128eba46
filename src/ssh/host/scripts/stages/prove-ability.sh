# Proves that stages can run on this host, before anything is changed in the cluster: writes into the state folder and the folder of units,
# and starts a unit that does nothing else. All of it is removed again. Prints "unable<TAB>what<TAB>why" for each that fails, then "end".
# Needs of lib/base.sh: STATE, bounded, emit, is_root_directory
# Needs of lib/units.sh: start_transient, unit_property

# The first with RuntimeMaxSec.
OLDEST_SYSTEMD=229
# Of a stage: its script, its log, its records.
TRIAL_BYTES=1048576
RUN_SECONDS=20

prove_ability() {
  if [ "$(id -u)" != 0 ]; then emit noRights && return; fi
  made=''
  if make_state_folder && make_trial; then
    try_systemd
    bounded 60 rm -rf -- "$trial"
  fi
  if [ -n "$made" ]; then rmdir -- "$STATE" 2>/dev/null; fi
  try_unit_folder
  emit end
}

# unable WHAT WORDS: bounded, in one line.
unable() { emit unable "$1" "$(printf '%s' "$2" | tr '\n\t' '  ' | cut -c 1-300)"; }

# Any user can guess the name, so an existing entry must be a directory owned by root.
make_state_folder() {
  words=$(bounded 20 mkdir -m 0700 "$STATE" 2>&1) && made=yes
  bounded 20 is_root_directory "$STATE"
  case $? in
  0) return ;;
  124 | 125) words='' ;;
  *) if [ -e "$STATE" ] || [ -L "$STATE" ]; then words='it exists, and is not a directory owned by root'; fi ;;
  esac
  unable stateFolder "$words"
  return 1
}

make_trial() {
  # Of a trial that was killed.
  bounded 60 find "$STATE" -mindepth 1 -maxdepth 1 -name '.ability.*' -mmin +60 -exec rm -rf -- {} +
  trial=''
  if ! words=$(bounded 20 mktemp -d "$STATE/.ability.XXXXXX" 2>&1); then
    unable stateFolder "$words"
    return 1
  fi
  trial=$words
  if ! words=$(bounded 60 fill_trial 2>&1); then
    unable stateFolder "$words"
    bounded 60 rm -rf -- "$trial"
    return 1
  fi
}

# As much as a stage writes, in as many files; random, because a file system may compress.
fill_trial() {
  head -c "$TRIAL_BYTES" /dev/urandom >"$trial/data" || return
  for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    true >"$trial/$number" || return
  done
  sync "$trial/data" || return
  # shellcheck disable=SC2016 # expanded by the unit's shell
  printf '%s\n' 'echo done >"$1/done"' >"$trial/run.sh"
}

try_systemd() {
  version=$(bounded 20 systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]\{1,\}\).*/\1/p')
  if [ -n "$version" ] && [ "$version" -lt "$OLDEST_SYSTEMD" ]; then
    unable systemd "$version"
    return
  fi
  unit=node-decommission-ability-${trial##*.}.service
  if ! words=$(start_transient "$unit" 'node-decommission: proves that a stage can run' 60 /bin/sh "$trial/run.sh" "$trial" 2>&1); then
    unable transientUnit "$words"
  elif ! bounded "$RUN_SECONDS" await_trial; then
    unable transientUnit "it was started and wrote nothing into $STATE within $RUN_SECONDS s; its result is $(unit_property "$unit" Result)"
    bounded 30 systemctl stop -- "$unit" >/dev/null 2>&1
  else
    return
  fi
  bounded 20 systemctl reset-failed -- "$unit" >/dev/null 2>&1
}

# Fails early when the unit has ended; systemd may not respond for a while.
await_trial() {
  until [ -s "$trial/done" ]; do
    case $(unit_property "$unit" ActiveState) in
    inactive | failed)
      [ -s "$trial/done" ]
      return
      ;;
    esac
    sleep 0.05
  done
}

# systemd masks a unit by a link there. This one is not the name of a unit.
try_unit_folder() {
  link=/etc/systemd/system/.node-decommission.$$
  if words=$(bounded 20 ln -s /dev/null "$link" 2>&1); then bounded 20 rm -f -- "$link"; else unable unitFolder "$words"; fi
}

prove_ability
