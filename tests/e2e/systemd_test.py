"""The unit and what it relies on: sd_notify's protocol, the exposure figure, the one capability."""
import json
import os
import shutil
import signal
import socket
import subprocess
import time

from harness import (AGENT, DATA, ROOT, check, documents, equal, file_sink, is_derived, kill, main, read_summary, skip,
                     wait_until, write_config)

UNIT = ROOT / "packaging" / "systemd" / "auditship.service"
WATCHDOG_S = 1
MOST_EXPOSURE = 1.5
NOBODY = 65534


class Manager:
    """The service manager's end of $NOTIFY_SOCKET."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address[0] == "@" else address)
        self.address, self.got = address, []

    def start(self, config, **more):
        variables = {**os.environ, "NOTIFY_SOCKET": self.address, "WATCHDOG_USEC": str(WATCHDOG_S * 1_000_000), **more}
        return subprocess.Popen([AGENT, "run", "--config", config], env=variables, stderr=subprocess.PIPE)

    def message(self, seconds):
        """The next message as a mapping, or None."""
        self.socket.settimeout(seconds)
        try:
            text = self.socket.recv(65536).decode()
        except TimeoutError:
            return None
        self.got.append(dict(line.split("=", 1) for line in text.splitlines()))
        return self.got[-1]

    def until(self, what, seconds=20):
        """Reads until a message has this key; returns that message."""
        end = time.monotonic() + seconds
        while True:
            message = self.message(max(0.001, end - time.monotonic()))
            check(message is not None, f"no {what} within {seconds} s; got {self.got}")
            if what in message:
                return message


def configured(work, name):
    log = work / f"{name}.log"
    shutil.copy(DATA / "authlog" / "debian13-rfc3339.log", log)
    return log, write_config(work, {"authlog": [log]}, file_sink(work / f"{name}-out"), name)


def life_of_a_service(work, name, address):
    log, config = configured(work, name)
    manager = Manager(address)
    agent = manager.start(config)
    try:
        ready = manager.until("READY")
        equal(ready["READY"], "1", "READY")
        check("authlog" in ready["STATUS"], f"STATUS says nothing of the stream: {ready}")
        equal(len(manager.got), 1, f"messages up to READY, {manager.got}")
        last = time.monotonic()
        for _ in range(3):
            equal(manager.until("WATCHDOG", WATCHDOG_S)["WATCHDOG"], "1", "WATCHDOG")
            check(time.monotonic() - last < WATCHDOG_S, "a watchdog ping came late")
            last = time.monotonic()
        wait_until(lambda: documents(work / f"{name}-out", "authlog", growing=True), "documents")
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        agent.send_signal(signal.SIGHUP)
        reloading = manager.until("RELOADING")
        check(before <= int(reloading["MONOTONIC_USEC"]) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000,
              f"MONOTONIC_USEC: {reloading}")
        again = manager.until("READY")
        check(" 0 waiting" in again["STATUS"] and "authlog: 0 " not in again["STATUS"], f"STATUS after shipping: {again}")
        if address[0] != "@":  # once is enough: it takes up to 10 s
            with open(log, "a", encoding="utf-8") as more:
                more.write("2026-11-23T12:00:00.000001+00:00 host sshd[1]: Server listening on 0.0.0.0 port 22.\n")
            news = manager.until("STATUS", 30)  # by itself, as the numbers have changed
            check("READY" not in news and news["STATUS"] != again["STATUS"], f"STATUS after one more line: {news}")
        agent.send_signal(signal.SIGTERM)
        equal(manager.until("STOPPING")["STOPPING"], "1", "STOPPING")
        equal(agent.wait(10), 0, "exit code")
    finally:
        kill(agent)


def stuck_is_seen(work):
    """A process that stands still sends no pings, so that the manager would kill it. And a ping that another process
    was asked for (WATCHDOG_PID) is not ours to send."""
    _, config = configured(work, "stuck")
    manager = Manager(str(work / "stuck.sock"))
    agent = manager.start(config)
    try:
        manager.until("WATCHDOG")
        agent.send_signal(signal.SIGSTOP)
        while manager.message(0.001):
            pass
        check(manager.message(WATCHDOG_S) is None, "a stopped process sent something")
        agent.send_signal(signal.SIGCONT)
        manager.until("WATCHDOG")
    finally:
        kill(agent)
    manager = Manager(str(work / "other.sock"))
    agent = manager.start(config, WATCHDOG_PID="1")
    try:
        manager.until("READY")
        while message := manager.message(WATCHDOG_S):
            check("WATCHDOG" not in message, "pinged for another process")
    finally:
        kill(agent)


def nobody_listens(work):
    """An address that is wrong is told, and the agent works all the same."""
    for number, address in enumerate((str(work / "nobody"), "vsock:2:1", "@" + "x" * 200)):
        _, config = configured(work, f"nobody{number}")
        done = subprocess.run([AGENT, "run", "--once", "--config", config], env={**os.environ, "NOTIFY_SOCKET": address},
                              capture_output=True, text=True, timeout=60)
        equal(done.returncode, 0, f"exit code with {address}: {done.stderr}")
        check("service manager" in done.stderr, f"nothing is said about {address}: {done.stderr}")


def exposure():
    if not shutil.which("systemd-analyze"):
        skip("systemd-analyze is not installed (package systemd)")
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSURE * 10:.0f}",
                           "--no-pager", UNIT], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "LC_ALL": "C", "SYSTEMD_COLORS": "0"})
    overall = [line for line in done.stdout.splitlines() if "Overall exposure level" in line]
    equal(len(overall), 1, f"lines with the exposure in {done.stdout}{done.stderr}")
    figure = float(overall[0].split(":")[1].split()[0])
    print("systemd-analyze:", overall[0].strip())
    check(figure <= MOST_EXPOSURE and done.returncode == 0, f"exposure {figure}, at most {MOST_EXPOSURE}:\n{done.stdout}")


def as_the_unit(*command, capability=True):
    """Without root, with the unit's one capability: what User=, AmbientCapabilities= and the bounding set make."""
    caps = "+dac_read_search" if capability else ""
    sets = [f"--{which}=-all{',' + caps if caps else ''}" for which in ("inh-caps", "ambient-caps", "bounding-set")]
    return subprocess.run(["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "--no-new-privs",
                           *sets, *command], capture_output=True, text=True, timeout=60)


