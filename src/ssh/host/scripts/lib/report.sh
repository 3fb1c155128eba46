# Results of a stage. `$OPERATION` is the operation's folder, `$STAGE` the stage's name.
# Needs of lib/base.sh: TAB, bounded, emit, plain
# Needs of its caller: OPERATION

ITEMS_SHOWN=300

ITEMS_LOST=''

# item Done|NothingToDo|Failed NAME [MESSAGE]
item() {
  emit item "$1" "$2" "${3:-}" >>"$OPERATION/$STAGE.items" || ITEMS_LOST=yes
}

# is_on_list KIND NAME: preflight announced that the stages may touch it. What appeared since then stays.
is_on_list() {
  grep -q -x -F -e "$1$TAB$(plain "$2")" "$OPERATION/list"
}

# Names what is not on the list, and was left.
refuse_unlisted() {
  item Failed "$1" 'it is not on the list that preflight made for this host, so it was left unchanged: inspect it, and remove it manually'
}

# A line for operators, in the stage's log.
note() { printf '%s\n' "$*"; }

# The result is written atomically. Failures come first, so that none is cut off. A failure that could not be written because the disk was
# full still counts, even if there is space again.
write_result() {
  result_ok=1
  if [ -n "$ITEMS_LOST" ] || grep -q "^item${TAB}Failed$TAB" "$OPERATION/$STAGE.items"; then result_ok=0; fi
  if print_result >"$OPERATION/$STAGE.result.new"; then
    bounded 20 sync "$OPERATION/$STAGE.result.new"
    mv -f "$OPERATION/$STAGE.result.new" "$OPERATION/$STAGE.result"
  fi
}

print_result() {
  if [ -n "$ITEMS_LOST" ]; then
    emit item Failed 'record of the stage' "it could not be written to $OPERATION (is the disk full?)" || return 1
  fi
  {
    grep "^item${TAB}Failed$TAB" "$OPERATION/$STAGE.items"
    grep -v "^item${TAB}Failed$TAB" "$OPERATION/$STAGE.items"
  } | head -n "$ITEMS_SHOWN" && emit ok "$result_ok"
}

# run_stage NAME FUNCTION: runs it with all its output in a log of at most 256 KiB.
run_stage() {
  STAGE=$1
  : >"$OPERATION/$STAGE.items"
  {
    trap end_early EXIT
    "$2"
    write_result
    trap - EXIT
  } 2>&1 | {
    head -c 262144
    cat >/dev/null
  } >"$OPERATION/$STAGE.log"
}

# An error in the script itself must not read as "nothing left to do".
end_early() {
  item Failed "$STAGE" "it ended early; see $OPERATION/$STAGE.log on the host"
  write_result
}

# first_of NUMBER: the first lines of stdin in one line, and the number of further lines.
first_of() {
  awk -v most="$1" 'NF { count++; if (count <= most) text = text (count > 1 ? ", " : "") $0 }
    END { if (count > most) text = text ", and " (count - most) " more"; print text }'
}

# E.g. "1 mount", "2 mounts".
count_text() {
  if [ "$1" = 1 ]; then printf '1 %s' "$2"; else printf '%s %ss' "$1" "$2"; fi
}
