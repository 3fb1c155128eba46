# Credentials to act as this node, or on this cluster, and what is left because others use it too.
# Needs of lib/base.sh: NEWLINE, STATE, TAB, plain
# Needs of read/cluster.sh: is_cluster_known, is_line_of, pem_bodies
# Needs of read/etc-kubernetes.sh: ETC_KUBERNETES, is_ca_of_cluster, is_static_pod_file, list_etc_kubernetes, print_entry
# Needs of read/join-tokens.sh: list_join_tokens
# Needs of read/kube-proxy.sh: PROXY_FILES, PROXY_PIDS, list_kubeconfig_references
# Needs of read/kubelet-trees.sh: list_kubelet_trees
# Needs of read/kubelet.sh: KUBELET_BOOTSTRAP, KUBELET_CERTIFICATES, KUBELET_FILES, KUBELET_KUBECONFIG, KUBELET_PID
# Needs of read/kubelet.sh: KUBELET_STATIC_PODS
# Needs of read/registry-credentials.sh: list_registry_credentials
# Needs of its caller: OPERATION

# Files of agents with their own layout (k3s, rke2), as lines "ours path" or "other path reason", tab-separated.
list_agent_credentials() {
  for agent in k3s rke2; do
    for file in "/var/lib/rancher/$agent/agent"/*.key "/var/lib/rancher/$agent/agent"/*.crt "/var/lib/rancher/$agent/agent"/*.kubeconfig; do
      if [ -f "$file" ]; then judge_agent_file "$agent" "$file"; fi
    done
    # Its configuration, where it contains the token that machines join with.
    for file in "/etc/rancher/$agent/config.yaml" "/etc/rancher/$agent/config.yaml.d"/*; do
      if [ -f "$file" ] && grep -q "^[[:space:]]*[\"']\{0,1\}\(agent-\)\{0,1\}token[\"']\{0,1\}[[:space:]]*:" "$file"; then judge_agent_file "$agent" "$file"; fi
    done
    for file in /etc/rancher/node/password "/etc/systemd/system/$agent-agent.service.env"; do
      if [ -f "$file" ]; then judge_agent_file "$agent" "$file"; fi
    done
  done
}

# judge_agent_file AGENT FILE: the host may have an agent of another cluster.
judge_agent_file() {
  case $KUBELET_KUBECONFIG in
  "/var/lib/rancher/$1"/*)
    print_entry ours "$2"
    return
    ;;
  esac
  for config in "/var/lib/rancher/$1/agent"/*.kubeconfig; do
    if [ -f "$config" ] && is_cluster_known && [ "$(kubeconfig_share "$config")" = all ]; then
      print_entry ours "$2"
      return
    fi
  done
  print_entry other "$2" "a file of $1; nothing shows that it belongs to this cluster"
}

# Files that the kubelet and kube-proxy name, wherever they are, as lines "ours path" or "other path reason", tab-separated. The list is
# stored before the first of them is removed: a kubeconfig names others.
list_named_credentials() {
  {
    name_credentials
    if [ -n "$OPERATION" ]; then cat "$OPERATION/credentials" 2>/dev/null; fi
  } | awk -F "$TAB" '!seen[$2]++'
}

name_credentials() {
  {
    printf '%s\n' "$KUBELET_KUBECONFIG" "$KUBELET_BOOTSTRAP" "$KUBELET_FILES" "$PROXY_FILES"
    for file in "$KUBELET_KUBECONFIG" "$KUBELET_BOOTSTRAP"; do list_kubeconfig_references "$file"; done
  } | awk 'NF && !seen[$0]++' | while IFS= read -r file; do
    if [ -f "$file" ]; then
      judge_credential "$file"
      if [ -L "$file" ] && target=$(readlink -f -- "$file"); then judge_target "$file" "$target"; fi
    fi
  done
}

# judge_target LINK TARGET: the kubelet's current certificate is a link to the dated one beside it.
judge_target() {
  if [ "${2%/*}" = "$(readlink -f -- "${1%/*}")" ]; then
    judge_credential "$2"
  else
    print_entry other "$2" "the kubelet uses it through the link $(plain "$1"); only the link is removed"
  fi
}

# judge_credential FILE: a file in a folder of the system, or one that another program names too, stays.
judge_credential() {
  case $1 in
  /etc/ssl/* | /etc/pki/* | /etc/letsencrypt/* | /etc/ca-certificates/* | /usr/*)
    print_entry other "$1" 'the kubelet uses it, and its folder is shared by all programs of the host'
    return
    ;;
  esac
  users=$(list_users_of_file "$1")
  if [ -n "$users" ]; then
    print_entry other "$1" "the kubelet uses it, and so does $(printf '%s\n' "$users" | first_lines 3)"
  elif is_mixed_bundle "$1"; then
    print_entry other "$1" "certificates of this cluster's CA and of others; no secret"
  else
    print_entry ours "$1"
  fi
}

# Other processes of the host whose command line names the file, as "process 812 (nginx)".
list_users_of_file() {
  grep -lsF -- "$1" /proc/[0-9]*/cmdline 2>/dev/null | while IFS=/ read -r _ _ pid _; do
    command=$(plain "$(head -n 1 "/proc/$pid/comm" 2>/dev/null)")
    case $command in
    kubelet | kube-proxy | '' | sh | bash | dash | timeout | sudo | grep) continue ;;
    esac
    if ! is_line_of "$pid" "$KUBELET_PID$NEWLINE$PROXY_PIDS"; then printf 'process %s (%s)\n' "$pid" "$command"; fi
  done
}

