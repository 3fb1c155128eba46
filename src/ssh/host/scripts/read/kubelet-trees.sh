# The directories that the kubelet keeps its files in, and which of their entries are its own.
# The names are those of Kubernetes: pkg/kubelet/kubeletconfig/defaults.go, the state files of pkg/kubelet, and cmd/kubeadm.
#
# A tree is read in one of three modes:
#   all    everything in it is the kubelet's. Only /var/lib/kubelet itself, and a disk of its own below it.
#   known  only the entries that a kubelet creates; everything else stays. Every other root directory, and whatever is reached through a link
#          or a bind mount: that /var/lib/kubelet leads to a directory does not prove that everything there is the kubelet's.
#   named  only the files that the running kubelet names. /var/lib/kubelet when the root directory is elsewhere.
# Needs of lib/base.sh: NEWLINE, STATE, TAB, plain
# Needs of lib/mounts.sh: count_stacked, encode_path, has_mounts, is_mount_point, is_own_disk, mounts_below
# Needs of read/cluster.sh: is_line_of
# Needs of read/kubelet.sh: KUBELET_BOOTSTRAP, KUBELET_CERTIFICATES, KUBELET_CONFIG, KUBELET_FILES, KUBELET_KUBECONFIG
# Needs of read/kubelet.sh: KUBELET_ROOT, kubelet_root

# Names of directories that a kubelet fills, directly in its root directory.
KUBELET_FOLDERS='pods plugins plugins_registry pod-resources pods-api device-plugins checkpoints image_manager pki'

# Output of `list_kubelet_trees`, for the probe, which changes nothing and reads it several times.
KUBELET_TREES=''

# Trees as lines "mode directory prefix", tab-separated, in the order of their removal. The prefix is the directory's place below the root
# directory: `pods` may be a link to another disk, and the link is removed after what it leads to.
list_kubelet_trees() {
  if [ -n "$KUBELET_TREES" ]; then printf '%s\n' "$KUBELET_TREES" && return; fi
  list_roots | awk -F "$TAB" 'NF == 3 && !seen[$2]++'
}

list_roots() {
  root=$(kubelet_root)
  if is_plain_root "$root"; then
    for folder in $KUBELET_FOLDERS; do
      if [ -L "$root/$folder" ] && target=$(readlink -f -- "$root/$folder") && [ -d "$target" ] && is_plain_root "$target"; then
        printf 'known\t%s\t%s\n' "$target" "$folder"
      fi
    done
    mode=known
    if is_whole_kubelet_directory "$root"; then mode=all; fi
    printf '%s\t%s\t%s\n' "$mode" "$root" ''
  fi
  standard=$(readlink -f -- /var/lib/kubelet) || standard=''
  if [ -d "$standard" ] && is_plain_root "$standard"; then printf 'named\t%s\t%s\n' "$standard" ''; fi
}

