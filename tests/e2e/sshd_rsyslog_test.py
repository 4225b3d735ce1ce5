"""Real sshd, sudo and rsyslog write a fresh auth.log in both time formats; the documents must say what was done.

Everything happens in a mount namespace of its own: private /dev with its /dev/log, /run, /var/log, accounts and
sudoers. Nothing of the machine is changed, and its own sshd and syslog are not touched.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from harness import (AGENT, check, documents, equal, file_sink, free_port, is_derived, main, parse, run_once, skip, wait_until,
                     write_config)

SSHD, RSYSLOGD = "/usr/sbin/sshd", "/usr/sbin/rsyslogd"
INSIDE = "AUDITSHIP_E2E_NAMESPACE"
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


def act(machine):
    """What is done, and for each what one document must say."""
    fingerprint = subprocess.run(["ssh-keygen", "-lf", machine.work / "ada_key.pub"], check=True, capture_output=True,
                                 text=True).stdout.split()[1]
    key = machine.work / "ada_key"
    equal(machine.ssh("ada", "127.0.0.41", "true", key=key)[0], 0, "login by key")
    equal(machine.ssh("bert", "127.0.0.42", "true", password=PASSWORD)[0], 0, "login by password")
    check(machine.ssh("bert", "127.0.0.43", "true", password="wrong")[0] != 0, "a wrong password was accepted")
    check(machine.ssh("mallory", "127.0.0.44", "true", password="guess")[0] != 0, "an unknown user was accepted")
    code, said = machine.ssh("ada", "127.0.0.45", "sudo -n /usr/bin/id -u", key=key)
    equal((code, said.strip()), (0, "0"), "sudo by ada")
    refused = f"echo '{PASSWORD}' | sudo -S /usr/bin/id"
    check(machine.ssh("bert", "127.0.0.46", refused, password=PASSWORD)[0] != 0, "sudo by bert was allowed")
    sudo = {"event.action": "sudo-command", "process.command_line": "/usr/bin/id -u", "user.name": "ada",
            "user.effective.name": "root", "event.outcome": "success"}
    login = {"event.action": "ssh-login"}
    return [
        {**login, "event.outcome": "success", "user.name": "ada", "source.ip": "127.0.0.41",
         "ssh.auth.method": "publickey", "ssh.key.fingerprint": fingerprint},
        {**login, "event.outcome": "success", "user.name": "bert", "source.ip": "127.0.0.42", "ssh.auth.method": "password"},
        {**login, "event.outcome": "failure", "user.name": "bert", "source.ip": "127.0.0.43", "ssh.auth.method": "password"},
        {"event.action": "ssh-invalid-user", "user.name": "mallory", "source.ip": "127.0.0.44", "event.outcome": "failure"},
        {**login, "event.outcome": "failure", "user.name": "mallory", "source.ip": "127.0.0.44"},
        sudo,
        {"event.action": "sudo-command", "event.outcome": "failure", "user.name": "bert",
         "event.reason": "user NOT in sudoers", "process.command_line": "/usr/bin/id"},
    ]


def make_keys(work):
    """Two keys that open every account; only the first one has an owner that the agent knows."""
    for key in ("ada_key", "stray_key"):
        sh(f"ssh-keygen -q -t ed25519 -N '' -C {key} -f {work}/{key}")
    name_owner(work, "Ada of the day shift")
    (work / "authorized_keys").write_text((work / "ada_key.pub").read_text() + (work / "stray_key.pub").read_text())


def name_owner(work, name):
    kind, key = (work / "ada_key.pub").read_text().split()[:2]
    (work / "administrators").write_text(f"{kind} {key} {name}\n")


def change_owner(work, machine, agent):
    """The owner's name changes while the agent runs: SIGHUP, then two more logins."""
    loaded = (work / "agent.log").read_text().count("administrators-loaded")
    name_owner(work, "Ada of the night shift")
    agent.send_signal(signal.SIGHUP)
    wait_until(lambda: (work / "agent.log").read_text().count("administrators-loaded") > loaded, "the new owners", 20)
    for source, key in (("127.0.0.47", "ada_key"), ("127.0.0.48", "stray_key")):
        equal(machine.ssh("ada", source, "true", key=work / key)[0], 0, f"login by {key}")


def check_owners(found):
    owners = {d["source.ip"]: (d.get("ssh.key.owner_known"), d.get("ssh.key.owner")) for d in found
              if d.get("event.action") == "ssh-login" and d.get("event.outcome") == "success"}
    equal(owners, {"127.0.0.41": (True, "Ada of the day shift"), "127.0.0.42": (None, None),
                   "127.0.0.45": (True, "Ada of the day shift"), "127.0.0.46": (None, None),
                   "127.0.0.47": (True, "Ada of the night shift"), "127.0.0.48": (False, None)}, "whose key it was")


