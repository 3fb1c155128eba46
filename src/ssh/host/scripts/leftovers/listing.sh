# Lists of what stays on a host. A list prints lines "name<TAB>detail"; `stay_each` makes lines of the protocol of them.
# Needs of lib/base.sh: plain

# Lines of a kind that are printed; the others are counted.
STAY_SHOWN=100

# stay_each KIND COMMAND...: what the command lists, lines "name<TAB>detail"; those that start with a tab are kept as they are.
stay_each() {
  stay_kind=$1
  shift
  stay_lines=$("$@")
  # Most hosts have nothing of most kinds.
  [ -n "$stay_lines" ] || return 0
  printf '%s\n' "$stay_lines" | awk -v kind="$stay_kind" -v most="$STAY_SHOWN" '
    sub(/^\t/, "") { print "stay\t" $0; next }
    { count++ }
    count <= most { print "stay\t" kind "\t" $0 }
    END { if (count > most) print "stay\t" kind "\tand " (count - most) " more\t" }'
}

# list_item NAME DETAIL
list_item() { printf '%s\t%s\n' "$(plain "$1")" "$(plain "$2")"; }

# list_unseen NAME REASON: passes through `stay_each`.
list_unseen() { printf '\tunseen\t%s\t%s\n' "$(plain "$1")" "$(plain "$2")"; }

# can_list DIRECTORY: it is a directory that is not on a file server, which might not respond.
can_list() {
  if ! leads_to_local "$1" >/dev/null; then
    list_unseen "$1" 'a file server has it, or a file system of unknown type'
    return 1
  fi
  [ -d "$1" ]
}

# Sets entry_count to the number of entries of a directory, hidden ones included.
count_entries() {
  entry_count=0
  for entry in "$1"/* "$1"/.[!.]*; do
    if [ -e "$entry" ] || [ -L "$entry" ]; then entry_count=$((entry_count + 1)); fi
  done
}

# E.g. "1 entry", "2 entries".
entries_text() {
  if [ "$1" = 1 ]; then printf '1 %s' "$2"; else printf '%s %s' "$1" "$3"; fi
}