# A directory whose known entries can be removed: not the root of the host or of its programs and settings.
is_plain_root() {
  case $1 in
  /*[!/]*) ;;
  *) return 1 ;;
  esac
  case $1/ in
  *[[:cntrl:]]* | *//* | */./* | */../*) return 1 ;;
  /bin/* | /boot/* | /dev/* | /etc/* | /lib/* | /lib64/* | /proc/* | /root/ | /sbin/* | /sys/* | /usr/* | "$STATE"/*) return 1 ;;
  esac
}

is_whole_kubelet_directory() {
  if [ "$1" != /var/lib/kubelet ] || [ -L "$1" ]; then return 1; fi
  encode_path "$1"
  if [ "$(count_stacked "$encoded_path")" -gt 0 ]; then is_own_disk "$1"; fi
}

# What must be known before the kubelet's files are removed and is not, as lines "what command", tab-separated.
list_kubelet_doubts() {
  if [ -n "$KUBELET_ROOT" ] && ! is_plain_root "$KUBELET_ROOT"; then
    shown_root=$(plain "$KUBELET_ROOT")
    printf '%s\t%s\n' "which files in the kubelet's root directory $shown_root are its own" "ls -la '$shown_root'"
  fi
  list_kubelet_trees | while IFS=$TAB read -r mode tree prefix; do
    [ "$mode" != named ] || continue
    encode_path "$tree"
    { printf '%s\n' "$encoded_path" && mounts_below "$tree"; } | while IFS= read -r point; do
      if [ "$(count_stacked "$point")" -gt 1 ] && ! is_volume_mount "$mode" "$prefix" "$encoded_path" "$point"; then
        printf '%s\t%s\n' "what is on the file system below the one that is visible on $point" "grep ' $point ' /proc/self/mountinfo"
      fi
    done
  done
}

# is_volume_mount MODE PREFIX TREE POINT, both paths as the mount table writes them.
is_volume_mount() {
  case $4 in
  "$3"/*) is_volume_place "$1" "${2:+$2/}${4#"$3"/}" ;;
  *) return 1 ;;
  esac
}

# list_volume_mounts MODE TREE PREFIX: as the mount table writes them, the deepest first.
list_volume_mounts() (
  encode_path "$2"
  mounts_below "$2" | while IFS= read -r point; do
    if is_volume_mount "$1" "$3" "$encoded_path" "$point"; then printf '%s\n' "$point"; fi
  done
)

# is_volume_place MODE PLACE: what is mounted there is a volume. Anything else is a disk with files of the kubelet, or of someone else. (In
# patterns, `*` stands for slashes too.)
is_volume_place() {
  case $1:$2 in
  named:*) return 1 ;;
  *:plugins/kubernetes.io/*/* | *:plugins/*/globalmount | *:plugins/*/globalmount/*) ;;
  *:plugins/kubernetes.io/*) return 1 ;;
  all:pods/*/* | all:plugins/*/*) ;;
  known:pods/*/*) is_place_of_pod "${2#pods/}" ;;
  *) return 1 ;;
  esac
}

# is_place_of_pod UID/ENTRY...
is_place_of_pod() {
  place_in_pod=${1#*/}
  is_pod_uid "${1%%/*}" && is_pod_entry "${place_in_pod%%/*}"
}

# As the API server assigns it, or the hash of a static pod's manifest.
is_pod_uid() {
  case $1 in
  *[!0-9a-f-]*) return 1 ;;
  ????????-????-????-????-????????????) ;;
  *-*) return 1 ;;
  ????????????????????????????????) ;;
  *) return 1 ;;
  esac
}

is_pod_entry() {
  case $1 in
  volumes | volume-subpaths | volumeDevices | plugins | containers | plugin-containers | etc-hosts | userns) ;;
  *) return 1 ;;
  esac
}

# Files that the running kubelet names, one per line, also with the links in their directories resolved.
list_named_kubelet_files() {
  printf '%s\n' "$KUBELET_CONFIG" "$KUBELET_KUBECONFIG" "$KUBELET_BOOTSTRAP" "$KUBELET_FILES" | while IFS= read -r file; do
    [ -n "$file" ] || continue
    printf '%s\n' "$file"
    if directory=$(readlink -f -- "${file%/*}"); then printf '%s/%s\n' "$directory" "${file##*/}"; fi
  done | awk '!seen[$0]++'
}