def check_deeds(found, deeds, what):
    for deed in deeds:
        matches = [d for d in found if all(d.get(k) == v for k, v in deed.items())]
        equal(len(matches), 1, f"{what}: documents that say {deed}")
    # Nobody else logged in: what a document claims must have been done.
    logins = {(d["user.name"], d["source.ip"]) for d in found
              if d.get("event.action") == "ssh-login" and d.get("event.outcome") == "success"}
    equal(logins, {("ada", "127.0.0.41"), ("bert", "127.0.0.42"), ("ada", "127.0.0.45"), ("bert", "127.0.0.46"),
                   ("ada", "127.0.0.47"), ("ada", "127.0.0.48")},
          f"{what}: who logged in")


def check_formats_agree(traditional, iso):
    """The same messages in both time formats give the same documents, but for the precision of the time."""
    own = {"@timestamp", "time", "log.file.path", "log.offset", "event.id", "tag", "agent.id", "ssh.login.id",
           "ssh.login.candidates"}
    equal(len(traditional), len(iso), "documents of both formats")
    for old, new in zip(traditional, iso):
        equal({k: v for k, v in old.items() if k not in own}, {k: v for k, v in new.items() if k not in own}, "document")
        equal(old["@timestamp"][:19], new["@timestamp"][:19], f"time of {old['message']}")


def inside(work):
    private_machine(work)
    os.chmod(work, 0o755)
    logs = [Path("/var/log/auth.log"), Path("/var/log/auth-iso.log")]
    sink = work / "shipped"
    make_keys(work)
    config = write_config(work, {"authlog": logs}, file_sink(sink))
    settings = json.loads(Path(config).read_text())
    settings["ssh_key_owners"] = [{"authorized_keys": str(work / "administrators")}]
    Path(config).write_text(json.dumps(settings))
    # The agent runs first, on files that do not exist yet: it must find and follow them.
    agent = subprocess.Popen([AGENT, "run", "--config", config], stderr=open(work / "agent.log", "w"))
    machine = Machine(work)
    try:
        try:
            deeds = act(machine)
            change_owner(work, machine, agent)
            wait_until(lambda: "session closed for user ada" in machine.log().partition("127.0.0.48")[2], "the last line", 20)
        finally:
            machine.stop()
        lines = sum(len(path.read_bytes().splitlines()) for path in logs)
        check(lines >= 40, f"only {lines} lines were logged:\n{machine.log()}")
        wait_until(lambda: sum(not is_derived(d) for _, d in documents(sink, "authlog", growing=True)) >= lines,
                   f"{lines} documents of the running agent", 30)
        agent.terminate()
        equal(agent.wait(30), 0, "exit code after SIGTERM")
    finally:
        agent.kill()
    shipped = [d for _, d in documents(sink, "authlog") if not is_derived(d)]
    equal(len(shipped), lines, "documents shipped while it was followed")
    by_file = {path: [d for d in shipped if d["log.file.path"] == str(path)] for path in logs}
    for path in logs:
        check_deeds(by_file[path], deeds, path.name)
        check_owners(by_file[path])
        parsed = parse("authlog", [path], config)
        check_deeds(parsed, deeds, f"parse {path.name}")
        equal(len(parsed), len(path.read_bytes().splitlines()), f"documents of parse {path.name}")
    check_formats_agree(by_file[logs[0]], by_file[logs[1]])
    # And once more from the beginning, in one go.
    summary = run_once(write_config(work, {"authlog": logs}, file_sink(work / "again"), "again"))
    equal(summary["authlog"]["shipped"] - summary["authlog"]["derived"], lines, "documents of run --once")
    check(summary["authlog"]["derived"] >= 2, "no login had an end")
    print(json.dumps({"lines": lines, "deeds": len(deeds)}))


def test(work):
    missing = [tool for tool in (SSHD, RSYSLOGD, "ssh", "ssh-keygen", "sudo", "openssl", "unshare") if not shutil.which(tool)]
    if missing:
        skip("not installed: " + ", ".join(map(str, missing)))
    if os.geteuid() != 0:
        skip("needs root, for a mount namespace with accounts of its own")
    version = subprocess.run(["dpkg-query", "-W", "openssh-server", "rsyslog", "sudo"], capture_output=True, text=True).stdout
    print(version.replace("\t", " ").strip().replace("\n", ", "))
    done = subprocess.run(["unshare", "--mount", "--propagation", "private", sys.executable, __file__],
                          env={**os.environ, INSIDE: str(work)})
    equal(done.returncode, 0, "the test inside its namespace")


if INSIDE in os.environ:
    inside(Path(os.environ[INSIDE]))
else:
    main(test)
