# Results of a stage. `$OPERATION` is the operation's folder, `$STAGE` the stage's name.
# Needs of lib/base.sh: TAB, WITHDRAWALS, bounded, emit, first_hanging, plain
# Needs of read/kubelet.sh: KUBELET_KUBECONFIG, KUBELET_ROOT
# Needs of stages/remove-credentials.sh: sweep_working_copies
# Needs of its caller: OPERATION

ITEMS_SHOWN=300

ITEMS_LOST=''

# item Done|NothingToDo|Failed NAME [MESSAGE]
item() {
  emit item "$1" "$2" "${3:-}" >>"$OPERATION/$STAGE.items" || ITEMS_LOST=yes
}

IS_TOUCHED=''

# mark_touched NAME: call it directly before a change of the host. It records that the operation has changed something, and fails when that
# is impossible or the operation was withdrawn: the change must not be made then, and NAME is reported as failed.
mark_touched() {
  [ -z "$IS_TOUCHED" ] || return 0
  touched=$OPERATION/touched
  touched_before=
  if [ -e "$touched" ]; then touched_before=yes; fi
  if ! record_touched; then
    item Failed "$1" "not tried: that this operation changes the host cannot be recorded in $touched"
  elif [ -e "$WITHDRAWALS/${OPERATION##*/}" ]; then
    # Written before it was looked for: see withdraw.sh.
    item Failed "$1" 'not tried: this run has stopped before it changed the host, and was undone'
  else
    IS_TOUCHED=yes
    return
  fi
  if [ -z "$touched_before" ]; then rm -f -- "$touched"; fi
  return 1
}

# On the disk, with its name: it must survive a loss of power that follows the change.
record_touched() {
  if [ ! -e "$touched" ]; then
    { emit touched "$STAGE" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$touched.new"; } 2>/dev/null || return
    mv -f "$touched.new" "$touched" || return
  fi
  bounded 20 sync "$touched" >/dev/null 2>&1 && bounded 20 sync "$OPERATION" >/dev/null 2>&1
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
  list_items | head -n "$ITEMS_SHOWN" && emit ok "$result_ok"
}

# Failures, then what earlier attempts did, then the rest. What an earlier attempt did is not listed as "nothing to do".
list_items() {
  true >>"$OPERATION/$STAGE.done"
  awk -F "$TAB" '
    part == "now" { line[++count] = $0; if ($2 == "Done") done[$3] = 1; next }
    !done[$3]++ { earlier[++earlier_count] = $0 }
    END {
      for (i = 1; i <= count; i++) if (line[i] ~ /^item\tFailed\t/) print line[i]
      for (i = 1; i <= earlier_count; i++) print earlier[i]
      for (i = 1; i <= count; i++) {
        split(line[i], field, FS)
        if (field[2] == "Done" || field[2] == "NothingToDo" && !done[field[3]]) print line[i]
      }
    }' part=now "$OPERATION/$STAGE.items" part=earlier "$OPERATION/$STAGE.done"
}

# What an earlier attempt did, also one that was killed.
keep_done_items() {
  if [ -f "$OPERATION/$STAGE.items" ]; then grep "^item${TAB}Done$TAB" "$OPERATION/$STAGE.items" >>"$OPERATION/$STAGE.done"; fi
  true >"$OPERATION/$STAGE.items"
}

# run_stage NAME FUNCTION: runs it with all its output in a log of at most 256 KiB.
run_stage() {
  STAGE=$1
  keep_done_items
  {
    trap end_early EXIT
    # Without it, the shell of a stage that is stopped would end without its EXIT trap. A second signal must not end that one.
    trap 'trap "" TERM; exit 143' TERM
    if are_files_alive; then
      sweep_working_copies
      "$2"
    fi
    write_result
    trap - EXIT
  } 2>&1 | {
    # It ends after its writer, who would otherwise be killed by its next message.
    trap '' TERM
    head -c 262144
    cat >/dev/null
  } >"$OPERATION/$STAGE.log"
}

# A stage would hang on them, and could not be ended.
are_files_alive() {
  hanging=$(first_hanging /etc/kubernetes "$KUBELET_ROOT" "$KUBELET_KUBECONFIG")
  [ -n "$hanging" ] || return 0
  item Failed 'files of the kubelet respond' "an access to $hanging does not end; is its file server dead? No step was tried"
  return 1
}

# An error in the script itself must not read as "nothing left to do".
end_early() {
  sweep_working_copies
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
