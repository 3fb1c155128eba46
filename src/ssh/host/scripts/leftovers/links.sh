# Links and addresses that Kubernetes and its network plugins add to a host. Lists print lines "name<TAB>detail".
# Needs of leftovers/listing.sh: list_unseen
# Needs of lib/base.sh: bounded, have

# Sets AWK_LINKS: awk functions that recognize links by name. Those of docker (docker0, br-…), podman (cni-podman…), LXC (lxcbr0) and
# libvirt (virbr…) belong to other programs.
AWK_LINKS='
  # Who adds this link to the host itself; empty for any other.
  function owner_of(name) {
    if (name ~ /^flannel([.-]|$)/) return "flannel"
    if (name ~ /^(vxlan|vxlan-v6|wireguard|wg-v6)\.cali/ || name == "vxlan.calico" || name == "vxlan-v6.calico" || name == "bpfin.cali" || name == "bpfout.cali") return "Calico"
    if (name ~ /^cilium_/ || name == "lxc_health") return "Cilium"
    if (name == "kube-ipvs0") return "kube-proxy in IPVS mode"
    if (name == "nodelocaldns") return "NodeLocal DNSCache"
    if (name == "kube-bridge" || name == "kube-dummy-if") return "kube-router"
    if (name == "weave" || name == "datapath" || name ~ /^vethwe-/ || name == "vxlan-6784") return "Weave Net"
    if (name ~ /^antrea-/) return "Antrea"
    if (name ~ /^ovn-k8s-/) return "OVN-Kubernetes"
    if (name == "cni0" || name == "cbr0") return "the network plugin bridge"
    return ""
  }
  # The host side of a pod link. Without a bridge, a veth pair may be of the plugin ptp.
  function pod_link(name, master) {
    if (name ~ /^cali[0-9a-f]+$/ || name ~ /^lxc[0-9a-f]+$/ || name ~ /^eni[0-9a-f]+$/ || name ~ /^azv[0-9a-f]+$/) return "of a pod that is gone"
    if (name !~ /^veth[0-9a-f]+$/) return ""
    if (owner_of(master) != "") return "of a pod that is gone, on " master
    return master == "" ? "on no bridge; may be of a pod that is gone" : ""
  }'

# Lines "name master", without a master for most.
list_links() {
  if have ip; then
    bounded 10 ip -o link show | awk '{
      name = $2
      sub(/:$/, "", name)
      sub(/@.*/, "", name)
      master = ""
      for (field = 3; field < NF; field++) if ($field == "master") master = $(field + 1)
      print name, master
    }'
  else
    awk -F : 'NR > 2 { sub(/^ +/, "", $1); print $1 }' /proc/net/dev
  fi
}

# list_added_links static|pods
list_added_links() {
  list_links | awk -v wanted="$1" "$AWK_LINKS"'
    {
      owner = owner_of($1)
      detail = owner != "" ? "of " owner : pod_link($1, $2)
      if (detail != "" && (wanted == "static") == (owner != "")) print $1 "\t" detail
    }'
}

# list_added_addresses static|pods: those on such links; `static` includes single addresses beside others on any other link, which may be
# virtual IPs of kube-vip or keepalived.
list_added_addresses() {
  if ! have ip; then
    if [ "$1" = static ]; then list_unseen 'added addresses' 'the host has no ip (iproute2)'; fi
    return
  fi
  bounded 10 ip -o addr show | awk -v wanted="$1" "$AWK_LINKS"'
    $3 == "inet" || $3 == "inet6" {
      name = $2
      sub(/@.*/, "", name)
      total[name, $3]++
      if ($4 ~ /^fe80:/ || $4 ~ /^127\./ || $4 == "::1/128" || $0 ~ / dynamic /) next
      found++
      link[found] = name
      family[found] = $3
      address[found] = $4
    }
    END {
      for (one = 1; one <= found; one++) {
        owner = owner_of(link[one])
        bare = address[one]
        sub(/\/.*/, "", bare)
        if (owner != "") kind = "static"
        else kind = pod_link(link[one], "") != "" ? "pods" : ""
        if (kind == wanted) print bare "\ton " link[one] (owner == "" ? "" : ", of " owner)
        single = address[one] !~ /\// || address[one] ~ /:.*\/128$/ || address[one] ~ /^[0-9.]*\/32$/
        if (kind == "" && wanted == "static" && single && total[link[one], family[one]] > 1)
          print bare "\ton " link[one] "; may be a virtual IP, e.g. of kube-vip or keepalived"
      }
    }'
}
