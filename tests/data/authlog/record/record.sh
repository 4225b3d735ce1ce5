#!/bin/bash
# Records what real programs write to /dev/log, in a root of a Debian release:
#   debootstrap --variant=minbase --include=openssh-server,openssh-client,sudo,sudo-rs,opendoas,dropbear-bin,\
#libpam-google-authenticator,passwd,login,python3-minimal,expect,oathtool sid ROOT
#   unshare -n -m bash tests/data/authlog/record/record.sh ROOT OUTPUT
# The namespace has no network but its own, so every client is on 127.0.0.1.
set -u
root=$1 output=$2
here=$(cd "$(dirname "$0")" && pwd)
ip link set lo up
mount --bind /proc "$root/proc"
mountpoint -q "$root/dev/pts" || { mkdir -p "$root/dev/pts"; mount -t devpts devpts "$root/dev/pts"; }
cp "$here/scenarios.sh" "$here/sftp.batch" "$root/root/"
python3 "$here/collect.py" "$root/dev/log" "$output" rec &
collector=$!
sleep 0.5
chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root bash /root/scenarios.sh
sleep 1
chroot "$root" logger --socket-errors=off -t collect -u /dev/log end 2>/dev/null || kill "$collector"
wait "$collector" 2>/dev/null
umount "$root/dev/pts" "$root/proc"
