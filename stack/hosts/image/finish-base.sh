#!/bin/sh
# Runs inside the fresh Debian tree, once: users, and which of Debian's own units start. What the stack adds lies in files/.
set -eu

useradd --create-home --shell /bin/bash ops
useradd --create-home --shell /bin/bash guest
echo 'ops ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/ops
chmod 0440 /etc/sudoers.d/ops

systemctl enable ssh.service containerd.service systemd-networkd.service
# In the image for hosts that are to have it.
systemctl disable docker.service docker.socket
# None of them has a purpose in a container, or it would reach into the machine's kernel; systemd-machine-id-commit would meet an overlay.
systemctl mask systemd-networkd-wait-online.service systemd-udevd.service systemd-udev-trigger.service \
  systemd-machine-id-commit.service console-getty.service getty.target ssh.socket fstrim.timer e2scrub_all.timer \
  e2scrub_reap.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer cni-dhcp.service cni-dhcp.socket \
  modprobe@.service dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount

# Every host gets its own. A machine-id that says "uninitialized" would reset all units to their presets at the first start.
rm -f /etc/machine-id /etc/ssh/ssh_host_*
ln -sfn /etc/machine-id /var/lib/dbus/machine-id
rm -f /etc/resolv.conf /var/cache/apt/archives/*.deb /var/lib/apt/lists/*_*