# first_lines NUMBER: of stdin, in one line.
first_lines() { awk -v most="$1" 'NR <= most { text = text (NR > 1 ? ", " : "") $0 } END { print text }'; }

# Certificates only, one of them of this cluster's CA, and others.
is_mixed_bundle() {
  if ! grep -q -e '-----BEGIN CERTIFICATE-----' "$1" || grep -q -e 'PRIVATE KEY' -e 'clusters' "$1"; then return 1; fi
  pem_bodies <"$1" | is_our_ca && ! is_ca_of_cluster "$1"
}

# All of them, as lines "ours path" or "other path reason", tab-separated; those that do not exist are not listed.
list_all_credentials() {
  {
    list_named_credentials
    list_etc_kubernetes
    list_join_tokens
    list_registry_credentials
    list_agent_credentials
    list_static_pods
    list_tree_credentials | while IFS= read -r file; do print_entry ours "$file"; done
    for file in "$STATE"/*/kubeconfig "$STATE"/*/kubeconfig.new; do
      if [ -f "$file" ]; then print_entry ours "$file"; fi
    done
  } | awk -F "$TAB" '!seen[$2]++' | while IFS=$TAB read -r owner file reason; do
    if [ -e "$file" ] || [ -L "$file" ]; then printf '%s\t%s\t%s\n' "$owner" "$file" "$reason"; fi
  done
}

# Manifests of static pods outside of /etc/kubernetes.
list_static_pods() {
  case $KUBELET_STATIC_PODS in '' | "$ETC_KUBERNETES"/*) return ;; esac
  for file in "$KUBELET_STATIC_PODS" "$KUBELET_STATIC_PODS"/*; do
    if [ -f "$file" ] && is_static_pod_file "$file"; then print_entry ours "$file"; fi
  done
}

# The kubelet's own keys and certificates, in its trees and in the directory that it keeps them in.
list_tree_credentials() {
  for file in "$KUBELET_CERTIFICATES"/*; do
    if [ -f "$file" ] && is_kubelet_certificate "$file"; then printf '%s\n' "$file"; fi
  done
  list_kubelet_trees | while IFS=$TAB read -r mode tree prefix; do
    case $prefix in
    '') folder=$tree/pki ;;
    pki) folder=$tree ;;
    *) continue ;;
    esac
    if [ -L "$folder" ] || [ ! -d "$folder" ]; then continue; fi
    for file in "$folder"/*; do
      if [ -f "$file" ] && { [ "$mode" = all ] || is_kubelet_certificate "$file"; }; then printf '%s\n' "$file"; fi
    done
  done
}

# By its name, in the directory that the kubelet keeps certificates in.
is_kubelet_certificate() {
  if [ "${1%/*}" != "${KUBELET_CERTIFICATES:-/}" ]; then
    [ "$(readlink -f -- "${1%/*}")" = "$(readlink -f -- "${KUBELET_CERTIFICATES:-/}")" ] || return 1
  fi
  case ${1##*/} in
  kubelet-client-*.pem | kubelet-server-*.pem | kubelet.crt | kubelet.key) ;;
  *) return 1 ;;
  esac
}
