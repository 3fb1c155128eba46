# Directories and files of this host's kubelet, and the cluster that it belongs to. `$OPERATION` is the operation's folder, or empty.
# Needs of lib/base.sh: NEWLINE, TAB, is_safe_directory
# Needs of lib/processes.sh: arguments_of
# Needs of lib/units.sh: unit_property
# Needs of its caller: OPERATION

# load_kubelet_arguments UNIT...: sets KUBELET_ARGUMENTS to those of the running kubelet and of the files that its unit reads.
load_kubelet_arguments() {
  KUBELET_ARGUMENTS=$(
    for unit in "$@"; do
      pid=$(unit_property "$unit" MainPID)
      if [ "${pid:-0}" -gt 1 ]; then arguments_of "$pid"; fi
    done
    for file in /var/lib/kubelet/kubeadm-flags.env /etc/default/kubelet /etc/sysconfig/kubelet; do
      # shellcheck disable=SC2020 # a space and both quotes
      if [ -f "$file" ]; then tr " \"'" '\n\n\n' <"$file"; fi
    done
  )
}

# kubelet_flag NAME: value of a command line flag.
kubelet_flag() {
  printf '%s\n' "$KUBELET_ARGUMENTS" | awk -v flag="--$1" '
    { sub(/^[A-Za-z_][A-Za-z0-9_]*=/, "") }
    last == flag { print; exit }
    index($0, flag "=") == 1 { print substr($0, length(flag) + 2); exit }
    { last = $0 }'
}

# The kubelet's directories, without symbolic links: from its flag, from an earlier stage, and the default.
name_kubelet_directories() {
  {
    kubelet_flag root-dir
    if [ -n "$OPERATION" ]; then cat "$OPERATION/kubelet-directories" 2>/dev/null; fi
    printf '/var/lib/kubelet\n'
  } | while IFS= read -r directory; do
    if [ -n "$directory" ]; then readlink -f -- "$directory" 2>/dev/null; fi
  done | awk '!seen[$0]++'
}

list_kubelet_directories() {
  name_kubelet_directories | while IFS= read -r directory; do
    if is_safe_directory "$directory"; then printf '%s\n' "$directory"; fi
  done
}

# Directories that are not safe to empty: their content would remain unnoticed.
list_unsafe_kubelet_directories() {
  name_kubelet_directories | while IFS= read -r directory; do
    if ! is_safe_directory "$directory"; then printf '%s\n' "$directory"; fi
  done
}

# The kubelet's kubeconfig: the first that exists.
find_kubelet_config() {
  kubelet_flag kubeconfig | {
    cat
    printf '%s\n' /etc/kubernetes/kubelet.conf /var/lib/kubelet/kubeconfig \
      /var/lib/rancher/k3s/agent/kubelet.kubeconfig /var/lib/rancher/rke2/agent/kubelet.kubeconfig
  } | while IFS= read -r file; do
    if [ -f "$file" ]; then
      printf '%s\n' "$file"
      break
    fi
  done
}

# kubeconfig_values KEY FILE: every value of a key, in any style of YAML or JSON that keeps it on one line.
kubeconfig_values() {
  # shellcheck disable=SC2020 # each of the three
  tr ',{}' '\n\n\n' <"$2" | sed -n "s/^[[:space:]-]*[\"']\{0,1\}$1[\"']\{0,1\}[[:space:]]*:[[:space:]]*[\"']\{0,1\}\([^\"'[:space:]#]\{1,\}\).*/\1/p"
}

# The certificates in PEM text, one line of base64 each. Nothing else is printed: never a private key, not even from a broken file.
pem_bodies() {
  awk '
    /-----BEGIN CERTIFICATE-----/ { body = ""; inside = 1; next }
    /-----END CERTIFICATE-----/ { if (inside && body != "") print body; inside = 0; next }
    inside {
      gsub(/[ \t\r]/, "")
      if ($0 ~ /^[A-Za-z0-9+\/=]*$/) body = body $0; else inside = 0
    }'
}

