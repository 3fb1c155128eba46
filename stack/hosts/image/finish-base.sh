#!/bin/sh
# Runs inside the fresh Debian tree, once: creates users, enables and masks units of Debian. The stack's own files are in files/.
set -eu

useradd --create-home --shell /bin/bash ops
useradd --create-home --shell /bin/bash guest
echo 'ops ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/ops
chmod 0440 /etc/sudoers.d/ops

systemctl enable ssh.service containerd.service systemd-networkd.service
# In the image for the hosts that enable it.
systemctl disable docker.service docker.socket
# They have no purpose in a container or change the machine's kernel; systemd-machine-id-commit fails on an overlay.
systemctl mask systemd-networkd-wait-online.service systemd-udevd.service systemd-udev-trigger.service \
  systemd-machine-id-commit.service console-getty.service getty.target ssh.socket fstrim.timer e2scrub_all.timer \
  e2scrub_reap.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer cni-dhcp.service cni-dhcp.socket \
  modprobe@.service dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount

# Every host gets its own. With the machine-id "uninitialized", the first boot would reset all units to their presets.
rm -f /etc/machine-id /etc/ssh/ssh_host_*
ln -sfn /etc/machine-id /var/lib/dbus/machine-id
rm -f /etc/resolv.conf /var/cache/apt/archives/*.deb /var/lib/apt/lists/*_*
