"""A whole node: Debian 12, booted, with its own systemd, journal, sshd, sudo, rsyslog and logrotate; the package in it ships to a
secured OpenSearch while it is killed, hung, reloaded, upgraded, rebooted and switched off. With AUDITSHIP_LONG=1 only."""
import gzip
import json
import os
import random
import shutil
import subprocess
import threading
import time

from booted import Booted
from debian import fresh_root, install, needs, packages, policy, sh, version
from harness import AGENT, LONG, ROOT, difference, free_port, generate, is_derived, opensearch_sink, wait_until, write_config
from opensearch_node import every_hit
from secured import Secured, add_user, password_of
from skips import Allowed

MORE = ("systemd-sysv", "dbus", "libnss-systemd", "openssh-server", "rsyslog", "logrotate", "sudo")
AUDIT = "var/log/kubernetes/audit"
SEED = 8
OWN_FILES = ("opensearch-password", "setup.password", "ca.pem")  # the operator's, beside auditship.yaml


class Apiserver(threading.Thread):
    """Writes the audit log as a kube-apiserver does: 0600, whole lines, and renamed by time now and then."""

    def __init__(self, directory, lines):
        super().__init__(daemon=True)
        self.directory, self.lines, self.done, self.wanted = directory, lines, 0, threading.Event()
        self.directory.mkdir(parents=True, mode=0o700)
        self.directory.chmod(0o700)

    def run(self):
        log, chance, rotations = self.directory / "audit.log", random.Random(SEED), 0
        while not self.wanted.is_set() and self.done < len(self.lines):
            with open(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab", buffering=0) as file:
                for _ in range(chance.randrange(100, 600)):
                    text = b"".join(self.lines[self.done:self.done + 3])
                    file.write(text)
                    self.done += text.count(b"\n")
                    if self.wanted.wait(0.02):
                        break
            rotations += 1
            log.rename(self.directory / f"audit-2026-11-23T10-{rotations // 60:02}-{rotations % 60:02}.000.log")

    def stop(self):
        self.wanted.set()
        self.join()


class Admin:
    """A person with a key, who logs in and becomes root for a moment."""

    def __init__(self, machine, work, port):
        self.machine, self.work, self.port, self.deeds = machine, work, port, 0
        sh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "Ada of the day shift", "-f", work / "ada")
        self.fingerprint = sh("ssh-keygen", "-lf", work / "ada.pub").stdout.split()[1]

    def account(self):
        root = self.machine.root
        self.machine.run("useradd", "--create-home", "--shell", "/bin/sh", "ada")
        ssh = root / "home/ada/.ssh"
        ssh.mkdir()
        shutil.copy(self.work / "ada.pub", ssh / "authorized_keys")
        self.machine.run("chown", "-R", "ada:ada", "/home/ada/.ssh")
        self.machine.run("chmod", "-R", "go=", "/home/ada/.ssh")
        (root / "etc/sudoers.d/ada").write_text("ada ALL=(ALL) NOPASSWD: ALL\n")

    def act(self, command="sudo -n /usr/bin/id -u"):
        done = subprocess.run(["ssh", "-F", "/dev/null", "-p", str(self.port), "-i", self.work / "ada", "-o", "StrictHostKeyChecking=no", "-o",
                               f"UserKnownHostsFile={self.work}/known_hosts", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR",
                               "ada@127.0.0.1", command], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        assert (done.returncode, done.stdout.strip()) == (0, "0"), f"what ada did: {done.stderr}"
        self.deeds += 1


def prepare(root, port):
    """What the operator of this node had set up before."""
    policy(root, 0)  # here the package may start what it likes
    (root / "etc/ssh/sshd_config.d/port.conf").write_text(f"Port {port}\nListenAddress 127.0.0.1\n")
    (root / "etc/hostname").write_text("booted\n")
    for timer in ("apt-daily", "apt-daily-upgrade", "logrotate", "e2scrub_all", "fstrim", "dpkg-db-backup"):
        (root / f"etc/systemd/system/{timer}.timer").symlink_to("/dev/null")


def by_hand(machine, *command, **options):
    """As docs/packages.md says: with the variables that the service has."""
    return machine.run("sh", "-c", 'set -a; . /etc/default/auditship; CREDENTIALS_DIRECTORY=/etc/auditship; set +a; exec "$@"', "sh",
                       *command, **options)


def not_configured(machine):
    """Installed, and no more: it neither runs nor fails."""
    state = machine.show("ActiveState", "Result", "UnitFileState")
    assert state == {"ActiveState": "inactive", "Result": "exec-condition", "UnitFileState": "enabled"}, "an unconfigured service"
    said = machine.run("journalctl", "--unit", "auditship", "--no-pager").stdout
    assert "CLUSTER_NAME in /etc/default/auditship" in said, f"nobody says what to do: {said}"


def roles_and_users(work, node):
    config = write_config(work, {"kubeaudit": [work / "audit.log"], "authlog": [work / "auth.log"]}, node.sink(work, "agentship"))
    (work / "admin.password").write_text(password_of("admin") + "\n")
    (work / "setup.password").write_text(password_of("agentsetup") + "\n")
    sh(AGENT, "setup", "--config", config, "--conf-dir", ROOT / "conf" / "opensearch", "--only", "roles", "--username", "admin",
       "--password-file", work / "admin.password")
    add_user(node, "agentship", "auditship-shipper")
    add_user(node, "agentsetup", "auditship-setup")


def configure(machine, work, node):
    """As docs/packages.md tells: a name, a credential that the manager hands over, and what may be seen."""
    root, etc = machine.root, machine.root / "etc/auditship"
    (root / "etc/default/auditship").write_text("CLUSTER_NAME=booted\n")
    (etc / "opensearch-password").write_text(password_of("agentship") + "\n")
    (etc / "opensearch-password").chmod(0o600)
    (etc / "setup.password").write_text(password_of("agentsetup") + "\n")
    shutil.copy(node.ca, etc / "ca.pem")
    sink = opensearch_sink(node.url, username="agentship", password_file="${CREDENTIALS_DIRECTORY}/opensearch-password",
                           tls={"ca_file": "ca.pem"})
    settings = {"version": 1, "cluster": {"name": "${CLUSTER_NAME}"}, "backfill": "all", "sink": sink,
                "ssh_key_owners": [{"authorized_keys": "%h/.ssh/authorized_keys"}],
                "streams": {"kubeaudit": {"filters": "none"}, "authlog": {"filters": "none"}}}
    (etc / "auditship.yaml").write_text("# my own words\n" + json.dumps(settings, indent=1))
    drop_in(machine, "credential", "LoadCredential=opensearch-password:/etc/auditship/opensearch-password\nWatchdogSec=5\n")
    by_hand(machine, "auditship", "setup", "--username", "agentsetup", "--password-file", "/etc/auditship/setup.password")
    assert "auditship.yaml: valid" in by_hand(machine, "auditship", "check").stdout, "check of a good configuration"
    for command in ("keys", "status"):
        by_hand(machine, "auditship", command)
    machine.run("systemctl", "start", "auditship")


def drop_in(machine, name, text):
    directory = machine.root / "etc/systemd/system/auditship.service.d"
    directory.mkdir(exist_ok=True)
    (directory / f"{name}.conf").write_text(f"[Service]\n{text}")
    machine.run("systemctl", "daemon-reload")


def few_rights(machine):
    """What the unit says, asked of the running process."""
    pid = machine.pid()
    status = dict(line.split(":\t", 1) for line in machine.run("cat", f"/proc/{pid}/status").stdout.splitlines() if ":\t" in line)
    reads_all = f"{1 << 2:016x}"  # CAP_DAC_READ_SEARCH
    assert [status[f"Cap{which}"] for which in ("Inh", "Prm", "Eff", "Bnd", "Amb")] == [reads_all] * 5, "capabilities"
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2"), "no_new_privs, seccomp"
    assert status["Uid"].split() != ["0"] * 4, "it runs as root"
    inside = ["nsenter", "--target", str(pid), "--mount"]
    assert machine.run(*inside, "cat", "/etc/shadow", "/etc/ssh/ssh_host_ed25519_key").stdout == "", "secrets that it sees"
    assert machine.run("cat", "/etc/shadow", "/etc/ssh/ssh_host_ed25519_key").stdout, "there are no such secrets: nothing is proven"
    assert machine.run(*inside, "touch", "/etc/auditship/new", expect=None).returncode != 0, "/etc can be written"
    assert "Read-only" in machine.run(*inside, "touch", "/var/log/new", expect=None).stderr, "/var/log can be written"


def hidden_homes(machine, admin):
    """The unit hides homes: that keys in them are not known is said, and the drop-in of the documentation helps."""
    said = machine.run("journalctl", "--unit", "auditship", "--no-pager").stdout
    assert "/home: hidden from this process" in said, f"nobody says that homes are hidden: {said}"
    admin.act()
    drop_in(machine, "homes", "ProtectHome=read-only\n")
    machine.run("systemctl", "restart", "auditship")
    admin.act()


def restarted_after(machine, signal, seconds):
    """The manager starts it again, once."""
    before = int(machine.show("NRestarts")["NRestarts"])
    machine.run("kill", signal, machine.pid())
    wait_until(lambda: machine.show("NRestarts", "ActiveState") == {"NRestarts": str(before + 1), "ActiveState": "active"},
               f"the restart after kill {signal}", seconds)


def killed(machine):
    restarted_after(machine, "-KILL", 30)


def hung(machine):
    restarted_after(machine, "-STOP", 60)  # by the watchdog


def reloaded(machine):
    pid = machine.pid()
    machine.run("systemctl", "reload", "auditship")
    assert (machine.pid(), machine.show("ActiveState")["ActiveState"]) == (pid, "active"), "the service after a reload"


def rotated(machine):
    """Debian's own logrotate, with its postrotate."""
    machine.run("logrotate", "--force", "/etc/logrotate.d/rsyslog")


def upgraded(machine, new):
    pid = machine.pid()
    install(machine, new)
    assert machine.run("auditship", "version").stdout == f"auditship {version()}\n", "version"
    assert machine.pid() not in (0, pid), "the upgrade left the old program running"
    assert (machine.root / "etc/auditship/auditship.yaml").read_text().startswith("# my own words"), "the edit was overwritten"


def stopped(machine):
    started = time.monotonic()
    machine.run("systemctl", "stop", "auditship")
    took = time.monotonic() - started
    print(f"systemctl stop: {took:.1f} s")
    assert took < 30, "the manager had to kill it"
    assert machine.show("Result", "ActiveState") == {"Result": "success", "ActiveState": "inactive"}, "after stop"


def runs(machine):
    wait_until(lambda: machine.show("ActiveState")["ActiveState"] == "active", "the service after booting", 30)


def outage(node, machine, admin):
    """The target is away while the machine is switched off: what was read is on disk."""
    assert subprocess.run(["pkill", "-STOP", "-f", str(node.data)]).returncode == 0, "the node stands still"
    try:
        admin.act()
        time.sleep(3)
        machine.power_off()
        machine.boot()
        runs(machine)
        admin.act()
    finally:
        subprocess.run(["pkill", "-CONT", "-f", str(node.data)], check=True)


def generations(machine, pattern):
    return sorted(machine.root.glob(pattern))


def lines_of(machine, pattern):
    """All generations of a log."""
    texts = [gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes() for path in generations(machine, pattern)]
    return b"".join(texts).splitlines()


def wanted_ids(machine, stream, pattern):
    """What the lines become without any state, kill or upgrade."""
    paths = ["/" + str(path.relative_to(machine.root)) for path in generations(machine, pattern)]
    said = by_hand(machine, "auditship", "parse", "--stream", stream, "--config", "/etc/auditship/auditship.yaml", *paths)
    return sorted(json.loads(line)["_id"] for line in said.stdout.splitlines())


def everything_is_there_once(machine, node, stream, pattern, lines):
    """Returns the documents, also those that the agent made of many lines."""
    wanted = wanted_ids(machine, stream, pattern)
    assert len(wanted) == lines, f"{stream}: documents of all lines"

    def arrived():
        found = [{**hit["_source"], "_id": hit["_id"]} for hit in every_hit(node.admin, stream, source=True)]
        return found if sum(not is_derived(d) for d in found) >= lines else None
    documents = wait_until(arrived, f"{lines} documents of {stream}", 60)
    got = sorted(d["_id"] for d in documents if not is_derived(d))
    print(f"{stream}: {lines} lines, lost {len(set(wanted) - set(got))}, doubled {len(got) - len(set(got))}")
    assert not difference(got, wanted), f"{stream}: the ids in the indices are not those of the lines"
    return documents


def who_did_what(documents, admin):
    """Each login and each command names the person's key; the first login, when homes were hidden, knows no owner."""
    logins = [d for d in documents if d.get("event.action") == "ssh-login"]
    assert len(logins) == admin.deeds, "logins"
    assert {d["ssh.key.fingerprint"] for d in logins} == {admin.fingerprint}, "keys"
    owners = [d.get("ssh.key.owner") for d in sorted(logins, key=lambda d: d["@timestamp"])]
    assert owners == [None] + ["Ada of the day shift"] * (admin.deeds - 1), "owners"
    commands = [d for d in documents if d.get("event.action") == "sudo-command"]
    assert [(d["user.name"], d["process.command_line"]) for d in commands] == [("ada", "/usr/bin/id -u")] * admin.deeds, "commands as root"


def journal_has_priorities(machine):
    entries = [json.loads(line) for line in machine.run("journalctl", "--unit", "auditship", "--output", "json", "--no-pager").stdout.splitlines()]
    own = {(e["PRIORITY"], e["MESSAGE"].split()[0]) for e in entries if e.get("_COMM") == "auditship"}
    assert ("6", "info") in own and ("4", "warn") in own, f"priorities in the journal: {own}"
    assert [pair for pair in own if pair not in {("6", "info"), ("4", "warn"), ("3", "error")}] == [], "priorities that are not the level's"


def status_is_good(machine):
    assert machine.run("auditship", "status").stdout.count("  holds\n") == 2, "ledgers that hold"
    assert "shipped" in machine.show("StatusText")["StatusText"], "STATUS says nothing"


def purged(machine):
    machine.run("dpkg", "--purge", "auditship")
    assert machine.run("systemctl", "list-units", "--all", "--plain", "--no-legend", "auditship.service").stdout == "", "a unit after purge"
    left = sorted(p.name for p in (machine.root / "etc/auditship").iterdir())
    assert left == sorted(OWN_FILES), "left in /etc/auditship: what the operator put there"
    assert not (machine.root / "var/lib/auditship").exists(), "the state is left after purge"


def test_a_node_that_is_killed_hung_upgraded_and_switched_off_ships_everything_once(work):
    if not LONG:
        raise Allowed("builds packages and boots a Debian: only with AUDITSHIP_LONG=1")
    needs("dpkg-buildpackage", "dh", "debootstrap", "systemd-nspawn")
    old, new = packages()
    root, port = fresh_root(work / "root", new, MORE), free_port()
    prepare(root, port)
    generate("audit", 20_000_000, work / "audit.log")
    lines = (work / "audit.log").read_bytes().splitlines(keepends=True)
    with Booted(root, work / "console.log") as machine, Secured(work, "2.19.4") as node:
        admin = Admin(machine, work, port)
        admin.account()
        install(machine, old)
        not_configured(machine)
        roles_and_users(work, node)
        configure(machine, work, node)
        few_rights(machine)
        apiserver = Apiserver(root / AUDIT, lines)
        apiserver.start()
        hidden_homes(machine, admin)
        for what in (killed, rotated, hung, reloaded, rotated, lambda m: upgraded(m, new), killed, Booted.reboot, runs, rotated,
                     lambda m: outage(node, m, admin), stopped, rotated):
            what(machine)
            admin.act()
        machine.run("systemctl", "start", "auditship")
        admin.act()
        apiserver.stop()
        assert apiserver.done < len(lines), "the audit log had ended before the test did"
        documents = everything_is_there_once(machine, node, "kubeaudit", AUDIT + "/audit*.log", apiserver.done)
        auth = "var/log/auth.log*"
        machine.run("systemctl", "stop", "ssh", "syslog.socket", "rsyslog")  # the last line
        who_did_what(everything_is_there_once(machine, node, "authlog", auth, len(lines_of(machine, auth))), admin)
        assert all(d["cluster.name"] == "booted" and d["node.name"] == "booted" for d in documents), "cluster and node"
        journal_has_priorities(machine)
        status_is_good(machine)
        purged(machine)
