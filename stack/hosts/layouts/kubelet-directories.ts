import type { ToLayout } from './host-layout.ts';

/** The kubelet keeps its files in another directory; configuration and certificates stay where kubeadm writes them. */
export const kubeletRoot =
  (path: string): ToLayout =>
  () => ({ kubeletFlags: [`--root-dir=${path}`] });

/** Paths on file systems of their own, each a loop device over an ext4 image in /var/lib/disks; mounted before the kubelet starts. */
export const ownDisks =
  (...paths: readonly string[]): ToLayout =>
  () => ({
    files: {
      '/usr/local/sbin/mount-disks': MOUNT_DISKS,
      '/etc/systemd/system/disks.service': [
        '[Unit]',
        'Description=Mount the disks of this host',
        'Before=kubelet.service',
        '[Service]',
        'Type=oneshot',
        'RemainAfterExit=yes',
        `ExecStart=/usr/local/sbin/mount-disks ${paths.join(' ')}`,
        '',
      ].join('\n'),
    },
    enabledUnits: ['disks.service'],
  });

/** A new disk gets what is at its path. `mount -o loop` frees the device with its last mount, so a killed host leaves none. */
const MOUNT_DISKS = `#!/bin/sh
set -eu
[ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
for number in $(seq 0 63); do [ -e "/dev/loop$number" ] || mknod "/dev/loop$number" b 7 "$number"; done
mkdir -p /var/lib/disks
for path in "$@"; do
  image=/var/lib/disks/$(echo "$path" | tr -c 'a-z0-9\\n' -).img
  if [ ! -e "$image" ]; then
    truncate -s 256M "$image"
    mkfs.ext4 -q -F "$image"
    mkdir -p "$path" /mnt/new
    mount -o loop "$image" /mnt/new
    cp -a "$path/." /mnt/new
    umount /mnt/new
    find "$path" -mindepth 1 -delete
  fi
  mount -o loop "$image" "$path"
done
`;
