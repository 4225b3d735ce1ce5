"""The Debian package in a fresh Debian 12 root: install an older version, ship, upgrade, go on, downgrade, remove, purge.

With AUDITSHIP_LONG=1 only: it builds two packages and a root (both are kept)."""
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess

import pytest

from debian import FRONTEND, OLD, fresh_root, install, needs, packages, sh, version
from harness import DATA, LONG, FakeServer, kill, opensearch_sink, wait_until
from newer_format import foreign_slots
from skips import Allowed

FIXTURE = DATA / "buffer" / "v1"
LINES = (DATA / "authlog" / "debian13-rfc3339.log").read_bytes().splitlines(keepends=True)


@pytest.fixture(scope="module")
def built():
    """The package under an older number, and as it is."""
    if not LONG:
        raise Allowed("builds packages and a Debian root: only with AUDITSHIP_LONG=1")
    needs("dpkg-buildpackage", "dh", "lintian", "debootstrap")
    return packages()


def test_lintian_has_nothing_to_say_of_the_package(built):
    _, file = built
    done = sh("lintian", "--allow-root", "--fail-on", "error,warning", "--info", file, expect=None)
    assert done.returncode == 0, f"lintian:\n{done.stdout}{done.stderr}"
    print("lintian:", done.stdout.strip() or "nothing to say", f"({file.name}, {file.stat().st_size / 1e6:.1f} MB)")


class Machine:
    def __init__(self, root):
        self.root = root

    def run(self, *command, expect=0, env=None):
        return sh("chroot", self.root, *command, expect=expect, env={**FRONTEND, **(env or {})})

    def unit(self, key):
        text = (self.root / "lib/systemd/system/auditship.service").read_text()
        values = re.findall(rf"^{key}=(.*)$", text, re.M)
        assert len(values) == 1, f"{key}= in the unit"
        return shlex.split(values[0])

    def environment(self):
        lines = (self.root / "etc/default/auditship").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    def condition(self):
        return self.run(*self.unit("ExecCondition"), expect=None, env=self.environment()).returncode

    def service(self):
        """The unit's ExecStart as the unit's user with the unit's capability."""
        user, caps = self.unit("User")[0], self.unit("CapabilityBoundingSet")[0].lower().replace("cap_", "+")
        return ["chroot", self.root, "setpriv", "--reuid", user, "--regid", user, "--init-groups", "--no-new-privs",
                f"--inh-caps=-all,{caps}", f"--ambient-caps=-all,{caps}", f"--bounding-set=-all,{caps}", *self.unit("ExecStart")]

    def start(self):
        """Returns when the service says READY."""
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = f"auditship-deb-{os.getpid()}"
        manager.bind("\0" + name)
        manager.settimeout(60)
        agent = subprocess.Popen(self.service(), env={**FRONTEND, **self.environment(), "NOTIFY_SOCKET": "@" + name},
                                 stderr=subprocess.DEVNULL)
        try:
            assert b"READY=1" in manager.recv(65536), "the first message is not READY"
        except BaseException:
            kill(agent)
            raise
        finally:
            manager.close()
        return agent

    def buffered(self):
        said = self.run("auditship", "buffer", "ls", "--data-dir", "/var/lib/auditship", expect=None).stdout
        return sum(int(n) for n in re.findall(r"frame \d+ +(\d+) documents .*(?<!settled)$", said, re.M))


def stop(agent):
    agent.send_signal(signal.SIGTERM)
    assert agent.wait(10) == 0, "exit code after SIGTERM"


def configure(machine, url):
    """An operator's edits, and the name under which the fixture's ids were made."""
    etc = machine.root / "etc/auditship/auditship.yaml"
    assert machine.condition() == 1, "is-configured on a fresh machine"
    (machine.root / "etc/default/auditship").write_text("CLUSTER_NAME=fixture\n")
    assert machine.condition() == 0, "is-configured with CLUSTER_NAME"
    etc.write_text("# my own words\n" + json.dumps({
        "cluster": {"name": "${CLUSTER_NAME}"}, "sink": opensearch_sink(url), "backfill": "all",
        "streams": {"kubeaudit": {"enabled": False},
                    "authlog": {"paths": ["/var/log/auditship-fixture/auth.log"], "filters": "none"}}}))
    state, logs = machine.root / "var/lib/auditship", machine.root / "var/log/auditship-fixture"
    assert oct(state.stat().st_mode & 0o777) == "0o700", "mode of the state directory"
    shutil.copy(FIXTURE / "data" / "identity", state)
    machine.run("chown", "-R", "auditship:auditship", "/var/lib/auditship")
    logs.mkdir(mode=0o700)  # as a kube-apiserver's: root alone
    (logs / "auth.log").write_bytes(b"".join(LINES[:40]))
    (logs / "auth.log").chmod(0o600)
    groups = machine.run("id", "-nG", "auditship").stdout.split()
    assert "adm" in groups, f"groups of the user: {groups}"


