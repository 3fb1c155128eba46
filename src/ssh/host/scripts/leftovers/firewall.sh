# Firewall rules of Kubernetes and its network plugins. Prints lines "stay firewall name detail".
# Needs of leftovers/listing.sh: list_unseen, stay_each
# Needs of lib/base.sh: bounded, have
# Needs of read/cluster.sh: OUR_SERVERS

list_firewall() {
  stay_each firewall list_firewall_items
}

list_firewall_items() {
  firewall_seen=
  for tool in iptables ip6tables; do list_rules_of "$tool"; done
  # Without it, no rule of nftables and no IP set can exist. A tool would load it.
  has_netfilter_socket || return 0
  if have nft; then
    if may_have_module nf_tables; then list_nft_tables; fi
    firewall_seen="$firewall_seen nft"
  fi
  case $firewall_seen in
  *nft*) ;;
  *)
    if may_have_module nf_tables; then
      if [ -n "$firewall_seen" ]; then
        list_unseen 'rules of nftables' 'the host has neither nft nor iptables-nft-save'
      else
        list_unseen 'firewall rules' 'the host has neither nft nor iptables-save'
      fi
    fi
    ;;
  esac
  list_ip_sets
}

# list_rules_of iptables|ip6tables: by the tool of each variant, or by the only one.
list_rules_of() {
  variants=
  for variant in legacy nft; do
    if have "$1-$variant-save"; then variants="$variants $variant"; fi
  done
  for variant in $variants; do
    if [ "$variant" = legacy ] && ! has_legacy_tables "$1"; then continue; fi
    if [ "$variant" = nft ]; then
      if ! has_netfilter_socket || ! may_have_module nf_tables; then continue; fi
    fi
    count_rules "$1-$variant-save" "$1, $variant"
  done
  if [ -z "$variants" ] && have "$1-save"; then
    count_rules "$1-save" "$1"
    variants=default
    # It shows the rules of nftables if it is of that variant.
    case $(bounded 5 "$1-save" --version 2>/dev/null) in *nf_tables*) variants=nft ;; esac
  fi
  if [ -z "$variants" ] && has_legacy_tables "$1"; then list_unseen "rules of $1" "the host has no $1-save"; fi
  firewall_seen="$firewall_seen$variants"
}

# has_legacy_tables iptables|ip6tables
has_legacy_tables() {
  case $1 in
  iptables) grep -q . /proc/net/ip_tables_names 2>/dev/null ;;
  *) grep -q . /proc/net/ip6_tables_names 2>/dev/null ;;
  esac
}

# The kernel's own socket of nfnetlink (protocol 12).
has_netfilter_socket() {
  awk '$2 == 12 && $3 == 0 { found = 1 } END { exit !found }' /proc/net/netlink 2>/dev/null
}

# The kernel has loaded the module, or has it built in; unknown for a kernel without modules.
may_have_module() {
  [ ! -r /proc/modules ] || grep -q "^$1 " /proc/modules || grep -q -s "/$1\.ko" "/lib/modules/$(uname -r)/modules.builtin"
}

# Sets AWK_CHAINS: an awk function that recognizes chains and sets by name.
AWK_CHAINS='
  function group_of(name) {
    if (name ~ /^KUBE-/) return "KUBE"
    if (name ~ /^CNI-/) return "CNI"
    if (name ~ /^FLANNEL-/) return "FLANNEL"
    if (name ~ /^cali[-0-9]/) return "cali"
    if (name ~ /^CILIUM_|^OLD_CILIUM_/) return "CILIUM"
    if (name ~ /^WEAVE/ || name ~ /^weave-/) return "WEAVE"
    if (name ~ /^ANTREA-/) return "ANTREA"
    if (name ~ /^(OVN-KUBE-|ovn-kube-)/) return "OVN-KUBE"
    if (name ~ /^AWS-(SNAT|CONNMARK)/) return "AWS"
    if (name ~ /^(kube-|inet6?:KUBE-|inet6:kube-)/) return "kube-router"
    return ""
  }'

# count_rules TOOL TABLES-NAME
count_rules() {
  {
    bounded 10 "$1" 2>/dev/null || printf '#failed\n'
  } | SERVERS=$OUR_SERVERS awk -v tables="$2" -v tool="$1" "$AWK_CHAINS"'
    $0 == "#failed" { print "\tunseen\trules of " tables "\t" tool " failed" }
    /^:/ { group = group_of(substr($1, 2)); if (group != "") { if (!(group in chains)) order[++groups] = group; chains[group]++ } }
    /^-A / {
      group = group_of($2)
      if (group != "") rules[group]++
      if (/ -j DNAT / && match($0, /--to-destination [^ ]+/)) {
        target = substr($0, RSTART + 17, RLENGTH - 17)
        if (/default\/kubernetes:/ || index(ENVIRON["SERVERS"] "\n", "//" target "\n")) { if (!(target in servers)) list[++targets] = target; servers[target]++ }
      }
    }
    END {
      for (one = 1; one <= groups; one++) {
        group = order[one]
        print group " chains (" tables ")\t" chains[group] ", with " (rules[group] + 0) (rules[group] == 1 ? " rule" : " rules")
      }
      for (one = 1; one <= targets; one++)
        print "DNAT to " list[one] " (" tables ")\tredirects connections to the API server of the cluster that the machine leaves"
    }'
}

# Tables of their own, and, without iptables-nft-save, the chains of iptables in nftables.
list_nft_tables() {
  {
    bounded 10 nft list tables 2>/dev/null || printf '#failed\n'
  } | awk '
    $0 == "#failed" { print "\tunseen\ttables of nftables\tnft failed" }
    $1 == "table" && $3 ~ /^(kube-proxy|kube-|cilium|calico|antrea|flannel|cni_plugins|cni-|kindnet|ovn-kube)/ { print $1 " " $2 " " $3 "\tof nftables" }'
  case $firewall_seen in *nft*) return ;; esac
  bounded 10 nft list chains 2>/dev/null | awk "$AWK_CHAINS"'
    $1 == "table" { family = $2 }
    $1 == "chain" && (group = group_of($2)) != "" {
      key = group " chains (nft, " family ")"
      if (!(key in chains)) order[++keys] = key
      chains[key]++
    }
    END { for (one = 1; one <= keys; one++) print order[one] "\t" chains[order[one]] }'
}

list_ip_sets() {
  may_have_module ip_set || return 0
  if ! have ipset; then
    list_unseen 'IP sets' 'the host has no ipset'
    return
  fi
  {
    bounded 10 ipset list -n 2>/dev/null || printf '#failed\n'
  } | awk "$AWK_CHAINS"'
    $0 == "#failed" { print "\tunseen\tIP sets\tipset failed" }
    (group = group_of($1)) != "" { if (!(group in sets)) order[++groups] = group; sets[group]++ }
    END { for (one = 1; one <= groups; one++) print order[one] " IP sets\t" sets[order[one]] }'
}
