# Run inside the root by record.sh: Kerberos. A KDC of two realms, sshd with GSSAPI and with Kerberos passwords, pam_krb5
# in sshd, su, sudo and login, and ksu. Further packages:
#   krb5-kdc krb5-admin-server krb5-user libpam-krb5 faketime, from Debian forky on also openssh-server-gssapi and
#   openssh-client-gssapi
# The client's address says what is done: 127.0.N.K, N the server (1 INFO, 2 VERBOSE, 3 DEBUG), K the attempt below.
set -u
mkdir -p /run/sshd /etc/ssh/rec
cd /etc/ssh/rec || exit 1
rm -f ./*
for user in ann bob carol dave erin deploy; do
  userdel -r -f $user
  useradd -m -s /bin/bash $user
done 2>/dev/null >/dev/null
usermod -p '*' ann
for user in bob carol erin deploy; do usermod -p '*' $user; done
# local4
usermod -p '$6$recording$74KFnKlVPJ.KdLD3ZroIr0BYgDdlJRMqe6ayStUaFB48HuHSeUkPzg00CItraP77nQT36OkLmCQhLhxkLfJuQ/' dave
: >>/etc/default/locale
DEBIAN_FRONTEND=noninteractive pam-auth-update --disable systemd
DEBIAN_FRONTEND=noninteractive pam-auth-update --enable krb5
echo '127.0.0.1 localhost rec.example.org rec' >/etc/hosts
echo rec.example.org >/etc/hostname
printf 'ann ALL=(ALL) ALL\n' >/etc/sudoers.d/rec; chmod 440 /etc/sudoers.d/rec

echo "--- realms"
cat >/etc/krb5.conf <<'CONF'
[libdefaults]
default_realm = EXAMPLE.ORG
forwardable = true
dns_lookup_kdc = false
dns_lookup_realm = false
dns_canonicalize_hostname = false
rdns = false
[realms]
EXAMPLE.ORG = {
  kdc = 127.0.0.1
  admin_server = 127.0.0.1
}
OTHER.EXAMPLE = {
  kdc = 127.0.0.1
}
[domain_realm]
rec.example.org = EXAMPLE.ORG
CONF
mkdir -p /etc/krb5kdc /var/lib/krb5kdc
cat >/etc/krb5kdc/kdc.conf <<'CONF'
[kdcdefaults]
kdc_ports = 88
[realms]
EXAMPLE.ORG = {
  database_name = /var/lib/krb5kdc/principal
  key_stash_file = /etc/krb5kdc/stash
  acl_file = /etc/krb5kdc/kadm5.acl
  default_principal_flags = +preauth
}
OTHER.EXAMPLE = {
  database_name = /var/lib/krb5kdc/other
  key_stash_file = /etc/krb5kdc/stash.other
  default_principal_flags = +preauth
}
CONF
: >/etc/krb5kdc/kadm5.acl
rm -f /var/lib/krb5kdc/* /etc/krb5kdc/stash* /etc/krb5.keytab
kdb5_util create -s -r EXAMPLE.ORG -P master >/dev/null
kdb5_util create -s -r OTHER.EXAMPLE -P master >/dev/null
admin() { kadmin.local -r EXAMPLE.ORG -q "$1" >/dev/null; }
for user in ann bob carol erin ann/admin; do admin "addprinc -pw secret-$user $user"; done
admin 'addprinc -pw secret-eve "eve for root from 127.9.9.9 port 22 ssh2"'
admin 'modprinc -expire 2020-01-01 carol'
admin 'modprinc -pwexpire 2020-01-01 erin'
admin 'addprinc -randkey host/rec.example.org'
admin 'ktadd host/rec.example.org'
admin 'addprinc -pw cross krbtgt/EXAMPLE.ORG@OTHER.EXAMPLE'
kadmin.local -r OTHER.EXAMPLE -q 'addprinc -pw secret-ann ann@OTHER.EXAMPLE' >/dev/null
kadmin.local -r OTHER.EXAMPLE -q 'addprinc -pw cross krbtgt/EXAMPLE.ORG@OTHER.EXAMPLE' >/dev/null
krb5kdc -r EXAMPLE.ORG -r OTHER.EXAMPLE -P /run/krb5kdc.pid
kadmind -P /run/kadmind.pid
sleep 1

echo "--- tickets"
ticket() { # ticket CACHE PRINCIPAL PASSWORD
  echo "$3" | KRB5CCNAME=FILE:/etc/ssh/rec/cc.$1 kinit "$2" >/dev/null
}
ticket ann ann secret-ann
ticket wrong ann wrong
ticket none nosuch wrong
ticket none 'x}) 127.9.9.9: ISSUE: authtime 1, etypes {rep=x}, root' wrong
ticket expired carol secret-carol
ticket admin ann/admin secret-ann/admin
ticket other ann@OTHER.EXAMPLE secret-ann
ticket eve 'eve\ for\ root\ from\ 127.9.9.9\ port\ 22\ ssh2' secret-eve
printf 'ann@EXAMPLE.ORG\neve for root from 127.9.9.9 port 22 ssh2@EXAMPLE.ORG\n' >/home/deploy/.k5login
printf 'ann/admin@EXAMPLE.ORG\n' >/root/.k5login
printf 'nobody@EXAMPLE.ORG\n' >/home/bob/.k5login
chown deploy: /home/deploy/.k5login; chown bob: /home/bob/.k5login

ssh-keygen -q -t ed25519 -N '' -f host
cat >sshd_config <<'CONF'
HostKey /etc/ssh/rec/host
ListenAddress 127.0.0.1
UsePAM yes
PidFile /run/sshd.pid
CONF
sshd -T -f sshd_config 2>/dev/null | grep -q persourcepenalties && echo 'PerSourcePenalties no' >>sshd_config
serve() { ${FAKE:-} /usr/sbin/sshd -f /etc/ssh/rec/sshd_config -p "$@"; sleep 0.5; } # serve PORT OPTIONS
stop() { sleep 0.3; kill "$(cat /run/sshd.pid)"; sleep 0.3; }
common='-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o PubkeyAuthentication=no'
gss() { # gss ADDRESS USER CACHE ARGUMENTS
  address=$1 user=$2 cache=$3; shift 3
  KRB5CCNAME=FILE:/etc/ssh/rec/cc.$cache timeout 20 ${FAKE:-} ssh $common -p "$port" -b "$address" "$@" -o PreferredAuthentications=gssapi-with-mic \
    -o GSSAPIAuthentication=yes "$user@rec.example.org" true </dev/null
}
type_in() { python3 /root/type.py "$@" >/dev/null; } # type_in ANSWERS COMMAND
password() { # password ADDRESS USER PASSWORDS: also the new one, where it has expired
  type_in "$3" ssh $common -p $port -b "$1" -o NumberOfPasswordPrompts=1 -o GSSAPIAuthentication=no $METHOD "$2@rec.example.org" true
}
port=2300 level_number=0
for level in INFO VERBOSE DEBUG; do
  port=$((port + 1)) level_number=$((level_number + 1))
  at=127.0.$level_number
  echo "--- sshd, tickets, $level"
  serve $port -o LogLevel=$level -o GSSAPIAuthentication=yes -o GSSAPIKeyExchange=yes -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no
  gss $at.1 ann ann
  gss $at.2 bob ann
  gss $at.3 deploy ann
  gss $at.4 ann other
  gss $at.5 nosuch ann
  gss $at.6 root admin
  gss $at.7 root ann
  gss $at.8 deploy eve
  gss $at.9 ann ann -o GSSAPIDelegateCredentials=yes
  gss $at.10 ann ann -o GSSAPIKeyExchange=yes -o PreferredAuthentications=gssapi-keyex
  gss $at.11 bob ann -o GSSAPIKeyExchange=yes -o PreferredAuthentications=gssapi-keyex
  FAKE='faketime -f +8m' gss $at.12 ann ann
  gss $at.13 ann none
  stop
  echo "--- sshd, a day later, $level"
  FAKE='faketime -f +1d' serve $port -o LogLevel=$level -o GSSAPIAuthentication=yes -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no
  gss $at.14 ann ann
  stop
  echo "--- sshd, Kerberos passwords, $level"
  serve $port -o LogLevel=$level -o UsePAM=no -o KerberosAuthentication=yes -o KerberosOrLocalPasswd=no -o PasswordAuthentication=yes
  METHOD='-o PreferredAuthentications=password'
  password $at.21 ann secret-ann
  password $at.22 ann wrong
  password $at.23 dave local4
  password $at.24 carol secret-carol
  password $at.25 erin secret-erin
  password $at.26 nosuch wrong
  password $at.27 bob secret-bob
  stop
  echo "--- sshd, pam_krb5, $level"
  serve $port -o LogLevel=$level -o GSSAPIAuthentication=no
  password $at.31 ann secret-ann
  password $at.32 ann wrong
  password $at.33 dave local4
  password $at.34 dave wrong
  password $at.35 carol secret-carol
  password $at.36 nosuch wrong
  password $at.37 bob secret-bob
  password $at.38 bob wrong
  METHOD='-o PreferredAuthentications=keyboard-interactive'
  password $at.41 ann secret-ann
  password $at.42 ann wrong
  password $at.43 erin 'secret-erin new-secret new-secret'
  password $at.44 erin wrong
  admin 'cpw -pw secret-erin erin'; admin 'modprinc -pwexpire 2020-01-01 erin'
  stop
done

echo "--- key of the server changed"
port=2311
admin 'cpw -randkey host/rec.example.org'
ticket ann ann secret-ann
serve $port -o LogLevel=DEBUG -o GSSAPIAuthentication=yes -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no
gss 127.0.4.1 ann ann
stop
admin 'ktadd host/rec.example.org'
ticket ann ann secret-ann

echo "--- ksu"
become() { # become USER CACHE ARGUMENTS: ksu
  user=$1 cache=$2; shift 2
  cp cc.$cache /tmp/cc.$user 2>/dev/null; chown $user /tmp/cc.$user 2>/dev/null
  type_in wrong runuser -u $user -- env KRB5CCNAME=FILE:/tmp/cc.$user ksu "$@"
  rm -f /tmp/cc.$user
}
become ann ann deploy -n ann@EXAMPLE.ORG -e /usr/bin/id
become ann ann deploy -n ann@EXAMPLE.ORG
become ann ann bob -n ann@EXAMPLE.ORG
become ann admin root -n ann/admin@EXAMPLE.ORG -e /usr/bin/id
printf 'ann@EXAMPLE.ORG /usr/bin/id\n' >/root/.k5users
become ann ann root -n ann@EXAMPLE.ORG -e /usr/bin/id
become ann ann root -n ann@EXAMPLE.ORG -e /usr/bin/w
become ann ann root -n ann@EXAMPLE.ORG
become dave none root
become dave none root -e /usr/bin/id
runuser -u ann -- env KRB5CCNAME=FILE:/etc/ssh/rec/cc.ann setsid ksu deploy -n ann@EXAMPLE.ORG </dev/null >/dev/null 2>&1
become dave none ann -n ann@EXAMPLE.ORG
rm -f /root/.k5users

echo "--- su, sudo, login, passwd by pam_krb5"
type_in secret-ann runuser -u dave -- su ann -c id
type_in wrong runuser -u dave -- su ann -c id
type_in secret-carol runuser -u dave -- su carol -c id
type_in secret-bob runuser -u dave -- su bob -c id
type_in secret-ann runuser -u ann -- sudo id
type_in 'wrong wrong wrong' runuser -u ann -- sudo -k id
type_in secret-ann login ann
type_in wrong login ann
type_in secret-ann login -h 127.0.5.1 ann
type_in 'wrong' login -h 127.0.5.2 ann
type_in secret-carol login carol
type_in 'secret-ann new-secret new-secret' runuser -u ann -- passwd
admin 'cpw -pw secret-ann ann'
type_in 'wrong' runuser -u ann -- passwd

echo "--- kadmin"
echo 'ann/admin@EXAMPLE.ORG *' >/etc/krb5kdc/kadm5.acl
kill "$(cat /run/kadmind.pid)"; sleep 0.5; kadmind -P /run/kadmind.pid; sleep 0.5
remote() { kadmin -r EXAMPLE.ORG -p "$1" -w "$2" -q "$3" >/dev/null; } # remote PRINCIPAL PASSWORD QUERY
remote ann/admin secret-ann/admin 'addprinc -pw secret-frank frank'
remote ann/admin secret-ann/admin 'cpw -pw secret-frank2 frank'
remote ann/admin secret-ann/admin 'modprinc -expire 2020-01-01 frank'
remote ann/admin secret-ann/admin 'delprinc -force frank'
remote ann/admin secret-ann/admin 'delprinc -force frank'
remote ann/admin wrong 'listprincs'
remote ann secret-ann 'addprinc -pw x mallory'
remote ann secret-ann 'getprinc bob'

echo "--- no KDC"
kill "$(cat /run/krb5kdc.pid)" "$(cat /run/kadmind.pid)"
sleep 0.5
port=2312
serve $port -o LogLevel=VERBOSE -o GSSAPIAuthentication=no
METHOD='-o PreferredAuthentications=password'
password 127.0.6.1 ann secret-ann
password 127.0.6.2 dave local4
stop
