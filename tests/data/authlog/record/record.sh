#!/bin/bash
# Records what real programs write to /dev/log, in a root of a Debian release:
#   debootstrap --variant=minbase --include=openssh-server,openssh-client,sudo,sudo-rs,opendoas,dropbear-bin,\
#libpam-google-authenticator,passwd,login,python3-minimal,expect,oathtool sid ROOT
#   unshare -n -m -u -p -f bash tests/data/authlog/record/record.sh ROOT OUTPUT [SCENARIOS]
# SCENARIOS is scenarios.sh or another of the scripts beside this one; each says in its head which packages it needs.
# For the security keys cc and libssl-dev are needed here. The namespaces have no network and no processes but their own,
# so every client is on 127.0.0.0/8.
set -u
root=$1 output=$2 scenarios=${3:-scenarios.sh}
here=$(cd "$(dirname "$0")" && pwd)
ip link set lo up
hostname rec.example.org
mount -t proc proc "$root/proc"
mountpoint -q "$root/dev/pts" || { mkdir -p "$root/dev/pts"; mount -t devpts devpts "$root/dev/pts"; }
cp "$here"/*.sh "$here/type.py" "$here/sftp.batch" "$root/root/"
cc -shared -fPIC -w -o "$root/root/security_key.so" "$here/security_key.c" -lcrypto
python3 "$here/collect.py" "$root/dev/log" "$output" rec &
collector=$!
sleep 0.5
chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root bash "/root/$scenarios"
sleep 1
chroot "$root" logger --socket-errors=off -t collect -u /dev/log end 2>/dev/null || kill "$collector"
wait "$collector" 2>/dev/null
umount "$root/dev/pts" "$root/proc"
# Of sshd's debug level only what says why Kerberos refused.
sed -i '/ debug1: /{/Kerberos password authentication failed\|GSS failure/!d}' "$output"
