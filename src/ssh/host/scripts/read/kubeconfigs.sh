# Users' kubeconfigs: which entries belong to this cluster. Works without kubectl.
# Needs of lib/base.sh: TAB, bounded, plain
# Needs of lib/mounts.sh: is_local, load_remote_mounts
# Needs of read/cluster.sh: OUR_SERVERS, beside, is_line_of, kubeconfig_values, pem_bodies
# Needs of read/kubeconfig-program.sh: kubeconfig_program

HOME_SECONDS=10
FILES_PER_HOME=200

# Searches once, for the lists below. Fails when the search takes too long.
search_kubeconfigs() {
  load_remote_mounts
  KUBECONFIG_SEARCH=$(bounded 90 find_kubeconfigs)
}

# Kubeconfigs of users (root, every user, whoever has a folder in /home) and of CNI plugins, as lines "present file",
# and what was not searched, as "unseen name reason"; tab-separated. A file server is never asked: it may not respond.
find_kubeconfigs() {
  list_homes | while IFS= read -r home; do find_in_home "$home"; done
  for file in /etc/cni/net.d/*kubeconfig* /etc/cni/net.d/*/*kubeconfig* /etc/kubernetes/*.conf /etc/kubernetes/*/*.conf; do
    if [ -f "$file" ]; then present_kubeconfig "$file"; fi
  done
}

list_homes() {
  {
    printf '/root\n'
    cut -d : -f 6 /etc/passwd 2>/dev/null
    if is_local /home; then for home in /home/*; do printf '%s\n' "$home"; done; else printf '/home\n'; fi
  } | sort -u | while IFS= read -r home; do
    case $home in
    / | /proc | /proc/* | /sys | /sys/* | /dev | /dev/* | /nonexistent) ;;
    /*[!/]*) printf '%s\n' "$home" ;;
    esac
  done
}

# find_in_home HOME: within a deadline of its own, so that one home cannot hide the others.
find_in_home() {
  if ! type=$(leads_to_local "$1/.kube"); then
    unseen_kubeconfigs "home $1" "it is on a file system that may need another machine (${type:-unknown})"
    return
  fi
  if [ ! -d "$1/.kube" ]; then return; fi
  if found=$(bounded "$HOME_SECONDS" list_home_files "$1"); then
    if [ -n "$found" ]; then printf '%s\n' "$found"; fi
  else
    unseen_kubeconfigs "home $1" "the search for kubeconfigs in it took longer than $HOME_SECONDS s"
  fi
}

list_home_files() {
  count=0
  for file in "$1"/.kube/*; do
    if [ ! -e "$file" ] && [ ! -L "$file" ]; then continue; fi
    count=$((count + 1))
    if [ "$count" -gt "$FILES_PER_HOME" ]; then
      unseen_kubeconfigs "home $1" "its folder .kube has more than $FILES_PER_HOME entries"
      return
    fi
    case $file in *[[:cntrl:]]*) unseen_kubeconfigs "home $1" 'its folder .kube has a name with control characters' && continue ;; esac
    if [ -L "$file" ] && ! leads_to_local "$file" >/dev/null; then
      unseen_kubeconfigs "kubeconfig $file" 'it leads to a file system that may need another machine'
    elif [ -f "$file" ]; then
      present_kubeconfig "$file"
    fi
  done
}

# present_kubeconfig FILE: a large file is none.
present_kubeconfig() {
  case $(wc -c <"$1") in ????????*) return ;; esac
  if grep -q server "$1" 2>/dev/null; then printf 'present\t%s\n' "$1"; fi
}

unseen_kubeconfigs() { printf 'unseen\t%s\t%s\n' "$(plain "$1")" "$2"; }

# Those with entries of this cluster, certain or possible.
list_our_kubeconfigs() {
  list_present_kubeconfigs | while IFS= read -r file; do
    share=$(bounded "$HOME_SECONDS" kubeconfig_share "$file") || share=unclear
    if [ "$share" != none ]; then printf '%s\n' "$file"; fi
  done
}

# Those that exist, of any cluster. In /etc/kubernetes, only those that have entries of other clusters too: see `list_etc_kubernetes`.
list_present_kubeconfigs() {
  printf '%s\n' "$KUBECONFIG_SEARCH" | sed -n "s/^present$TAB//p" | while IFS= read -r file; do
    case $file in
    /etc/kubernetes/*)
      if [ -L "$file" ]; then continue; fi
      case $(kubeconfig_share "$file") in some | unclear) ;; *) continue ;; esac
      ;;
    esac
    printf '%s\n' "$file"
  done
}

list_unseen_kubeconfigs() { printf '%s\n' "$KUBECONFIG_SEARCH" | sed -n "s/^unseen$TAB//p"; }

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