# classify_entry MODE PLACE PATH: sets entry_kind: own (to be removed), folder (of a kubelet; its entries are classified), or foreign.
classify_entry() {
  entry_kind=foreign
  case $1:$2 in
  all:*) entry_kind=own && return ;;
  *[[:cntrl:]]*) return ;;
  esac
  if is_line_of "$3" "$NAMED_FILES" && [ ! -d "$3" ]; then
    entry_kind=own
  elif [ "$1" = named ]; then
    classify_named_entry "$2" "$3"
  else
    classify_known_entry "$2" "$3"
  fi
  if [ "$entry_kind" != folder ]; then return; fi
  # A link to a folder is only a link here; what it leads to is a tree of its own.
  if [ -L "$3" ]; then
    case $1:$2 in
    *:*/* | named:*) entry_kind=foreign ;;
    *) entry_kind=own ;;
    esac
  elif [ ! -d "$3" ]; then
    entry_kind=foreign
  fi
}

# What a kubelet and kubeadm leave in /var/lib/kubelet wherever the root directory is.
classify_named_entry() {
  case $1 in
  kubeadm-flags.env | instance-config.yaml) if is_line_of "${2%/*}/config.yaml" "$NAMED_FILES"; then entry_kind=own; fi ;;
  device-plugins | device-plugins/*) classify_socket_place "$1" "$2" ;;
  pki | pki/*) classify_certificate "$1" "$2" ;;
  esac
}

classify_known_entry() {
  case $1 in
  cpu_manager_state | memory_manager_state | dra_manager_state | dra_health_state) entry_kind=own ;;
  allocated_pods_state | actuated_pods_state | pod_status_manager_state | graceful_node_shutdown_state) entry_kind=own ;;
  kubeadm-flags.env | instance-config.yaml) if [ "${2%/*}" = "$STANDARD" ]; then entry_kind=own; fi ;;
  config.json | .dockercfg) if [ -f "$2" ] && grep -q '"auth' "$2"; then entry_kind=own; fi ;;
  pki | pki/*) classify_certificate "$1" "$2" ;;
  pods | plugins | checkpoints | image_manager) entry_kind=folder ;;
  pods/*/*) if is_place_of_pod "${1#pods/}"; then entry_kind=own; fi ;;
  pods/*) if is_pod_uid "${1#pods/}"; then entry_kind=folder; fi ;;
  plugins/kubernetes.io | plugins/kubernetes.io/*) entry_kind=own ;;
  plugins/*/*) if [ -S "$2" ] || [ "${1##*/}" = globalmount ]; then entry_kind=own; fi ;;
  plugins/*) entry_kind=folder ;;
  checkpoints/checkpoint-*.tar | image_manager/pulling | image_manager/pulled) entry_kind=own ;;
  *) classify_socket_place "$1" "$2" ;;
  esac
}

classify_socket_place() {
  case $1 in
  plugins_registry | pod-resources | pods-api | device-plugins) entry_kind=folder ;;
  device-plugins/kubelet_internal_checkpoint) entry_kind=own ;;
  plugins_registry/* | pod-resources/* | pods-api/* | device-plugins/*) if [ -S "$2" ]; then entry_kind=own; fi ;;
  esac
}

classify_certificate() {
  case $1 in
  pki) if is_line_of "$2" "$KUBELET_CERTIFICATES$NEWLINE$CERTIFICATES"; then entry_kind=folder; fi ;;
  pki/kubelet-client-*.pem | pki/kubelet-server-*.pem | pki/kubelet.crt | pki/kubelet.key) entry_kind=own ;;
  esac
}

# walk_tree MODE TREE PREFIX LOAD ACTION: reads the mounts with LOAD before each folder, and calls
#   ACTION own FOLDER ENTRY...    once per folder
#   ACTION kept ENTRY REASON      for all that stays
#   ACTION disk MOUNT-POINT       for a file system with files of the kubelet; its entries follow
#   ACTION volume MOUNT-POINT     for a volume that is mounted
#   ACTION close FOLDER           for each folder, the deepest first
# Never reads a mount point itself, whose file server may be dead.
walk_tree() {
  NAMED_FILES=$(list_named_kubelet_files)
  STANDARD=$(readlink -f -- /var/lib/kubelet) || STANDARD=''
  CERTIFICATES=$(readlink -f -- "${KUBELET_CERTIFICATES:-/}") || CERTIFICATES=''
  walk_trees=$NEWLINE$(list_kubelet_trees | cut -f 2)$NEWLINE
  walk_load=$4 walk_action=$5
  walk_left="$1$TAB$2$TAB$3$NEWLINE" walk_closed=''
  while [ -n "$walk_left" ]; do
    walk_line=${walk_left%%"$NEWLINE"*}
    walk_left=${walk_left#*"$NEWLINE"}
    walk_mode=${walk_line%%"$TAB"*}
    walk_line=${walk_line#*"$TAB"}
    "$walk_load" "$1" "$2" "$3"
    walk_folder "$walk_mode" "${walk_line%%"$TAB"*}" "${walk_line#*"$TAB"}"
  done
  while [ -n "$walk_closed" ]; do
    if [ "${walk_closed%%"$NEWLINE"*}" != "$2" ]; then "$walk_action" close "${walk_closed%%"$NEWLINE"*}"; fi
    walk_closed=${walk_closed#*"$NEWLINE"}
  done
}

# walk_folder MODE FOLDER PLACE
walk_folder() {
  folder_mode=$1 folder=$2 folder_place=${3:+$3/}
  set --
  for entry in "$folder"/* "$folder"/.[!.]* "$folder"/..?*; do
    if is_other_tree "$folder_mode" "$entry"; then continue; fi
    entry_place=$folder_place${entry##*/}
    if is_mount_point "$entry"; then
      walk_mount "$folder_mode" "$entry_place" "$entry"
      continue
    fi
    if [ ! -e "$entry" ] && [ ! -L "$entry" ]; then continue; fi
    classify_entry "$folder_mode" "$entry_place" "$entry"
    if [ "$entry_kind" = own ] && has_mounts "$entry"; then entry_kind=folder; fi
    case $entry_kind in
    own) set -- "$@" "$entry" ;;
    folder) walk_later "$folder_mode" "$entry" "$entry_place" ;;
    *) walk_keep "$folder_mode" "$entry" ;;
    esac
  done
  if [ $# -gt 0 ]; then "$walk_action" own "$folder" "$@"; fi
  # An empty folder of an unknown plugin may be someone else's.
  case $#:$folder_place in 0:plugins/*) ;; *) walk_closed=$folder$NEWLINE$walk_closed ;; esac
}

