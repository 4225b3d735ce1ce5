# Run inside the root by record.sh: login, and polkit with pkexec. Further packages: login, polkitd, pkexec, dbus.
set -u
mkdir -p /run/dbus
for user in ann bob carol; do
  userdel -r -f $user
  useradd -m -s /bin/bash $user
done 2>/dev/null >/dev/null
: >>/etc/default/locale
DEBIAN_FRONTEND=noninteractive pam-auth-update --disable systemd krb5
printf 'root:secret0\nann:secret1\nbob:secret2\ncarol:secret3\n' | chpasswd
chage -E 2020-01-01 carol
type_in() { python3 /root/type.py "$@" >/dev/null; } # type_in ANSWERS COMMAND
login_() { # login_ ANSWERS ARGUMENTS
  answers=$1; shift
  type_in "$answers" login "$@"
}
echo "--- login"
login_ 'ann secret1'
login_ 'root secret0'
login_ 'secret1' ann
login_ 'secret1' -h 127.0.7.1 ann
login_ 'secret0' -h 127.0.7.2 root
login_ 'wrong ann secret1' ann
login_ 'wrong' -h 127.0.7.3 ann
login_ 'wrong ann wrong ann wrong ann wrong ann wrong' ann
login_ 'wrong ann wrong ann wrong ann wrong ann wrong' -h 127.0.7.4 ann
login_ 'wrong' nosuch
login_ 'wrong' -h 127.0.7.5 nosuch
login_ 'wrong' "a' FOR 'root"
login_ 'wrong' -h 127.0.7.6 "a' FOR 'root"
login_ 'secret3' carol
login_ '' -f ann
touch /etc/nologin; login_ 'secret1' ann; rm /etc/nologin
login_ 'wrong' root
login_ 'wrong' -h 127.0.7.7 root
usermod -s /bin/nosuch bob; login_ 'secret2' bob; usermod -s /bin/bash bob

echo "--- polkit"
dbus-uuidgen --ensure
rm -f /run/dbus/pid
dbus-daemon --system --fork --nopidfile
sleep 0.5
$(sed -n 's/^ExecStart=//p' /usr/lib/systemd/system/polkit.service /lib/systemd/system/polkit.service 2>/dev/null | head -1) &
polkitd=$!
sleep 1
usermod -aG sudo bob
pkexec id
cd /home/ann || exit 1
setsid runuser -u ann -- pkexec --disable-internal-agent id </dev/null
setsid runuser -u ann -- pkexec --disable-internal-agent --user bob /usr/bin/id -un </dev/null
ask() { # ask USER PASSWORD: pkexec, with its own agent and with one of that user
  cd "/home/$1" || exit 1
  type_in "$2" runuser -u "$1" -- pkexec id
  type_in "$2" runuser -u "$1" -- sh -c 'pkttyagent --process $$ & sleep 1; pkexec --disable-internal-agent id; kill $!'
}
ask bob secret2
ask bob wrong
ask ann secret2
ask ann wrong
SHELL=/bin/odd runuser -u ann -- pkexec id
XAUTHORITY='a%b' runuser -u ann -- pkexec id
kill $polkitd
