# Users' kubeconfigs: which entries belong to this cluster. Works without kubectl.
# Needs of lib/base.sh: TAB
# Needs of lib/mounts.sh: is_local
# Needs of read/cluster.sh: OUR_SERVERS, beside, is_line_of, kubeconfig_values, pem_bodies
# Needs of read/kubeconfig-program.sh: kubeconfig_program

# Files that may be kubeconfigs: of root, of every user with a local home directory, of CNI plugins.
list_kubeconfig_files() {
  {
    printf '/root\n'
    cut -d : -f 6 /etc/passwd 2>/dev/null
    if is_local /home; then for home in /home/*; do printf '%s\n' "$home"; done; fi
  } | sort -u | while IFS= read -r home; do
    case $home in
    / | /proc/* | /sys/* | /dev/* | /nonexistent) continue ;;
    /*[!/]) ;;
    *) continue ;;
    esac
    if leads_to_local "$home/.kube"; then
      for file in "$home"/.kube/*; do
        if [ ! -L "$file" ] || leads_to_local "$file"; then printf '%s\n' "$file"; fi
      done
    fi
  done
  for file in /etc/cni/net.d/*kubeconfig* /etc/cni/net.d/*/*kubeconfig*; do printf '%s\n' "$file"; done
}

# Those with entries of this cluster, certain or possible.
list_our_kubeconfigs() {
  list_kubeconfig_files | while IFS= read -r file; do
    [ -f "$file" ] || continue
    if [ "$(kubeconfig_share "$file")" != none ]; then printf '%s\n' "$file"; fi
  done
}

# Those that exist, of any cluster.
list_present_kubeconfigs() {
  list_kubeconfig_files | while IFS= read -r file; do
    if [ -f "$file" ] && grep -q server "$file" 2>/dev/null; then printf '%s\n' "$file"; fi
  done
}

# How many entries of a kubeconfig belong to this cluster: none, all, some, or unclear.
kubeconfig_share() (
  file=$1
  grep -q 'server' "$file" 2>/dev/null || { echo none && exit; }
  clusters=$(awk -v mode=list "$(kubeconfig_program)" "$file") || clusters=
  if [ -z "$clusters" ]; then
    share_by_values "$file"
    exit
  fi
  printf '%s\n' "$clusters" | {
    ours=0 others=0 conflicts=0
    while IFS=$TAB read -r kind _ server data path; do
      [ "$kind" = cluster ] || continue
      case $(cluster_owner "$file" "$server" "$data" "$path") in
      ours) ours=$((ours + 1)) ;;
      conflict) conflicts=$((conflicts + 1)) ;;
      *) others=$((others + 1)) ;;
      esac
    done
    case $ours:$others:$conflicts in
    *:*:[1-9]*) echo unclear ;;
    0:*) echo none ;;
    *:0:*) echo all ;;
    *) echo some ;;
    esac
  }
)

# cluster_owner FILE SERVER DATA PATH (`-` for none): `conflict` is this cluster's server with another CA.
cluster_owner() {
  if [ "$3" != - ]; then
    if printf '%s' "$3" | base64 -d 2>/dev/null | pem_bodies | is_our_ca; then echo ours && return; fi
  elif [ "$4" != - ]; then
    owner_file=$(beside "$1" "$4")
    if [ -f "$owner_file" ] && pem_bodies <"$owner_file" | is_our_ca; then echo ours && return; fi
  elif is_line_of "$2" "$OUR_SERVERS"; then
    echo ours && return
  fi
  if is_line_of "$2" "$OUR_SERVERS"; then echo conflict; else echo other; fi
}

# For a file in a style that `kubeconfig_program` does not parse.
share_by_values() {
  ours=0 others=0
  for data in $(kubeconfig_values certificate-authority-data "$1"); do
    if [ "$(cluster_owner "$1" - "$data" -)" = ours ]; then ours=$((ours + 1)); else others=$((others + 1)); fi
  done
  for path in $(kubeconfig_values certificate-authority "$1"); do
    if [ "$(cluster_owner "$1" - - "$path")" = ours ]; then ours=$((ours + 1)); else others=$((others + 1)); fi
  done
  servers=0 known=0
  for server in $(kubeconfig_values server "$1"); do
    servers=$((servers + 1))
    if is_line_of "$server" "$OUR_SERVERS"; then known=$((known + 1)); fi
  done
  case $ours:$known:$others in
  0:0:*) echo none ;;
  *:0) if [ "$ours" = "$servers" ]; then echo all; else echo unclear; fi ;;
  *) echo unclear ;;
  esac
}

# Names of this cluster's entries under `clusters`, one per line.
list_our_clusters() {
  awk -v mode=list "$(kubeconfig_program)" "$1" | while IFS=$TAB read -r kind name server data path; do
    if [ "$kind" = cluster ] && [ "$(cluster_owner "$1" "$server" "$data" "$path")" = ours ]; then printf '%s\n' "$name"; fi
  done
}
