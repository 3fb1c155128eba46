# Removes credentials: the directories that belong to the cluster, and its entries in users' kubeconfigs.
# Needs of lib/base.sh: bounded
# Needs of lib/report.sh: first_of, item, mark_touched, note
# Needs of lib/trees.sh: remove_contents, remove_files
# Needs of read/cluster.sh: is_cluster_known, is_line_of
# Needs of read/kubeconfig-program.sh: kubeconfig_program
# Needs of read/kubeconfigs.sh: list_our_clusters, list_our_kubeconfigs, list_present_kubeconfigs
# Needs of read/kubelet.sh: KUBELET_CERTIFICATES
# Needs of read/list-credentials.sh: CREDENTIAL_DIRECTORIES, list_agent_credentials, list_kubelet_credentials
# Needs of its caller: OPERATION

remove_credentials() {
  remove_contents_or_files "$KUBELET_CERTIFICATES"
  remove_listed "kubelet's other credentials" "$(list_kubelet_credentials)"
  agent_files=$(list_agent_credentials)
  if [ -n "$agent_files" ]; then remove_listed "agent's credentials" "$agent_files"; fi
  remove_kubeconfigs
  for directory in $CREDENTIAL_DIRECTORIES; do
    remove_contents_or_files "$directory"
  done
}

# If a mount prevents the removal of the whole content, the files directly in the directory are removed.
remove_contents_or_files() {
  if ! remove_contents "$1" && [ -d "$1" ] && [ ! -L "$1" ]; then
    remove_files "files in $1" "$1"/*
  fi
}

# remove_listed NAME LINES
remove_listed() {
  listed_name=$1
  listed=$2
  set --
  while IFS= read -r file; do
    if [ -n "$file" ]; then set -- "$@" "$file"; fi
  done <<LINES
$listed
LINES
  remove_files "$listed_name" "$@"
}

remove_kubeconfigs() {
  name="kubeconfigs of this cluster"
  list=list_our_kubeconfigs
  if ! is_cluster_known; then list=list_present_kubeconfigs; fi
  if ! files=$(bounded 60 "$list"); then
    item Failed "$name" 'the search timed out'
    return
  fi
  if [ -z "$files" ]; then
    item NothingToDo "$name"
    return
  fi
  if ! is_cluster_known; then
    item Failed "$name" "this cluster's CA is unknown on this host, so its entries cannot be identified: remove them manually from $(printf '%s\n' "$files" | first_of 5)"
    return
  fi
  mark_touched "$name" || return
  while IFS= read -r file; do
    remove_kubeconfig "$file"
  done <<LINES
$files
LINES
}

# enter FOLDER: fails when it was replaced with a link. A user can replace anything in their own folder at any time, with a link to any
# file; root therefore enters the folder, follows no link in it, and creates a file only where none exists.
enter() {
  cd -- "$1" && [ "$(stat -c %d:%i -- "$1")" = "$(stat -c %d:%i .)" ]
}

# take_file FILE COPY
take_file() (
  enter "${1%/*}" && bounded 10 cp -p -P -- "./${1##*/}" "$2" && [ -f "$2" ] && [ ! -L "$2" ]
)

# put_file NEW FILE: with the owner and the mode of NEW, atomically.
put_file() (
  enter "${2%/*}" || exit 1
  made=$(mktemp -u ./.kubeconfig.XXXXXXXXXX) || exit 1
  if cp -p -P --remove-destination -- "$1" "$made" && mv -f -T -- "$made" "./${2##*/}"; then exit 0; fi
  rm -f -- "$made"
  exit 1
)

# drop_kubeconfig FILE
drop_kubeconfig() {
  note "removing $1"
  if (enter "${1%/*}" && rm -f -- "./${1##*/}"); then
    item Done "$name" removed
  else
    item Failed "$name" 'could not be removed'
  fi
}

# Removes only this cluster's entries, and the file when no entry is left.
remove_kubeconfig() {
  name="kubeconfig $1"
  if [ -L "$1" ] || [ -L "${1%/*}" ]; then
    item Failed "$name" 'it has an entry of this cluster but is reached through a symbolic link: remove the entry manually'
    return
  fi
  case $(kubeconfig_share "$1") in
  unclear)
    item Failed "$name" 'it has an entry of this cluster but cannot be edited safely: remove the entry manually'
    return
    ;;
  none) return ;;
  esac
  if ! awk -v mode=list "$(kubeconfig_program)" "$1" >/dev/null; then
    # A style that cannot be edited, but every entry is this cluster's.
    drop_kubeconfig "$1"
    return
  fi
  cut_kubeconfig "$1"
}

cut_kubeconfig() {
  CUT=$(list_our_clusters "$1")
  export CUT
  old=$OPERATION/kubeconfig
  new=$old.new
  rm -f -- "$old" "$new"
  if take_file "$1" "$old" && cp -p -- "$old" "$new" && awk -v mode=cut "$(kubeconfig_program)" "$old" >"$new" && is_sound_cut "$old" "$new"; then
    replace_kubeconfig "$new" "$1"
  else
    fail_to_rewrite
  fi
  rm -f -- "$old" "$new"
}

# replace_kubeconfig NEW FILE
replace_kubeconfig() {
  if [ -z "$(awk -v mode=list "$(kubeconfig_program)" "$1")" ]; then
    drop_kubeconfig "$2"
  elif put_file "$1" "$2"; then
    item Done "$name" "entries of this cluster removed ($(printf '%s\n' "$CUT" | first_of 3)); other entries are unchanged"
  else
    fail_to_rewrite
  fi
}

fail_to_rewrite() { item Failed "$name" 'it could not be rewritten: remove the entries of this cluster manually'; }

# is_sound_cut OLD NEW: the new file has no entry of this cluster, and no entry that the old file lacks.
is_sound_cut() (
  [ "$(kubeconfig_share "$2")" = none ] || exit 1
  old=$(awk -v mode=list "$(kubeconfig_program)" "$1") || exit 1
  awk -v mode=list "$(kubeconfig_program)" "$2" | while IFS= read -r entry; do
    is_line_of "$entry" "$old" || exit 1
  done
)
