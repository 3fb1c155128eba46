# Removes what the kubelet left on the disk: mounts of volumes, credentials, and the entries of its directories.
# Needs of lib/base.sh: TAB
# Needs of lib/report.sh: first_of, is_on_list, item, refuse_unlisted
# Needs of lib/trees.sh: remove_tree, unmount_volumes
# Needs of read/kubelet-trees.sh: is_plain_root, list_kubelet_doubts, list_kubelet_trees
# Needs of read/kubelet.sh: KUBELET_ROOT
# Needs of stages/remove-credentials.sh: remove_credentials

# Volumes are unmounted first; the credentials go even if a volume stays mounted and nothing else is removed.
remove_files_of_kubelet() {
  trees=$(list_kubelet_trees) linked_left=''
  if ! is_plain_root "$KUBELET_ROOT"; then
    item Failed "contents of the kubelet's directory" "${KUBELET_ROOT:-an unknown directory} may contain unrelated files: empty it manually"
  fi
  doubts=$(list_kubelet_doubts | cut -f 1)
  if [ -n "$doubts" ]; then
    item Failed "contents of the kubelet's directory" "not removed, because it is unknown $(printf '%s\n' "$doubts" | first_of 3)"
    trees=''
  fi
  for_trees unmount_tree
  remove_credentials
  for_trees remove_listed_tree
}

# for_trees FUNCTION: calls it with each tree's mode, directory and prefix.
for_trees() {
  while IFS=$TAB read -r mode tree prefix; do
    if [ -n "$tree" ]; then "$1" "$mode" "$tree" "$prefix"; fi
  done <<LINES
$trees
LINES
}

unmount_tree() {
  if [ "$1" != named ] && is_on_list directory "$2"; then unmount_volumes "$@"; fi
}

# A link in the root directory leads to some trees: it stays until they are done.
remove_listed_tree() {
  if [ -z "$3" ] && [ -n "$linked_left" ]; then
    item Failed "contents of $2" "not tried: $linked_left, to which a link in it leads, was not completed"
  elif is_on_list directory "$2"; then
    if ! remove_tree "$@" && [ -n "$3" ]; then linked_left=$2; fi
  else
    refuse_unlisted "contents of $2"
  fi
}
