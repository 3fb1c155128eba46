# An awk program that parses a kubeconfig in the style that kubectl, kubeadm and similar tools write: block YAML, one line per value.
# Exit code 3: any other style; the file must not be changed.
# mode=list prints "cluster name server ca-data ca-file", "context name cluster user", "user name", tab-separated, `-` for none.
# mode=cut prints the file without the clusters whose names are lines of the environment's CUT, without their contexts, and without the
# users that only those contexts use.
kubeconfig_program() {
  cat <<'AWK'
function refuse() { refused = 1; exit 3 }

# Value of a line without quotes and comment. Anchors, blocks and flow style are refused.
function scalar(text) {
  sub(/^[ ]+/, "", text)
  if (text ~ /^"/) {
    if (text !~ /^"[^"\\]*"[ ]*(#.*)?$/) refuse()
    sub(/^"/, "", text); sub(/".*$/, "", text)
    return text
  }
  if (text ~ /^'/) {
    if (text !~ /^'[^']*'[ ]*(#.*)?$/) refuse()
    sub(/^'/, "", text); sub(/'.*$/, "", text)
    return text
  }
  if (text ~ /^[&*!|>{%@`]/ || text ~ /^\[/) refuse()
  sub(/^#.*$/, "", text)
  sub(/[ ]+#.*$/, "", text)
  sub(/[ ]+$/, "", text)
  return text
}

function is_empty(text) { return text ~ /^[ ]*(#.*)?$/ }
function key_of(text) { sub(/:.*$/, "", text); return text }
function value_of(text) { sub(/^[^:]*:/, "", text); return text }

function read_top(number, text) {
  if (text !~ /^[A-Za-z][A-Za-z-]*:( |$)/) refuse()
  section = key_of(text)
  if (section in heading) refuse()
  heading[section] = number
  item = 0; list_indent = -1; group = ""
  if (section in lists) {
    if (!is_empty(value_of(text)) && value_of(text) !~ /^ (\[\]|null)[ ]*$/) refuse()
  } else if (section == "current-context") current = scalar(value_of(text))
}

function read_key(text) {
  if (text !~ /^[A-Za-z][A-Za-z-]*:( |$)/) refuse()
  group = key_of(text); group_indent = -1; field = ""
  if (group == "name") {
    if (item in name) refuse()
    name[item] = scalar(value_of(text))
    if (name[item] == "" || (kind[item], name[item]) in seen) refuse()
    seen[kind[item], name[item]] = 1
    group = ""
  } else if (group == "user") {
    if (!is_empty(value_of(text)) && value_of(text) !~ /^ (\{\}|null)[ ]*$/) refuse()
  } else if (!is_empty(value_of(text))) refuse()
}

function read_field(indent, text) {
  if (group == "") refuse()
  if (group_indent < 0) group_indent = indent
  if (indent < group_indent) refuse()
  if (group != "cluster" && group != "context") return
  if (indent > group_indent) { if (field != "extensions") refuse(); return }
  if (field == "extensions" && text ~ /^- /) return
  if (text !~ /^[A-Za-z][A-Za-z-]*:( |$)/) refuse()
  field = key_of(text)
  if ((item, field) in value) refuse()
  if (field != "extensions") value[item, field] = scalar(value_of(text))
}

function read_line(number, text,   indent) {
  sub(/\r$/, "", text)
  if (is_empty(text)) { owner[number] = 0; return }
  if (text ~ /^ *\t/ || text ~ /^%/ || text ~ /^\.\.\.( |$)/) refuse()
  if (text ~ /^---[ ]*(#.*)?$/) { if (begun) refuse(); begun = 1; return }
  begun = 1
  match(text, /^ */)
  indent = RLENGTH
  text = substr(text, indent + 1)
  if (indent == 0 && text !~ /^-( |$)/) { read_top(number, text); return }
  if (section == "") refuse()
  if (!(section in lists)) return
  if (text ~ /^-( |$)/ && (list_indent < 0 || indent == list_indent)) {
    if (text !~ /^- [^ ]/) refuse()
    list_indent = indent
    item = ++items; kind[item] = section; group = ""
    indent += 2
    text = substr(text, 3)
  }
  if (item == 0 || indent < list_indent + 2) refuse()
  owner[number] = item
  if (indent == list_indent + 2) read_key(text); else read_field(indent, text)
}

function shown(text) { return text == "" ? "-" : text }

function print_list(   i) {
  for (i = 1; i <= items; i++) {
    if (kind[i] == "clusters") print "cluster\t" name[i] "\t" shown(value[i, "server"]) "\t" shown(value[i, "certificate-authority-data"]) "\t" shown(value[i, "certificate-authority"])
    if (kind[i] == "contexts") print "context\t" name[i] "\t" shown(value[i, "cluster"]) "\t" shown(value[i, "user"])
    if (kind[i] == "users") print "user\t" name[i]
  }
}

function choose_dropped(   i, count, names, cut) {
  count = split(ENVIRON["CUT"], names, "\n")
  for (i = 1; i <= count; i++) if (names[i] != "") cut[names[i]] = 1
  for (i = 1; i <= items; i++) {
    if (kind[i] == "clusters" && name[i] in cut) dropped[i] = 1
    if (kind[i] == "contexts" && value[i, "cluster"] in cut) { dropped[i] = 1; dropped_context[name[i]] = 1; idle[value[i, "user"]] = 1 }
  }
  for (i = 1; i <= items; i++) if (kind[i] == "contexts" && !(i in dropped)) delete idle[value[i, "user"]]
  for (i = 1; i <= items; i++) if (kind[i] == "users" && name[i] in idle) dropped[i] = 1
  for (i = 1; i <= items; i++) if (!(i in dropped)) left[kind[i]]++
}

function print_cut(   i, section) {
  choose_dropped()
  for (section in heading) at[heading[section]] = section
  for (i = 1; i <= NR; i++) {
    if (owner[i] > 0 && owner[i] in dropped) continue
    if (i in at && at[i] in lists && !(at[i] in left)) print at[i] ": []"
    else if (i in at && at[i] == "current-context" && current in dropped_context) print "current-context: \"\""
    else print raw[i]
  }
}

BEGIN { lists["clusters"]; lists["contexts"]; lists["users"] }
{ raw[NR] = $0 }
END {
  if (refused) exit 3
  for (line = 1; line <= NR; line++) read_line(line, raw[line])
  for (i = 1; i <= items; i++) if (!(i in name)) refuse()
  if (mode == "cut") print_cut(); else print_list()
}
AWK
}
