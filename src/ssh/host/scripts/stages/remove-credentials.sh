# Removes credentials: those that the kubelet names, this cluster's files in /etc/kubernetes, and its entries in users' kubeconfigs.
# Needs of lib/base.sh: STATE, TAB, bounded
# Needs of lib/report.sh: first_of, is_on_list, item, mark_touched, note, refuse_unlisted
# Needs of lib/trees.sh: remove_files
# Needs of read/cluster.sh: is_cluster_known, is_line_of
# Needs of read/etc-kubernetes.sh: ETC_KUBERNETES
# Needs of read/kubeconfig-program.sh: kubeconfig_program
# Needs of read/kubeconfigs.sh: list_our_clusters, list_our_kubeconfigs, list_present_kubeconfigs, list_unseen_kubeconfigs
# Needs of read/kubeconfigs.sh: search_kubeconfigs
# Needs of read/list-credentials.sh: list_all_credentials
# Needs of its caller: OPERATION

remove_credentials() {
  credentials=$(list_all_credentials)
  while IFS=$TAB read -r owner file reason; do
    if [ "$owner" = other ]; then item NothingToDo "kept: $file" "$reason"; fi
  done <<LINES
$credentials
LINES
  ours=$(printf '%s\n' "$credentials" | sed -n "s/^ours$TAB\([^$TAB]*\)$TAB.*/\1/p")
  remove_listed "kubelet's credentials" "$(printf '%s\n' "$ours" | grep -v "^$ETC_KUBERNETES/")"
  remove_listed "files of this cluster in $ETC_KUBERNETES" "$(printf '%s\n' "$ours" | grep "^$ETC_KUBERNETES/")"
  remove_emptied_folders "$(printf '%s\n' "$ours" | grep "^$ETC_KUBERNETES/")"
  remove_kubeconfigs
}

# Folders in which the last file was this cluster's, the deepest first.
remove_emptied_folders() {
  {
    printf '%s\n' "$ETC_KUBERNETES/pki" "$ETC_KUBERNETES/manifests"
    printf '%s\n' "$1" | sed -n 's,/[^/]*$,,p'
  } | sort -r -u | while IFS= read -r folder; do
    if [ "$folder" != "$ETC_KUBERNETES" ] && [ -d "$folder" ] && [ ! -L "$folder" ]; then rmdir -- "$folder" 2>/dev/null; fi
  done
}

# remove_listed NAME LINES: only files that preflight listed, or that are below a listed directory.
remove_listed() {
  listed_name=$1
  listed=$2
  set --
  while IFS= read -r file; do
    if [ -z "$file" ]; then continue; fi
    if is_listed_file "$file"; then
      set -- "$@" "$file"
    elif [ -e "$file" ] || [ -L "$file" ]; then
      refuse_unlisted "$file"
    fi
  done <<LINES
$listed
LINES
  remove_files "$listed_name" "$@"
}

# The kubelet renews its certificates, so those are listed with their directory. A copy of the operation itself is on no list.
is_listed_file() {
  case $1 in "$STATE"/*) return ;; esac
  if is_on_list file "$1"; then return; fi
  listed_folder=${1%/*}
  while [ -n "$listed_folder" ]; do
    if is_on_list directory "$listed_folder"; then return; fi
    listed_folder=${listed_folder%/*}
  done
  return 1
}

# Copies of users' kubeconfigs that a killed stage left, and the unfinished file beside the user's own.
sweep_working_copies() {
  rm -f -- "$STATE"/*/kubeconfig "$STATE"/*/kubeconfig.new
  for record in "$STATE"/*/kubeconfig.made; do
    if [ ! -f "$record" ]; then continue; fi
    IFS= read -r made <"$record"
    if [ -n "$made" ]; then (enter "${made%/*}" && rm -f -- "./${made##*/}"); fi
    rm -f -- "$record"
  done
}

remove_kubeconfigs() {
  name="kubeconfigs of this cluster"
  if ! search_kubeconfigs; then
    item Failed "$name" 'the search timed out'
    return
  fi
  list=list_our_kubeconfigs
  if ! is_cluster_known; then list=list_present_kubeconfigs; fi
  while IFS=$TAB read -r unseen reason; do
    if [ -n "$unseen" ]; then item NothingToDo "kept: $unseen" "not searched for kubeconfigs: $reason"; fi
  done <<LINES
$(list_unseen_kubeconfigs)
LINES
  files=$("$list")
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
    if is_on_list kubeconfig "$file"; then
      remove_kubeconfig "$file"
    else
      refuse_unlisted "kubeconfig $file"
    fi
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
  printf '%s\n' "${2%/*}/${made#./}" >"$OPERATION/kubeconfig.made" || exit 1
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
  rm -f -- "$old" "$new" "$OPERATION/kubeconfig.made"
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
