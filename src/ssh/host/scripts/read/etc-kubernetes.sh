# /etc/kubernetes: which files belong to this cluster. Everything else, e.g. another cluster's kubeconfig or backups, stays.
# Needs of lib/base.sh: TAB, plain
# Needs of lib/mounts.sh: is_mount_point, load_mounts
# Needs of read/cluster.sh: is_cluster_known, is_line_of, pem_bodies
# Needs of read/join-tokens.sh: is_join_configuration, judge_join_configuration
# Needs of read/kubelet-trees.sh: list_named_kubelet_files
# Needs of read/kubelet.sh: KUBELET_STATIC_PODS

ETC_KUBERNETES=/etc/kubernetes

# Files and links in /etc/kubernetes as lines "ours path" or "other path reason", tab-separated. No mount is entered, no link followed.
list_etc_kubernetes() {
  if [ -L "$ETC_KUBERNETES" ]; then
    printf 'other\t%s\t%s\n' "$ETC_KUBERNETES" 'it is a symbolic link, which is not followed'
    return
  fi
  NAMED_FILES=$(list_named_kubelet_files)
  load_mounts
  list_etc_folder "$ETC_KUBERNETES" 0
}

# list_etc_folder FOLDER DEPTH
list_etc_folder() (
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if is_mount_point "$entry"; then
      print_entry other "$entry" 'it is a mount'
      continue
    fi
    if [ ! -e "$entry" ] && [ ! -L "$entry" ]; then continue; fi
    case $entry in
    *[[:cntrl:]]*) print_entry other "$entry" 'its name has control characters' ;;
    *)
      if [ -L "$entry" ]; then
        judge_link "$entry"
      elif [ ! -d "$entry" ]; then
        judge_file "$entry"
      elif [ "$2" -ge 5 ]; then
        print_entry other "$entry" 'it is too deep to be read'
      else
        list_etc_folder "$entry" $(($2 + 1))
      fi
      ;;
    esac
  done
)

# print_entry ours|other PATH [REASON]
print_entry() { printf '%s\t%s\t%s\n' "$1" "$(plain "$2")" "${3:-}"; }

# A link is removed if the kubelet names it; what it leads to is not.
judge_link() {
  if is_line_of "$1" "$NAMED_FILES" || is_standard_kubeconfig "$1"; then
    print_entry ours "$1"
  else
    print_entry other "$1" 'a symbolic link that the kubelet does not name'
  fi
}

is_standard_kubeconfig() {
  case $1 in
  "$ETC_KUBERNETES/kubelet.conf" | "$ETC_KUBERNETES/bootstrap-kubelet.conf") ;;
  *) return 1 ;;
  esac
}

judge_file() {
  if [ ! -f "$1" ]; then
    print_entry other "$1" 'it is not a regular file'
  elif is_line_of "$1" "$NAMED_FILES" || is_static_pod_file "$1"; then
    print_entry ours "$1"
  elif is_kubeconfig "$1"; then
    judge_kubeconfig "$1"
  elif is_join_configuration "$1"; then
    judge_join_configuration "$1"
  elif is_ca_of_cluster "$1"; then
    print_entry ours "$1"
  else
    print_entry other "$1" 'nothing shows that it belongs to this cluster'
  fi
}

# It has the keys of a kubeconfig, in YAML or JSON.
is_kubeconfig() {
  [ "$(wc -c <"$1")" -le 1048576 ] && grep -q "clusters[\"']\{0,1\}[[:space:]]*:" "$1" && grep -q "server[\"']\{0,1\}[[:space:]]*:" "$1"
}

# Those with entries of other clusters too are handled with users' kubeconfigs.
judge_kubeconfig() {
  if ! is_cluster_known; then
    print_entry other "$1" "a kubeconfig; this cluster's CA is unknown, so its owner is unknown"
    return
  fi
  case $(kubeconfig_share "$1") in
  all) print_entry ours "$1" ;;
  none) print_entry other "$1" 'a kubeconfig of another cluster' ;;
  some) print_entry other "$1" 'a kubeconfig of several clusters; only the entries of this one are removed' ;;
  *) print_entry other "$1" 'a kubeconfig that cannot be edited safely' ;;
  esac
}

# The kubelet reads every file of the directory whose name does not start with a dot, and no directory below it.
is_static_pod_file() {
  [ -n "$KUBELET_STATIC_PODS" ] || return 1
  case ${1##*/} in .*) return 1 ;; esac
  [ "${1%/*}" = "$KUBELET_STATIC_PODS" ] || [ "$1" = "$KUBELET_STATIC_PODS" ]
}

# Certificates and nothing else, all of this cluster's CA.
is_ca_of_cluster() {
  case $(wc -c <"$1") in ???????*) return 1 ;; esac
  if ! grep -q -e '-----BEGIN CERTIFICATE-----' "$1" || grep -q -e 'PRIVATE KEY' "$1"; then return 1; fi
  bodies=$(pem_bodies <"$1")
  [ -n "$bodies" ] || return 1
  for body in $bodies; do
    if ! printf '%s\n' "$body" | is_our_ca; then return 1; fi
  done
}

list_our_etc_kubernetes() { list_etc_kubernetes | sed -n "s/^ours$TAB\([^$TAB]*\)$TAB.*/\1/p"; }