def one_capability(work):
    """0600 root files in a 0700 directory are read with CAP_DAC_READ_SEARCH and not without it."""
    if os.geteuid() != 0:
        skip("only root can make root's files")
    text = UNIT.read_text()
    for line in ("CapabilityBoundingSet=CAP_DAC_READ_SEARCH", "AmbientCapabilities=CAP_DAC_READ_SEARCH", "NoNewPrivileges=yes"):
        check(line in text.splitlines(), f"the unit does not say {line}")
    os.chmod(work, 0o755)
    shutil.copy(AGENT, work / "auditship")  # where the other user may go
    for number, capability in enumerate((True, False)):
        secret = work / f"audit{number}"
        secret.mkdir(mode=0o700)
        log = secret / "auth.log"
        shutil.copy(DATA / "authlog" / "debian13-rfc3339.log", log)
        log.chmod(0o600)
        state = work / f"state{number}"
        state.mkdir(mode=0o700)
        os.chown(state, NOBODY, NOBODY)
        settings = json.loads(write_config(work, {"authlog": [log]}, file_sink(state / "out"), f"unit{number}").read_text())
        settings["data_dir"] = str(state / "data")
        config = work / f"as-unit{number}.yaml"
        config.write_text(json.dumps(settings))
        done = as_the_unit(work / "auditship", "run", "--once", "--config", config, capability=capability)
        if capability:
            equal(done.returncode, 0, f"exit code: {done.stdout}{done.stderr}")
            equal(sum(not is_derived(d) for _, d in documents(state / "out", "authlog")),
                  read_summary(done.stdout)["authlog"]["lines"], "documents")
            check(read_summary(done.stdout)["authlog"]["lines"] > 50, "hardly any lines")
        else:
            check(not documents(state / "out", "authlog"), "the file was read without the capability: nothing is proven")


def hidden_is_told(work):
    """A log where the unit shows nothing, as in a home under ProtectHome=."""
    hidden = work / "hidden"
    hidden.mkdir()
    hidden.chmod(0)
    config = write_config(work, {"authlog": [hidden / "auth.log"]}, file_sink(work / "hidden-out"), "hidden-state")
    done = subprocess.run([AGENT, "run", "--once", "--config", config], capture_output=True, text=True, timeout=60)
    check("input-hidden" in done.stderr, f"a hidden log is not told: {done.stderr}")


def errors_have_priority(work):
    """What is wrong with the configuration is an error of the journal, too, on each of its lines."""
    config = work / "broken.yaml"
    config.write_text("cluster: {name: c}\nnonsense: 1\nmore: 2\n")
    done = subprocess.run([AGENT, "run", "--config", config], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "JOURNAL_STREAM": "1:1"})
    lines = done.stderr.splitlines()
    check(len(lines) >= 2 and all(line.startswith("<3>") for line in lines), f"priorities: {done.stderr}")


def root_leaves_nothing_behind(work):
    """What root made in the service's directory is the service's."""
    state = work / "owned"
    state.mkdir()
    os.chown(state, NOBODY, NOBODY)
    _, config = configured(work, "owned-by-root")
    settings = json.loads(config.read_text())
    settings["data_dir"] = str(state)
    settings["sink"] = file_sink(state / "documents")
    config.write_text(json.dumps(settings))
    done = subprocess.run([AGENT, "run", "--once", "--config", config], capture_output=True, text=True, timeout=60)
    equal(done.returncode, 0, f"exit code: {done.stderr}")
    owners = {(p.stat().st_uid, p.stat().st_gid) for p in state.rglob("*")}
    equal(owners, {(NOBODY, NOBODY)}, "owners of what run --once as root left")


def test(work):
    hidden_is_told(work)
    errors_have_priority(work)
    root_leaves_nothing_behind(work)
    exposure()
    one_capability(work)
    life_of_a_service(work, "path", str(work / "notify.sock"))
    life_of_a_service(work, "abstract", f"@auditship-e2e-{os.getpid()}")
    stuck_is_seen(work)
    nobody_listens(work)


main(test)