def reference_ids(machine):
    """What the same lines become without any state, buffer or upgrade."""
    said = machine.run("auditship", "parse", "--stream", "authlog", "--config", "/etc/auditship/auditship.yaml",
                       "/var/log/auditship-fixture/auth.log", env={**machine.environment(), "NODE_NAME": "fixture-node"})
    assert len(said.stdout.splitlines()) == len(LINES), "documents by parse"
    return sorted(json.loads(line)["_id"] for line in said.stdout.splitlines())


def ship_across_the_upgrade(machine, server, new):
    log = machine.root / "var/log/auditship-fixture/auth.log"

    def created():
        return server.totals()["created"]

    def append(lines):
        with open(log, "ab") as file:
            file.write(b"".join(lines))
    agent = machine.start()
    try:
        wait_until(lambda: created() >= 40, "the first lines by the old version")
        append(LINES[40:200])
        wait_until(lambda: created() >= 200, "more lines by the old version")
        server.process.send_signal(signal.SIGSTOP)  # an outage, so that the upgrade finds a full buffer
        append(LINES[200:300])
        wait_until(lambda: machine.buffered() >= 100, "documents in the buffer")
        append(LINES[300:350])
        stop(agent)
    finally:
        kill(agent)
    install(machine, new)
    append(LINES[350:])
    server.process.send_signal(signal.SIGCONT)
    wanted = reference_ids(machine)
    agent = machine.start()

    def arrived():
        return [i.split()[-1].split("/")[-1] for i in server.ids()]
    try:
        wait_until(lambda: set(wanted) <= set(arrived()), "all lines")
        stop(agent)
    finally:
        kill(agent)
    got = arrived()
    print(f"upgrade: {len(wanted)} lines, lost {len(set(wanted) - set(got))}, doubled {len(got) - len(set(got))}")
    assert len(set(got)) == len(got), "ids that arrived, each once"
    assert set(wanted) <= set(got), "lines did not arrive"
    sessions = len(got) - len(wanted)  # derived: docs/sessions.md
    assert 20 < sessions < 50, f"{sessions} documents of sessions"


def downgrade_is_refused(machine, old):
    """A buffer that a newer release wrote, under an older package: clear words, and not a byte of it changes."""
    state = machine.root / "var/lib/auditship"
    foreign_slots(state / "authlog/buffer", 2)

    def content():
        return {p: p.read_bytes() for p in sorted(state.rglob("*")) if p.is_file()}
    before = content()
    install(machine, old)
    assert machine.run("auditship", "version").stdout == f"auditship {OLD}\n", "version after the downgrade"
    done = subprocess.run(machine.service(), env={**FRONTEND, **machine.environment()}, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "format 2; this auditship knows format 1" in done.stderr, (
        f"downgrade: {done.returncode} {done.stderr}")
    assert content() == before, "the older package touched the buffer"
    print("downgrade:", done.stderr.strip().splitlines()[-1][:200])


def leaves_what_policy_says(machine):
    root = machine.root
    machine.run("dpkg", "-r", "auditship")
    assert not (root / "usr/bin/auditship").exists(), "removed, and still there"
    assert (root / "etc/auditship/auditship.yaml").read_text().startswith("# my own words"), "removing took the configuration"
    assert list((root / "var/lib/auditship").rglob("seg-*.log")), "removing took the buffer"
    machine.run("dpkg", "-P", "auditship")
    left = [p for p in ("etc/auditship", "etc/default/auditship", "var/lib/auditship", "usr/share/auditship") if (root / p).exists()]
    assert left == [], "left after purge"
    machine.run("getent", "passwd", "auditship")


def test_what_is_read_survives_an_upgrade_a_downgrade_is_refused_and_a_purge_leaves_nothing(work, built):
    old, new = built
    machine = Machine(fresh_root(work / "root", new))
    install(machine, old)
    assert machine.run("auditship", "version").stdout == f"auditship {OLD}\n", "version"
    with FakeServer() as server:
        configure(machine, server.url)
        ship_across_the_upgrade(machine, server, new)
    assert machine.run("auditship", "version").stdout == f"auditship {version()}\n", "version after the upgrade"
    assert (machine.root / "etc/auditship/auditship.yaml").read_text().startswith("# my own words"), "the edit was overwritten"
    downgrade_is_refused(machine, old)
    leaves_what_policy_says(machine)
