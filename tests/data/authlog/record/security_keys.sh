# Run inside the root by record.sh: security keys (FIDO) of both kinds, made and used with security_key.so instead of
# hardware; with certificates, and with the options that ask for a touch or a PIN. No further packages.
# The client's address says what is done: 127.0.N.K, N the server (1 INFO, 2 VERBOSE, 3 DEBUG), K the attempt below.
set -u
mkdir -p /run/sshd /etc/ssh/rec
cd /etc/ssh/rec || exit 1
rm -f ./*
for user in ann bob carol dora; do
  userdel -r -f $user
  useradd -m -s /bin/bash $user
  usermod -p '*' $user
done 2>/dev/null >/dev/null
export SECURITY_KEY_COUNT=/etc/ssh/rec/count SSH_ASKPASS=/etc/ssh/rec/askpass SSH_ASKPASS_REQUIRE=force
: >>/etc/default/locale
DEBIAN_FRONTEND=noninteractive pam-auth-update --disable systemd krb5
echo '127.0.0.1 localhost rec.example.org rec' >/etc/hosts
printf '#!/bin/sh\necho 1234\n' >askpass; chmod 755 askpass
provider=/root/security_key.so

echo "--- keys and certificates"
key() { name=$1 type=$2; shift 2; ssh-keygen -q -t "$type" -w $provider -N '' -C "$name" -f "$name" "$@" </dev/null >/dev/null 2>&1; }
ssh-keygen -q -t ed25519 -N '' -f host
ssh-keygen -q -t ed25519 -N '' -C ca -f ca
key ca-sk ed25519-sk
key ed ed25519-sk; key ec ecdsa-sk; key wrong ed25519-sk; key revoked ed25519-sk
key notouch ed25519-sk -O no-touch-required
key ecnotouch ecdsa-sk -O no-touch-required
key pin ed25519-sk -O verify-required
# Only in certificates:
key c-ed ed25519-sk; key c-ec ecdsa-sk; key c-notouch ed25519-sk -O no-touch-required; key c-pin ed25519-sk -O verify-required
cert() { # cert NAME KEY ARGUMENTS: NAME, a copy of KEY, with a certificate
  cp "$2" "$1"; cp "$2.pub" "$1.pub"
  name=$1; shift 2
  ssh-keygen -q -s "${CA:-ca}" -w $provider "$@" "$name.pub" </dev/null 2>/dev/null
}
cert cert c-ed -I ed-cert -n ann -z 1
cert eccert c-ec -I ec-cert -n ann -z 2
cert certnotouch c-notouch -I untouched -n ann -z 3
cert certallowed c-notouch -I untouched-allowed -n ann -z 4 -O no-touch-required
cert certverify c-ed -I verify -n ann -z 5 -O verify-required
cert certpin c-pin -I verify-pin -n ann -z 6 -O verify-required
cert certhostile c-ed -I 'x (serial 9) CA ED25519 SHA256:x' -n ann -z 7
CA=ca-sk cert certbysk c-ed -I signed-by-a-security-key -n ann -z 8
cert certother c-ed -I other -n root -z 9
home() { mkdir -p /home/$1/.ssh; cat >/home/$1/.ssh/authorized_keys; chown -R $1: /home/$1/.ssh; }
cat ed.pub ec.pub notouch.pub ecnotouch.pub pin.pub revoked.pub | home ann
sed 's/^/no-touch-required /' notouch.pub ecnotouch.pub | home bob
sed 's/^/verify-required /' ed.pub pin.pub | home carol
sed 's/^/from="192.0.2.0\/24" /' ed.pub | home dora
cat revoked.pub >krl
cat ca.pub ca-sk.pub >cas
cat >sshd_config <<'CONF'
HostKey /etc/ssh/rec/host
ListenAddress 127.0.0.1
TrustedUserCAKeys /etc/ssh/rec/cas
RevokedKeys /etc/ssh/rec/krl
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM yes
PidFile /run/sshd.pid
CONF
sshd -T -f sshd_config 2>/dev/null | grep -q persourcepenalties && echo 'PerSourcePenalties no' >>sshd_config
serve() { /usr/sbin/sshd -f /etc/ssh/rec/sshd_config -p "$@"; sleep 0.5; } # serve PORT OPTIONS
stop() { sleep 0.3; kill "$(cat /run/sshd.pid)"; sleep 0.3; }
try() { # try ADDRESS USER KEY
  id=$3
  timeout 20 ssh -F none -p $port -b "$1" -i "$id" -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o PreferredAuthentications=publickey -o SecurityKeyProvider=$provider -o LogLevel=ERROR "$2@127.0.0.1" true </dev/null 2>/dev/null
}
port=2400 level_number=0
for level in INFO VERBOSE DEBUG; do
  port=$((port + 1)) level_number=$((level_number + 1))
  at=127.0.$level_number
  echo "--- sshd, $level"
  serve $port -o LogLevel=$level
  try $at.1 ann ed
  try $at.2 ann ec
  try $at.3 ann notouch
  try $at.4 ann ecnotouch
  try $at.5 bob notouch
  try $at.6 bob ecnotouch
  try $at.7 carol ed
  try $at.8 carol pin
  try $at.9 ann pin
  try $at.10 ann wrong
  try $at.11 nosuch wrong
  try $at.12 ann revoked
  try $at.13 dora ed
  try $at.21 ann cert
  try $at.22 ann eccert
  try $at.23 ann certnotouch
  try $at.24 ann certallowed
  try $at.25 ann certverify
  try $at.26 ann certpin
  try $at.27 ann certhostile
  try $at.28 ann certbysk
  try $at.29 ann certother
  stop
  echo "--- sshd, touch and PIN required, $level"
  serve $port -o LogLevel=$level -o PubkeyAuthOptions=touch-required
  try $at.31 bob notouch
  try $at.32 ann ed
  stop
  serve $port -o LogLevel=$level -o PubkeyAuthOptions=verify-required
  try $at.41 ann ed
  try $at.42 ann ec
  try $at.43 ann pin
  try $at.44 ann cert
  stop
  serve $port -o LogLevel=$level -o AuthenticationMethods=publickey,publickey
  try $at.51 ann ed
  timeout 20 ssh -F none -p $port -b $at.52 -i ed -i ec -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o PreferredAuthentications=publickey -o SecurityKeyProvider=$provider -o LogLevel=ERROR ann@127.0.0.1 true </dev/null 2>/dev/null
  stop
  serve $port -o LogLevel=$level -o PubkeyAcceptedAlgorithms=ssh-ed25519
  try $at.61 ann ed
  stop
done