# Absolute path of a file that a kubeconfig refers to.
beside() {
  case $2 in
  /*) printf '%s\n' "$2" ;;
  *) printf '%s/%s\n' "${1%/*}" "$2" ;;
  esac
}

# kubeconfig_bodies KEY FILE: certificates under a key of a kubeconfig, inline (KEY-data) or in a file.
kubeconfig_bodies() {
  kubeconfig_values "$1-data" "$2" | while IFS= read -r data; do
    printf '%s' "$data" | base64 -d 2>/dev/null | pem_bodies
  done
  kubeconfig_values "$1" "$2" | while IFS= read -r file; do
    file=$(beside "$2" "$file")
    if [ -f "$file" ]; then pem_bodies <"$file"; fi
  done
}

# Certificates of the CAs.
kubeconfig_ca_bodies() { kubeconfig_bodies certificate-authority "$1"; }

# The kubelet's client certificate.
kubelet_certificate_bodies() { kubeconfig_bodies client-certificate "$1"; }

# Sets what identifies this cluster: OUR_BODIES, OUR_HASHES (as `ClusterIdentity.caHash`) and OUR_SERVERS, one per line. A server on
# loopback is a proxy that every cluster may have, and identifies none.
load_cluster() {
  OUR_BODIES='' OUR_SERVERS='' OUR_HASHES=''
  if [ -n "$OPERATION" ]; then
    OUR_BODIES=$(cat "$OPERATION/ca-bodies" 2>/dev/null)
    OUR_SERVERS=$(cat "$OPERATION/servers" 2>/dev/null)
    OUR_HASHES=$(sed -n "s/^caHash$TAB//p" "$OPERATION/marker" 2>/dev/null)
  fi
  load_config=$(find_kubelet_config)
  if [ -n "$load_config" ]; then
    OUR_BODIES=$OUR_BODIES$NEWLINE$(kubeconfig_ca_bodies "$load_config")
    OUR_SERVERS=$OUR_SERVERS$NEWLINE$(kubeconfig_values server "$load_config" | grep -v -e '//127\.' -e '//localhost[:/]' -e '//\[::1\]')
  fi
}

is_cluster_known() {
  [ -n "$(printf '%s' "$OUR_BODIES$OUR_HASHES" | tr -d '\n')" ]
}

# is_line_of LINE TEXT: the line is one of the text's lines.
is_line_of() {
  [ -n "$1" ] || return 1
  case $NEWLINE$2$NEWLINE in *"$NEWLINE$1$NEWLINE"*) ;; *) return 1 ;; esac
}

# Certificates on stdin, as `pem_bodies` prints them: one is of this cluster's CA, or all together have its hash.
is_our_ca() (
  bodies=$(sort -u)
  [ -n "$bodies" ] || return 1
  for body in $bodies; do
    if is_line_of "$body" "$OUR_BODIES"; then return 0; fi
  done
  is_line_of "$(printf '%s' "$bodies" | sha256sum 2>/dev/null | cut -d ' ' -f 1)" "$OUR_HASHES"
)

# STUB
load_kubelet() {
  load_kubelet_arguments "$@"
  KUBELET_PID='' KUBELET_BOOTSTRAP='' KUBELET_FILES='' KUBELET_STATIC_PODS=/etc/kubernetes/manifests
  if [ -n "$OPERATION" ] && [ -f "$OPERATION/facts" ]; then
    fact() { sed -n "s/^$1$TAB//p" "$OPERATION/facts"; }
    KUBELET_ROOT=$(fact KUBELET_ROOT) KUBELET_CONFIG=$(fact KUBELET_CONFIG) KUBELET_KUBECONFIG=$(fact KUBELET_KUBECONFIG) KUBELET_BOOTSTRAP=$(fact KUBELET_BOOTSTRAP) KUBELET_CERTIFICATES=$(fact KUBELET_CERTIFICATES) KUBELET_FILES=$(fact KUBELET_FILES)
    return
  fi
  KUBELET_ROOT=$(kubelet_flag root-dir | head -n 1)
  KUBELET_ROOT=$(readlink -f -- "${KUBELET_ROOT:-/var/lib/kubelet}")
  KUBELET_CONFIG=$(kubelet_flag config)
  KUBELET_CONFIG=${KUBELET_CONFIG:-/var/lib/kubelet/config.yaml}
  KUBELET_CERTIFICATES=$(kubelet_flag cert-dir)
  KUBELET_CERTIFICATES=${KUBELET_CERTIFICATES:-/var/lib/kubelet/pki}
  KUBELET_KUBECONFIG=$(find_kubelet_config)
  if [ -n "$OPERATION" ] && [ -d "$OPERATION" ]; then
    {
    printf 'KUBELET_ROOT\t%s\n' "$KUBELET_ROOT"
    printf 'KUBELET_CONFIG\t%s\n' "$KUBELET_CONFIG"
    printf 'KUBELET_KUBECONFIG\t%s\n' "$KUBELET_KUBECONFIG"
    printf 'KUBELET_CERTIFICATES\t%s\n' "$KUBELET_CERTIFICATES"
    } >"$OPERATION/facts"
  fi
}
is_on_list() { :; }
