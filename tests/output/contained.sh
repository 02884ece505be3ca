#!/bin/sh
# A command as in a container: a root that can only be read, a user who is not root, /out as the one volume.
# contained.sh ROOT IN OUT "PLACES" COMMAND...: run in a mount namespace of its own (unshare --mount).
set -eu
root=$1 in=$2 out=$3 places=$4
shift 4
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$root"
for place in /usr /bin /lib /lib64 /etc $places; do
  [ -e "$place" ] || continue
  if [ -L "$place" ]; then cp -P "$place" "$root$place"; continue; fi
  mkdir -p "$root$place"
  mount --bind "$place" "$root$place"
  mount -o remount,bind,ro "$root$place"
done
mkdir -p "$root/dev" "$root/proc" "$root/in" "$root/out"
mount --bind /dev "$root/dev"
mount --bind "$in" "$root/in"
mount -o remount,bind,ro "$root/in"
mount --bind "$out" "$root/out"
mount -o remount,ro "$root"
exec chroot --userspec=65534:65534 "$root" /usr/bin/env -i PATH=/usr/bin:/bin LANG=C.UTF-8 OPENBLAS_NUM_THREADS=1 "$@"
