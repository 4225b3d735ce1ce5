# Run inside the root by record.sh: what is done, one block a program.
set -u
mkdir -p /run/sshd /etc/ssh/rec
cd /etc/ssh/rec || exit 1
rm -f ./*
for user in ann bob carol; do userdel -r -f $user 2>/dev/null; done
groupdel eng 2>/dev/null
groupdel dev 2>/dev/null

echo "--- shadow"
useradd -m -s /bin/bash ann
useradd -m -s /bin/bash bob
useradd -D -s /bin/bash
printf 'ann:secret1\nbob:secret2\n' | chpasswd
groupadd eng
usermod -aG eng ann
usermod -L bob
usermod -U bob
usermod -p '*' bob
printf 'bob:secret2\n' | chpasswd
usermod -s /bin/sh -d /home/robert bob
usermod -d /home/bob -s /bin/bash bob
groupmod -n dev eng
groupmems -g dev -a bob
groupmems -g dev -d bob
gpasswd -a bob dev
gpasswd -M ann,bob dev
gpasswd -A ann dev
gpasswd -d bob dev
gpasswd -r dev
gpasswd -R dev
printf 'carol:secret3:1777::Carol:/home/carol:/bin/bash\n' | newusers
usermod -l carola carol
usermod -l carol carola
chage -M 90 carol
chsh -s /bin/sh carol
chfn -f Carola carol
useradd ann
usermod -u 0 carol
passwd -l carol
passwd -S carol
userdel carol
groupdel nosuch
su nobody -s /bin/sh -c true

echo "--- doas"
printf 'permit nopass ann as root\ndeny ann as root cmd /usr/bin/w\npermit bob as root\n' >/etc/doas.conf
chmod 600 /etc/doas.conf
runuser -u ann -- doas id -un
runuser -u ann -- doas sh -c 'echo one as bob from /x'
runuser -u ann -- doas w
runuser -u nobody -- doas id
expect -c 'spawn runuser -u bob -- doas id; expect word:; send "wrong\r"; expect eof' >/dev/null

echo "--- sudo-rs"
mkdir -p /etc/sudoers.d
printf 'ann ALL=(ALL:ALL) NOPASSWD: ALL\nbob ALL=(root) /usr/bin/id\n' >/etc/sudoers-rs
chmod 440 /etc/sudoers-rs
rs=$(dpkg -L sudo-rs | grep -E '/(sudo|sudo-rs)$' | head -1)
for command in id 'id -un' 'echo a;b' "$(printf 'echo %01200d' 7)"; do
  setsid runuser -u ann -- sh -c "cd /home/ann; $rs $command </dev/null"
done >/dev/null
expect -c "spawn runuser -u ann -- $rs id -un; expect eof" >/dev/null
runuser -u nobody -- "$rs" -n id
expect -c "spawn runuser -u bob -- $rs id; expect assword:; send \"wrong\r\"; expect assword:; send \"wrong\r\"; expect assword:; send \"wrong\r\"; expect eof" >/dev/null
expect -c "spawn runuser -u bob -- $rs id; expect assword:; send \"secret2\r\"; expect eof" >/dev/null

echo "--- su"
expect -c 'spawn runuser -u ann -- su bob -c id; expect assword:; send "secret2\r"; expect eof' >/dev/null
expect -c 'spawn runuser -u ann -- su bob -c id; expect assword:; send "wrong\r"; expect eof' >/dev/null
expect -c 'spawn runuser -u ann -- su nosuch -c id; expect assword:; send "wrong\r"; expect eof' >/dev/null

echo "--- keys and certificates"
key() { ssh-keygen -q -t "${2:-ed25519}" -N '' -C "$1" -f "$1"; }
key host; key ca; key otherca; key ann; key wrong; key revoked; key rsa rsa
mkdir -p /home/ann/.ssh
cat ann.pub revoked.pub >/home/ann/.ssh/authorized_keys
chown -R ann: /home/ann/.ssh
cert() { # cert NAME ARGUMENTS: NAME-cert.pub, signed by ca
  name=$1; shift
  key "$name"
  ssh-keygen -q -s ca "$@" "$name.pub"
}
cert valid -I valid -n ann -z 1
cert expired -I expired -n ann -z 2 -V 20200101:20200102
cert early -I early -n ann -z 3 -V 20990101:20990102
cert principal -I 'p" serial=9 signed by RSA CA SHA256:x: y' -n root -z 4
cert none -I none -z 5
cert source -I source -n ann -z 6 -O source-address=192.0.2.0/24
cert option -I option -n ann -z 7 -O critical:unknown@example.org=1
cert hostcert -h -I hostcert -n ann -z 8
cert revokedcert -I revokedcert -n ann -z 9
key foreign; ssh-keygen -q -s otherca -I foreign -n ann -z 10 foreign.pub
ssh-keygen -q -k -f krl -s ca revoked.pub revokedcert-cert.pub
cat >sshd_config <<'CONF'
HostKey /etc/ssh/rec/host
ListenAddress 127.0.0.1
TrustedUserCAKeys /etc/ssh/rec/ca.pub
RevokedKeys /etc/ssh/rec/krl
Subsystem sftp internal-sftp -l INFO
UsePAM yes
PidFile /run/sshd.pid
PerSourcePenalties no
CONF
serve() { # serve PORT OPTIONS
  /usr/sbin/sshd -f /etc/ssh/rec/sshd_config -p "$@"
}
try() { # try PORT USER KEY ARGUMENTS
  port=$1 user=$2 id=$3; shift 3
  timeout 20 ssh -F none -p "$port" -i "$id" -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o PreferredAuthentications=publickey -o LogLevel=ERROR "$user@127.0.0.1" "${@:-true}" </dev/null
}
port=2200
for level in INFO VERBOSE DEBUG; do
  port=$((port + 1))
  echo "--- sshd, only keys, $level"
  serve $port -o LogLevel=$level -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no
  sleep 0.5
  try $port ann ann
  try $port ann wrong
  try $port nosuch wrong
  try $port 'a b from 192.0.2.1 port 5 ssh2' wrong
  try $port ann revoked
  for name in valid expired early principal none source option hostcert revokedcert foreign; do
    try $port ann $name
  done
  printf 'cert-authority,principals="ann" %s\n' "$(cat otherca.pub)" >>/home/ann/.ssh/authorized_keys
  try $port ann foreign
  sed -i '/cert-authority/d' /home/ann/.ssh/authorized_keys
  bash -c "exec 3<>/dev/tcp/127.0.0.1/$port; sleep 0.2"
  bash -c "exec 3<>/dev/tcp/127.0.0.1/$port; read -t 1 line <&3; printf 'SSH-2.0-probe\r\n' >&3; sleep 0.3"
  bash -c "exec 3<>/dev/tcp/127.0.0.1/$port; printf 'GET / HTTP/1.0\r\n\r\n' >&3; sleep 0.3"
  try $port ann ann -W 127.0.0.1:9
  sleep 0.3
  kill "$(cat /run/sshd.pid)"; sleep 0.3
done

echo "--- sshd, other digest"
serve 2210 -o FingerprintHash=sha512
sleep 0.5
try 2210 ann ann
echo "--- sftp"
timeout 20 sftp -q -F none -P 2210 -i ann -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -b /root/sftp.batch ann@127.0.0.1 >/dev/null
kill "$(cat /run/sshd.pid)"; sleep 0.3

echo "--- accounts"
password() { # password PORT USER PASSWORD
  expect -c "set timeout 10; spawn ssh -F none -p $1 -o NumberOfPasswordPrompts=1 -o PubkeyAuthentication=no -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null $2@127.0.0.1 true; expect assword:; send \"$3\r\"; expect eof" >/dev/null
}
serve 2211
sleep 0.5
password 2211 ann secret1
password 2211 ann wrong
password 2211 nosuch wrong
chage -E 2020-01-01 bob; password 2211 bob secret2
chage -E -1 -d 0 bob; password 2211 bob secret2
chage -d 2020-01-01 -M 10 -I 5 bob; password 2211 bob secret2
chage -d 2026-01-01 -M -1 -I -1 bob
touch /etc/nologin; password 2211 ann secret1; rm /etc/nologin
echo "--- second factor"
sed -i '1i auth required pam_google_authenticator.so' /etc/pam.d/sshd
printf 'JBSWY3DPEHPK3PXPJBSWY3DPEH\n" RATE_LIMIT 3 30\n" WINDOW_SIZE 17\n" DISALLOW_REUSE\n" TOTP_AUTH\n' >/home/ann/.google_authenticator
chown ann: /home/ann/.google_authenticator; chmod 400 /home/ann/.google_authenticator
factor() { expect -c "set timeout 10; spawn ssh -F none -p 2211 -o NumberOfPasswordPrompts=1 -o PubkeyAuthentication=no -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null $1@127.0.0.1 true; expect code:; send \"$2\r\"; expect assword:; send \"$3\r\"; expect eof" >/dev/null; }
kill "$(cat /run/sshd.pid)"; sleep 0.3
serve 2212 -o KbdInteractiveAuthentication=yes
factor() { expect -c "set timeout 10; spawn ssh -F none -p 2212 -o NumberOfPasswordPrompts=1 -o PreferredAuthentications=keyboard-interactive -o PubkeyAuthentication=no -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null $1@127.0.0.1 true; expect code:; send \"$2\r\"; expect assword:; send \"$3\r\"; expect eof" >/dev/null; }
sleep 0.5
code=$(oathtool --totp -b JBSWY3DPEHPK3PXPJBSWY3DPEH 2>/dev/null)
factor ann "$code" secret1
factor ann "$code" secret1
factor ann 000000 secret1
factor ann 000001 secret1
factor bob 000000 secret2
sed -i '/pam_google_authenticator/d' /etc/pam.d/sshd
kill "$(cat /run/sshd.pid)"; sleep 0.3

echo "--- dropbear"
rm -f db.key; dropbearkey -t ed25519 -f db.key >/dev/null 2>&1
drop() { dropbear -r /etc/ssh/rec/db.key -P /run/dropbear.pid -p "$@"; sleep 0.5; }
drop 127.0.0.1:2221
try 2221 ann ann
try 2221 ann wrong
try 2221 nosuch wrong
password 2221 ann secret1
password 2221 ann wrong
password 2221 'a b' wrong
usermod -s /bin/nosuch bob; password 2221 bob secret2; usermod -s /bin/bash bob
bash -c 'exec 3<>/dev/tcp/127.0.0.1/2221; sleep 0.2'
bash -c "exec 3<>/dev/tcp/127.0.0.1/2221; printf 'GET / HTTP/1.0\r\n\r\n' >&3; sleep 0.3"
sleep 1; kill "$(cat /run/dropbear.pid)"
drop 127.0.0.1:2222 -w -T 2
try 2222 root ann
try 2222 ann ann
password 2222 ann wrong
sleep 1; kill "$(cat /run/dropbear.pid)"
