# The cluster that this host's kubelet belongs to, and certificates in kubeconfigs.
# Needs of lib/base.sh: NEWLINE, TAB, bounded
# Needs of read/kubelet.sh: KUBELET_KUBECONFIG
# Needs of its caller: OPERATION

# kubeconfig_values KEY FILE: every value of a key, in any style of YAML or JSON that keeps it on one line.
kubeconfig_values() {
  awk -v key="$1" '
    BEGIN { start = "^[[:space:]-]*[\"\047]?" key "[\"\047]?[[:space:]]*:[[:space:]]*[\"\047]?" }
    {
      count = split($0, part, /[,{}]/)
      for (i = 1; i <= count; i++) {
        if (!match(part[i], start)) continue
        value = substr(part[i], RLENGTH + 1)
        if (match(value, /^[^"\047[:space:]#]+/)) print substr(value, 1, RLENGTH)
      }
    }' <"$2"
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

# Sets what identifies this cluster: OUR_BODIES, OUR_HASHES (as `ClusterIdentity.caHashes`) and OUR_SERVERS, one per line. A server on
# loopback is a proxy that every cluster may have, and identifies none.
load_cluster() {
  OUR_BODIES='' OUR_SERVERS='' OUR_HASHES=''
  if [ -n "$OPERATION" ]; then
    OUR_BODIES=$(cat "$OPERATION/ca-bodies" 2>/dev/null)
    OUR_SERVERS=$(cat "$OPERATION/servers" 2>/dev/null)
    OUR_HASHES=$(sed -n "s/^caHashes$TAB//p" "$OPERATION/marker" 2>/dev/null | tr ' ' '\n')
  fi
  if bounded 10 test -f "$KUBELET_KUBECONFIG"; then
    OUR_BODIES=$OUR_BODIES$NEWLINE$(bounded 10 kubeconfig_ca_bodies "$KUBELET_KUBECONFIG")
    OUR_SERVERS=$OUR_SERVERS$NEWLINE$(bounded 10 kubeconfig_values server "$KUBELET_KUBECONFIG" | grep -v -e '//127\.' -e '//localhost[:/]' -e '//\[::1\]')
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

# Certificates on stdin, as `pem_bodies` prints them: one is of this cluster's CA.
is_our_ca() (
  bodies=$(sort -u)
  [ -n "$bodies" ] || return 1
  for body in $bodies; do
    if is_line_of "$body" "$OUR_BODIES"; then return 0; fi
  done
  [ -n "$OUR_HASHES" ] || return 1
  for body in $bodies; do
    if is_line_of "$(printf '%s' "$body" | sha256sum 2>/dev/null | cut -d ' ' -f 1)" "$OUR_HASHES"; then return 0; fi
  done
  return 1
)
