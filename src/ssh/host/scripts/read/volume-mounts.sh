# The volumes that are mounted below the kubelet's directory, from the kernel's table only.
# Needs of lib/base.sh: TAB, emit
# Needs of read/kubelet.sh: KUBELET_ROOT_HANGS, kubelet_root

# Where the kubelet mounts volumes, each with its directory. The mount table has no symbolic links.
list_volume_directories() {
  for place in pods plugins/kubernetes.io; do
    directory=$(kubelet_root)/$place
    if [ -z "$KUBELET_ROOT_HANGS" ] && real=$(readlink -f -- "$directory"); then directory=$real; fi
    printf '%s\t%s\n' "$place" "$directory"
  done
}

# Prints for each one: its place, its path below that, its whole path, its device, and the directory of the device that is mounted. Paths as
# the mount table writes them (`\040` for a space).
probe_volume_mounts() {
  if [ ! -r /proc/self/mountinfo ]; then emit unsupported 'its mount table, /proc/self/mountinfo, cannot be read' && return; fi
  list_volume_directories | while IFS=$TAB read -r place directory; do
    VOLUME_DIRECTORY=$directory awk '
      BEGIN {
        dir = ENVIRON["VOLUME_DIRECTORY"]
        gsub(/\\/, "\\134", dir)
        gsub(/ /, "\\040", dir)
        dir = dir "/"
      }
      index($5, dir) == 1 { print substr($5, length(dir) + 1) "\t" $5 "\t" $3 "\t" $4 }' /proc/self/mountinfo |
      while IFS=$TAB read -r below path device mounted; do emit volume "$place" "$below" "$path" "$device" "$mounted"; done
  done
}