is_other_tree() {
  if [ "$1" = all ]; then return 1; fi
  case $walk_trees in *"$NEWLINE$2$NEWLINE"*) ;; *) return 1 ;; esac
}

walk_keep() {
  case $1:$2 in
  *:*/lost+found) ;;
  named:*) "$walk_action" kept "$2" "the kubelet's root directory is $KUBELET_ROOT" ;;
  *) "$walk_action" kept "$2" 'a kubelet does not create such an entry' ;;
  esac
}

# walk_mount MODE PLACE POINT: a file system with files of the kubelet is emptied and stays mounted, so that nothing comes back with the
# next mount.
walk_mount() {
  if is_volume_place "$1" "$2"; then
    "$walk_action" volume "$3"
    return
  fi
  case $1:$2 in
  *:pods | *:plugins | *:plugins_registry | *:plugins/kubernetes.io | *:plugins/kubernetes.io/*) ;;
  all:pods/* | all:pod-resources | all:device-plugins | all:checkpoints | all:pki) ;;
  *:plugins/*)
    "$walk_action" kept "$3" 'it is mounted on the directory of a driver, and may have the data of its volumes'
    return
    ;;
  *)
    "$walk_action" kept "$3" 'it is mounted there and is no volume of a pod'
    return
    ;;
  esac
  mount_mode=known
  if [ "$1" = all ] && is_own_disk "$3"; then mount_mode=all; fi
  "$walk_action" disk "$3"
  walk_later "$mount_mode" "$3" "$2"
}

walk_later() {
  case $2 in
  *"$NEWLINE"* | *"$TAB"*) "$walk_action" kept "$2" 'something is mounted below it' ;;
  *) walk_left="$walk_left$1$TAB$2$TAB$3$NEWLINE" ;;
  esac
}

# load_disks MODE TREE PREFIX: as `load_mounts`, without the volumes.
load_disks() {
  encode_path "$2"
  MOUNT_POINTS=$NEWLINE
  while IFS= read -r point; do
    if ! is_volume_mount "$1" "$3" "$encoded_path" "$point"; then MOUNT_POINTS=$MOUNT_POINTS$point$NEWLINE; fi
  done <<POINTS
$(mounts_below "$2")
POINTS
}

# The kubelet's directory is one in which its files cannot be distinguished from others.
is_unsafe_kubelet_root() { [ -n "$KUBELET_ROOT" ] && ! is_plain_root "$KUBELET_ROOT"; }
