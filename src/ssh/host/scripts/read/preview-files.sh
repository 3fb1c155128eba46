# What the stages will do with directories, files, kubeconfigs and mounts, and what of the kubelet is there now.
# Needs of lib/base.sh: TAB, bounded, emit
# Needs of lib/mounts.sh: decode_path, encode_path, file_system_of, is_mount_point
# Needs of read/cluster.sh: is_cluster_known
# Needs of read/kube-proxy.sh: PROXY_UNITS, list_running_proxies, load_kube_proxy
# Needs of read/kubeconfigs.sh: list_our_kubeconfigs, list_unseen_kubeconfigs, search_kubeconfigs
# Needs of read/kubelet-trees.sh: list_kubelet_doubts, list_kubelet_trees, load_disks, walk_tree
# Needs of read/kubelet.sh: KUBELET_CERTIFICATES, KUBELET_ROOT_HANGS
# Needs of read/list-credentials.sh: list_all_credentials

FILES_SHOWN=200

# Searches once. Fails when the search takes too long.
load_files() {
  if [ -n "$KUBELET_ROOT_HANGS" ]; then return 1; fi
  load_kube_proxy
  search_kubeconfigs || return
  CREDENTIALS=$(bounded 60 list_all_credentials) || return
  KUBELET_TREES=$(list_kubelet_trees)
  KUBECONFIGS=$(bounded 90 find_our_kubeconfigs) || return
  UNSEEN_HOMES=$(list_unseen_kubeconfigs)
}

find_our_kubeconfigs() {
  if is_cluster_known; then list_our_kubeconfigs; fi
}

# Facts for verification.
probe_files() {
  list_kubelet_trees | while IFS=$TAB read -r mode tree prefix; do
    if [ "$mode" = named ]; then continue; fi
    list_volume_mounts "$mode" "$tree" "$prefix" | while IFS= read -r point; do
      emit mount "$point" "$(file_system_of "$point")" "$(uid_of_mount "$tree" "$prefix" "$point")"
    done
  done
  {
    printf '%s\n' "$CREDENTIALS" | sed -n "s/^ours$TAB\([^$TAB]*\)$TAB.*/\1/p"
    printf '%s\n' "$KUBECONFIGS"
  } | awk 'NF && !seen[$0]++' | head -n "$FILES_SHOWN" | while IFS= read -r file; do emit credential "$file"; done
  list_running_proxies | while IFS= read -r unit; do emit proxy "$unit"; done
  if [ -n "$UNSEEN_HOMES" ] && [ "${UNREAD_HOMES:-refuse}" != leave ]; then
    printf '%s\n' "$UNSEEN_HOMES" | while IFS=$TAB read -r home reason; do emit unseen "$home" "$reason"; done
  fi
}

# uid_of_mount TREE PREFIX POINT: of its pod, or nothing.
uid_of_mount() {
  encode_path "$1"
  place=${2:+$2/}${3#"$encoded_path"/}
  case $place in
  pods/*)
    place=${place#pods/}
    printf '%s\n' "${place%%/*}"
    ;;
  esac
}

preview_files() {
  list_kubelet_doubts | while IFS=$TAB read -r what command; do emit unknown "$what" "$command"; done
  list_kubelet_trees | while IFS=$TAB read -r mode tree prefix; do preview_tree "$mode" "$tree" "$prefix"; done
  printf '%s\n' "$CREDENTIALS" | head -n "$FILES_SHOWN" | while IFS=$TAB read -r owner file reason; do
    case $owner in
    ours) emit touch file "$file" removed ;;
    other) emit stay file "$file" "$reason" ;;
    esac
  done
  printf '%s\n' "$KUBECONFIGS" | while IFS= read -r file; do
    if [ -n "$file" ]; then emit touch kubeconfig "$file" 'entries of this cluster are removed'; fi
  done
  # The kubelet renews its certificates: their names are not known in advance.
  if [ -d "$KUBELET_CERTIFICATES" ]; then emit touch directory "$KUBELET_CERTIFICATES" "the kubelet's own certificates are removed"; fi
  for unit in $PROXY_UNITS; do emit touch unit "$unit" 'stopped, disabled and masked'; done
  if [ -n "$UNSEEN_HOMES" ] && [ "${UNREAD_HOMES:-refuse}" = leave ]; then
    printf '%s\n' "$UNSEEN_HOMES" | while IFS=$TAB read -r home reason; do emit stay directory "${home#home }" "not searched for kubeconfigs: $reason"; done
  fi
}

# preview_tree MODE TREE PREFIX
preview_tree() {
  if [ ! -d "$2" ]; then return; fi
  case $1 in
  all) emit touch directory "$2" 'emptied' ;;
  known) emit touch directory "$2" "${3:+where its $3 are; }only the entries that a kubelet creates are removed" ;;
  named) emit touch directory "$2" 'only files that the kubelet names are removed' ;;
  esac
  if [ "$1" != named ]; then
    list_volume_mounts "$@" | while IFS= read -r point; do
      decode_path "$point"
      emit touch mount "$decoded_path" 'unmounted'
    done
  fi
  walk_tree "$@" load_disks preview_part | head -n "$FILES_SHOWN"
}

# One call of `walk_tree`.
preview_part() {
  case $1 in
  kept) emit stay "$(kind_of_entry "$2")" "$2" "$3" ;;
  disk) emit stay mount "$2" 'a file system of its own: it stays mounted, and what the kubelet wrote to it is removed' ;;
  esac
}

# Never reads a mount point.
kind_of_entry() {
  if is_mount_point "$1"; then
    echo mount
  elif [ -d "$1" ] && [ ! -L "$1" ]; then
    echo directory
  else
    echo file
  fi
}
