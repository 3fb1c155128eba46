# Files with a token that machines join a cluster with. The token itself is never printed.
# Needs of lib/base.sh: have
# Needs of read/cluster.sh: OUR_SERVERS, is_line_of
# Needs of read/etc-kubernetes.sh: print_entry

# Configuration of `kubeadm join`, and nothing else: every document in the file is kubeadm's or a component's configuration.
is_join_configuration() {
  case $1 in *.yaml | *.yml | *.conf | *.json) ;; *) return 1 ;; esac
  [ "$(wc -c <"$1")" -le 1048576 ] || return 1
  grep -q "^[[:space:]{\"]*kind[\"']\{0,1\}[[:space:]]*:[[:space:]]*[\"']\{0,1\}JoinConfiguration" "$1" || return 1
  ! sed -n "s/^[{]\{0,1\}[\"']\{0,1\}kind[\"']\{0,1\}[[:space:]]*:[[:space:]]*[\"']\{0,1\}\([A-Za-z]*\).*/\1/p" "$1" |
    grep -qvx -e JoinConfiguration -e InitConfiguration -e ClusterConfiguration -e ResetConfiguration -e KubeletConfiguration -e KubeProxyConfiguration
}

# judge_join_configuration FILE: as `print_entry`. It is this cluster's when it names one of its API servers and no other.
judge_join_configuration() {
  endpoints=$(sed -n "s/.*apiServerEndpoint[\"']\{0,1\}[[:space:]]*:[[:space:]]*[\"']\{0,1\}\([^\"'[:space:],}]*\).*/\1/p" "$1")
  other=
  for endpoint in $endpoints; do
    if ! is_line_of "https://$endpoint" "$OUR_SERVERS"; then other=$endpoint; fi
  done
  if [ -n "$endpoints" ] && [ -z "$other" ]; then
    print_entry ours "$1"
  else
    print_entry other "$1" "a join configuration for ${other:-an unknown API server}"
  fi
}

# Files outside of /etc/kubernetes as lines "ours path" or "other path reason", tab-separated.
list_join_tokens() {
  for file in /etc/kubeadm*.y*ml /etc/kubeadm*.conf /etc/kubeadm/*.y*ml /etc/kubeadm/*.conf /run/kubeadm/*.y*ml /root/kubeadm*.y*ml /root/*join*.y*ml; do
    if [ -f "$file" ] && [ ! -L "$file" ] && is_join_configuration "$file"; then judge_join_configuration "$file"; fi
  done
  list_k0s_token_files | while IFS= read -r file; do judge_k0s_token "$file"; done
  list_user_data | while IFS= read -r file; do
    if has_join_token "$file"; then
      print_entry other "$file" "it has a token to join a cluster, and the rest of the machine's first settings: revoke the token, or remove it manually"
    fi
  done
}

# The token files of k0s, also those that its unit names.
list_k0s_token_files() {
  {
    printf '%s\n' /etc/k0s/*token*
    sed -n 's/.*--token-file[= ]\([^ ]*\).*/\1/p' /etc/systemd/system/k0sworker.service 2>/dev/null
  } | awk '!seen[$0]++' | while IFS= read -r file; do
    if [ -f "$file" ] && [ ! -L "$file" ] && [ -s "$file" ]; then printf '%s\n' "$file"; fi
  done
}

# A token of k0s is a kubeconfig, compressed, in base64.
judge_k0s_token() {
  servers=$(if have gzip; then head -c 65536 <"$1" | base64 -d 2>/dev/null | gzip -dc 2>/dev/null | head -c 262144; fi |
    sed -n 's/^[[:space:]]*server:[[:space:]]*\([^[:space:]]*\).*/\1/p')
  for server in $servers; do
    if is_line_of "$server" "$OUR_SERVERS"; then
      print_entry ours "$1"
      return
    fi
  done
  print_entry other "$1" "a token of k0s; nothing shows that it belongs to this cluster"
}

# What cloud-init keeps of the machine's user data.
list_user_data() {
  for file in /var/lib/cloud/instances/*/user-data.txt* /var/lib/cloud/instances/*/vendor-data.txt* /var/lib/cloud/instances/*/cloud-config.txt \
    /var/lib/cloud/instances/*/scripts/* /var/lib/cloud/instances/*/obj.pkl /var/lib/cloud/seed/*/user-data; do
    if [ -f "$file" ] && [ ! -L "$file" ]; then printf '%s\n' "$file"; fi
  done
}

# Of kubeadm, k3s, rke2, or k0s.
has_join_token() {
  head -c 1048576 <"$1" | grep -q -a -e 'kubeadm join.*--token' -e '[^a-z0-9][a-z0-9]\{6\}\.[a-z0-9]\{16\}\([^a-z0-9]\|$\)' \
    -e 'K3S_TOKEN=' -e 'K3S_TOKEN:' -e 'RKE2_TOKEN=' -e '[^A-Za-z0-9]K10[0-9a-f]\{60,\}::' -e 'k0s .*--token-file' -e 'H4sI[A-Za-z0-9+/]\{200,\}'
}
