# Credentials for registries that the runtime, docker or its users keep. They are listed, never removed: each of these files has other
# settings too, or another owner. Only the names are printed.
# Needs of read/etc-kubernetes.sh: print_entry

# Lines "other path reason", tab-separated.
list_registry_credentials() {
  for file in /etc/containerd/config.toml /etc/containerd/conf.d/*.toml /etc/containerd/certs.d/*/hosts.toml \
    /etc/rancher/k3s/registries.yaml /etc/rancher/rke2/registries.yaml; do
    if [ -f "$file" ] && has_registry_login "$file"; then
      print_entry other "$file" "credentials for registries in the settings of the container runtime"
    fi
  done
  for file in /etc/crio/*auth*.json /var/lib/containers/*auth*.json /run/containers/0/auth.json; do
    if [ -f "$file" ] && grep -q '"auth' "$file"; then print_entry other "$file" 'credentials for registries of the container runtime'; fi
  done
  for file in /root/.docker/config.json /etc/docker/config.json; do
    if [ -f "$file" ] && grep -q -e '"auth"' -e '"identitytoken"' "$file"; then
      print_entry other "$file" "credentials for registries of docker's users"
    fi
  done
}

has_registry_login() {
  grep -q -i -e '^[[:space:]]*\(password\|auth\|identitytoken\)[[:space:]]*[=:]' -e '^[[:space:]]*"\{0,1\}authorization' "$1"
}
