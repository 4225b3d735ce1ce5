"""Real sshd, sudo and rsyslog in a mount namespace of their own, with accounts of their own, and a client for them."""
import os
import shutil
import subprocess
from pathlib import Path

from harness import free_port, wait_until

SSHD, RSYSLOGD = "/usr/sbin/sshd", "/usr/sbin/rsyslogd"
PASSWORD = "correct horse"
SSHD_CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {work}/host_key
AuthorizedKeysFile {work}/authorized_keys
PidFile none
StrictModes no
UsePAM yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
LogLevel INFO
"""
RSYSLOG_CONFIG = """
module(load="imuxsock" SysSock.Name="/dev/log")
auth,authpriv.* action(type="omfile" file="/var/log/auth.log" template="RSYSLOG_TraditionalFileFormat")
auth,authpriv.* action(type="omfile" file="/var/log/auth-iso.log" template="RSYSLOG_FileFormat")
"""


def sh(command, **options):
    return subprocess.run(command, shell=True, check=True, **options)


def private_machine(work):
    """Mounts of this namespace only."""
    device = work / "dev"
    device.mkdir()
    sh(f"mount -t tmpfs tmpfs {device}")
    for name in ("null", "zero", "full", "random", "urandom", "tty"):
        (device / name).touch()
        sh(f"mount --bind /dev/{name} {device}/{name}")
    (device / "pts").mkdir()
    sh(f"mount --rbind /dev/pts {device}/pts")
    (device / "ptmx").symlink_to("pts/ptmx")
    (device / "fd").symlink_to("/proc/self/fd")
    sh(f"mount --rbind {device} /dev")
    sh("mount -t tmpfs -o mode=755 tmpfs /run && mount -t tmpfs -o mode=755 tmpfs /var/log")
    os.makedirs("/run/sshd")
    for name in ("passwd", "shadow", "group", "sudoers"):
        shutil.copy2(f"/etc/{name}", work / name)
    hashed = subprocess.run(["openssl", "passwd", "-6", PASSWORD], check=True, capture_output=True, text=True).stdout.strip()
    homes = work / "homes"
    for number, user in enumerate(("ada", "bert")):
        home = homes / user
        home.mkdir(parents=True)
        os.chown(home, 48100 + number, 48100)
        with open(work / "passwd", "a") as passwd, open(work / "shadow", "a") as shadow:
            passwd.write(f"{user}:x:{48100 + number}:48100::{home}:/bin/sh\n")
            shadow.write(f"{user}:{hashed}:20000:0:99999:7:::\n")
    with open(work / "group", "a") as group:
        group.write("e2e:x:48100:\n")
    (work / "sudoers").write_text("Defaults !fqdn\nada ALL=(ALL) NOPASSWD: ALL\n")
    for name in ("passwd", "shadow", "group", "sudoers"):
        sh(f"mount --bind {work}/{name} /etc/{name}")


class Machine:
    """sshd and rsyslogd of this test, and a client for them."""

    def __init__(self, work):
        self.work, self.port, self.processes = work, free_port(), []
        sh(f"ssh-keygen -q -t ed25519 -N '' -f {work}/host_key")
        (work / "askpass").write_text("#!/bin/sh\necho \"$E2E_PASSWORD\"\n")
        os.chmod(work / "askpass", 0o755)
        (work / "sshd_config").write_text(SSHD_CONFIG.format(port=self.port, work=work))
        (work / "rsyslog.conf").write_text(RSYSLOG_CONFIG)
        self.start([RSYSLOGD, "-n", "-f", work / "rsyslog.conf", "-i", "/run/rsyslogd.pid"])
        wait_until(lambda: os.path.exists("/dev/log"), "rsyslogd's socket", 20)
        self.start([SSHD, "-D", "-f", work / "sshd_config"])
        wait_until(lambda: "Server listening" in self.log(), "sshd", 20)

    def start(self, command):
        # The environment of a test runner is not that of a daemon.
        self.processes.append(subprocess.Popen(command, env={"PATH": os.environ["PATH"]}, stdin=subprocess.DEVNULL))

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()

    def log(self, name="auth.log"):
        path = Path("/var/log") / name
        return path.read_bytes().decode(errors="replace") if path.exists() else ""

    def ssh(self, user, source, command, key=None, password=None):
        """Returns ssh's exit code. source: the loopback address that the client comes from."""
        options = ["-F", "/dev/null", "-p", str(self.port), "-b", source, "-o", "StrictHostKeyChecking=no",
                   "-o", f"UserKnownHostsFile={self.work}/known_hosts", "-o", "NumberOfPasswordPrompts=1",
                   "-o", "LogLevel=ERROR", "-o", "IdentitiesOnly=yes", "-o", "ConnectTimeout=20"]
        if key:
            options += ["-i", str(key), "-o", "PreferredAuthentications=publickey"]
        else:
            options += ["-o", "PreferredAuthentications=password", "-o", "PubkeyAuthentication=no"]
        environment = {"PATH": os.environ["PATH"], "SSH_ASKPASS": str(self.work / "askpass"),
                       "SSH_ASKPASS_REQUIRE": "force", "E2E_PASSWORD": password or "", "HOME": str(self.work)}
        done = subprocess.run(["ssh", *options, f"{user}@127.0.0.1", command], env=environment, timeout=60,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr
