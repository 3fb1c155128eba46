#!/bin/sh
# Creates an empty "host" in $1 from this machine's /usr, in the caller's own mount, PID, network and UTS namespaces, and stays as its init.
# From inside, only the machine's /usr is visible, read-only.
set -eu
root=$1
stubs=$2
mount -t tmpfs -o mode=755 scratch "$root"
cd "$root"
mkdir -p dev etc/systemd/system home proc root run/stub run/systemd/system srv tmp usr var/lib sys/fs/cgroup sys/class/dmi/id
ln -s usr/bin usr/sbin usr/lib usr/lib64 .
mount --bind /usr "$root/usr"
mount -o remount,bind,ro "$root/usr"
mount -t tmpfs -o mode=755 local "$root/usr/local"
mkdir "$root/usr/local/bin"
cp /usr/bin/timeout "$root/run/stub/"
cp -a /etc/alternatives "$root/etc/"
cp "$stubs"/systemctl "$stubs"/systemd-run "$root/usr/local/bin/"
touch dev/null dev/zero dev/urandom
for device in null zero urandom; do mount --bind "/dev/$device" "$root/dev/$device"; done
mount -t proc proc "$root/proc"
printf 'root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nbob:x:1001:1001::/home/bob:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/false\n' >"$root/etc/passwd"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
echo 4C4C4544-0042-3510-8053-C3C04F4B3332 >"$root/sys/class/dmi/id/product_uuid"
chmod 700 "$root/root"
hostname worker-1
ip link set lo up
ip addr add 10.0.0.5/32 dev lo
# An init that ends, with all its processes, when its starter is gone.
exec chroot "$root" /bin/sh -c 'echo ready; read -r _'
