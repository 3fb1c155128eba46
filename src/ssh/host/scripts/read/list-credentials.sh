# Credentials to act as this node, or on this cluster.
# Needs of lib/mounts.sh: mounts_below
# Needs of read/kubeconfigs.sh: list_our_kubeconfigs
# Needs of read/kubelet.sh: DEFAULT_KUBELET_CERTIFICATES, KUBELET_BOOTSTRAP, KUBELET_CERTIFICATES, KUBELET_KUBECONFIG
# Needs of read/kubelet.sh: kubelet_root
# Needs of its caller: OPERATION

# Directories that belong to the cluster as a whole.
CREDENTIAL_DIRECTORIES=/etc/kubernetes

# Files of agents with their own layout (k3s, rke2).
list_agent_credentials() {
  for file in /var/lib/rancher/k3s/agent/*.key /var/lib/rancher/k3s/agent/*.crt /var/lib/rancher/k3s/agent/*.kubeconfig \
    /var/lib/rancher/rke2/agent/*.key /var/lib/rancher/rke2/agent/*.crt /var/lib/rancher/rke2/agent/*.kubeconfig \
    /etc/rancher/node/password /etc/systemd/system/k3s-agent.service.env; do
    if [ -f "$file" ]; then printf '%s\n' "$file"; fi
  done
  # Their configuration, where it contains the token that machines join with.
  for file in /etc/rancher/k3s/config.yaml /etc/rancher/k3s/config.yaml.d/* /etc/rancher/rke2/config.yaml /etc/rancher/rke2/config.yaml.d/*; do
    if [ -f "$file" ] && grep -q "^[[:space:]]*[\"']\{0,1\}\(agent-\)\{0,1\}token[\"']\{0,1\}[[:space:]]*:" "$file"; then printf '%s\n' "$file"; fi
  done
}

# Files that the kubelet's kubeconfig refers to, in any location, and its bootstrap files. Read before the kubeconfig is removed.
list_kubelet_credentials() {
  for file in "$KUBELET_KUBECONFIG" "$KUBELET_BOOTSTRAP" "$(kubelet_root)/kubeconfig" "$(kubelet_root)/bootstrap-kubeconfig"; do
    if [ -f "$file" ]; then printf '%s\n' "$file"; fi
  done
  if [ -n "$OPERATION" ]; then
    while IFS= read -r file; do
      if [ -f "$file" ] && grep -q -e '-----BEGIN' -e clusters "$file"; then printf '%s\n' "$file"; fi
    done 2>/dev/null <"$OPERATION/credential-files"
  fi
}

# Credentials that currently exist, for the probe.
list_credentials() {
  for directory in $CREDENTIAL_DIRECTORIES; do list_files "$directory"; done
  list_files "${KUBELET_CERTIFICATES:-$DEFAULT_KUBELET_CERTIFICATES}"
  list_kubelet_credentials
  list_agent_credentials
  list_our_kubeconfigs
}

# Files in a directory, at most a hundred. With mounts below it, only the mounts are listed.
list_files() {
  if [ -L "$1" ]; then
    printf '%s\n' "$1"
  elif [ -d "$1" ]; then
    if [ -n "$(mounts_below "$1")" ]; then
      mounts_below "$1"
    else
      find "$1" -mindepth 1 ! -type d | head -n 100
    fi
  fi
}
