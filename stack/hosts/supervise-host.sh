#!/bin/sh
# Runs one host: starts it, and again after each reboot, until it is powered off.
#
# Runs as the first process of a PID namespace, in its own mount namespace and in the run's network namespace: when this process ends, the
# kernel ends every process of the host and removes its mounts.
#
# Environment: DISK folder with the host's own files · LOWER the image's trees, uppermost first · CGROUPS its folders, one per hierarchy
# · MACHINE name for nspawn · HOST_NAME · BRIDGE. Arguments are passed to nspawn.
set -eu

REBOOT=133 # systemd-nspawn(1): exit status when the container requested a reboot and --keep-unit is set

mount -t overlay overlay -o "lowerdir=$LOWER,upperdir=$DISK/upper,workdir=$DISK/work" "$DISK/root"
# nspawn keeps locks and sockets in it; two runs do not share them.
mount -t tmpfs tmpfs /run

status=$REBOOT
while [ "$status" = $REBOOT ]; do
  for cgroup in $CGROUPS; do find "$cgroup" -mindepth 1 -depth -type d -exec rmdir {} \; ; done
  status=0
  (
    for cgroup in $CGROUPS; do echo 0 > "$cgroup/cgroup.procs" || exit 1; done
    # Without its own cgroup namespace, all hosts would share one /kubepods.
    export SYSTEMD_NSPAWN_USE_CGNS=1
    exec systemd-nspawn --quiet --boot --directory="$DISK/root" --machine="$MACHINE" --hostname="$HOST_NAME" \
      --register=no --keep-unit --network-bridge="$BRIDGE" --link-journal=no --resolv-conf=off --timezone=off \
      --capability=all --system-call-filter='add_key keyctl bpf' --bind=/dev/kmsg "$@"
  ) || status=$?
  echo "nspawn exited with status $status"
done
exit "$status"
