# Block devices that pods' volumes may have left open. Lists print lines "name<TAB>detail". Only the kernel's own files are read: access to
# a device could hang.
# Needs of leftovers/listing.sh: list_item
# Needs of read/kubelet.sh: KUBELET_ROOT

# Encrypted and multipath devices that nothing on the host uses: those of the host itself are mounted, swap, or part of another device.
list_idle_mappings() {
  for block in /sys/block/dm-*; do
    [ -d "$block/dm" ] || continue
    case $(first_line "$block/dm/uuid") in
    CRYPT-*) what='encrypted device' ;;
    mpath-*) what='multipath device' ;;
    *) continue ;;
    esac
    if is_device_used "$block"; then continue; fi
    list_item "/dev/mapper/$(first_line "$block/dm/name")" "$what, open and not mounted; may be of a volume"
  done
}

# Devices that stay attached without their pods. iSCSI, NVMe and network block devices may also belong to the host.
list_volume_devices() {
  for block in /sys/block/loop*; do
    backing=$(first_line "$block/loop/backing_file")
    case $backing in
    "${KUBELET_ROOT:-/var/lib/kubelet}"/* | /var/lib/kubelet/*) list_item "/dev/${block##*/}" "loop device on $backing" ;;
    esac
  done
  for session in /sys/class/iscsi_session/session*; do
    if [ -e "$session" ]; then list_item "iSCSI ${session##*/}" "of target $(first_line "$session/targetname"); may be of a volume"; fi
  done
  for device in /sys/bus/rbd/devices/*; do
    if [ -e "$device" ]; then
      list_item "/dev/rbd${device##*/}" "Ceph image $(first_line "$device/pool")/$(first_line "$device/name"); may be of a volume"
    fi
  done
  for block in /sys/block/nbd*; do
    if [ -e "$block/pid" ]; then list_item "/dev/${block##*/}" 'connected network block device; may be of a volume'; fi
  done
  for controller in /sys/class/nvme/nvme*; do
    case $(first_line "$controller/transport") in
    tcp | rdma | fc) list_item "/dev/${controller##*/}" "NVMe over a network, $(first_line "$controller/subsysnqn"); may be of a volume" ;;
    esac
  done
}

# First line of a file; nothing when there is none.
first_line() { head -n 1 "$1" 2>/dev/null; }

# is_device_used BLOCK: mounted, swap, or part of another device.
is_device_used() {
  for holder in "$1"/holders/*; do
    if [ -e "$holder" ]; then return 0; fi
  done
  awk -v number="$(first_line "$1/dev")" '$3 == number { found = 1 } END { exit !found }' /proc/self/mountinfo ||
    grep -q "^/dev/${1##*/} " /proc/swaps 2>/dev/null
}
