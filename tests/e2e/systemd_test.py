"""The unit and what it relies on: sd_notify's protocol, the exposure figure, the one capability."""
import json
import os
import shutil
import signal
import socket
import subprocess
import time

import pytest

from harness import AGENT, DATA, ROOT, documents, file_sink, is_derived, kill, read_summary, wait_until, write_config

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
            assert message is not None, f"no {what} within {seconds} s; got {self.got}"
            if what in message:
                return message


def configured(work, name):
    log = work / f"{name}.log"
    shutil.copy(DATA / "authlog" / "debian13-rfc3339.log", log)
    return log, write_config(work, {"authlog": [log]}, file_sink(work / f"{name}-out"), name)


@pytest.mark.parametrize("name", ["path", "abstract"])
def test_the_manager_is_told_of_the_life_of_the_service(work, name):
    log, config = configured(work, name)
    address = str(work / "notify.sock") if name == "path" else f"@auditship-e2e-{os.getpid()}"
    manager = Manager(address)
    agent = manager.start(config)
    try:
        ready = manager.until("READY")
        assert ready["READY"] == "1", "READY"
        assert "authlog" in ready["STATUS"], f"STATUS says nothing of the stream: {ready}"
        assert len(manager.got) == 1, f"messages up to READY, {manager.got}"
        last = time.monotonic()
        for _ in range(3):
            assert manager.until("WATCHDOG", WATCHDOG_S)["WATCHDOG"] == "1", "WATCHDOG"
            assert time.monotonic() - last < WATCHDOG_S, "a watchdog ping came late"
            last = time.monotonic()
        wait_until(lambda: documents(work / f"{name}-out", "authlog", growing=True), "documents")
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        agent.send_signal(signal.SIGHUP)
        reloading = manager.until("RELOADING")
        assert before <= int(reloading["MONOTONIC_USEC"]) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000, (
            f"MONOTONIC_USEC: {reloading}")
        again = manager.until("READY")
        assert " 0 waiting" in again["STATUS"] and "authlog: 0 " not in again["STATUS"], f"STATUS after shipping: {again}"
        if name == "path":  # once is enough: it takes up to 10 s
            with open(log, "a", encoding="utf-8") as more:
                more.write("2026-11-23T12:00:00.000001+00:00 host sshd[1]: Server listening on 0.0.0.0 port 22.\n")
            news = manager.until("STATUS", 30)  # by itself, as the numbers have changed
            assert "READY" not in news and news["STATUS"] != again["STATUS"], f"STATUS after one more line: {news}"
        agent.send_signal(signal.SIGTERM)
        assert manager.until("STOPPING")["STOPPING"] == "1", "STOPPING"
        assert agent.wait(10) == 0, "exit code"
    finally:
        kill(agent)


def test_a_process_that_stands_still_sends_no_pings(work):
    """So that the manager would kill it."""
    _, config = configured(work, "stuck")
    manager = Manager(str(work / "stuck.sock"))
    agent = manager.start(config)
    try:
        manager.until("WATCHDOG")
        agent.send_signal(signal.SIGSTOP)
        while manager.message(0.001):
            pass
        assert manager.message(WATCHDOG_S) is None, "a stopped process sent something"
        agent.send_signal(signal.SIGCONT)
        manager.until("WATCHDOG")
    finally:
        kill(agent)


def test_a_ping_that_another_process_was_asked_for_is_not_sent(work):
    """WATCHDOG_PID."""
    _, config = configured(work, "other")
    manager = Manager(str(work / "other.sock"))
    agent = manager.start(config, WATCHDOG_PID="1")
    try:
        manager.until("READY")
        while message := manager.message(WATCHDOG_S):
            assert "WATCHDOG" not in message, "pinged for another process"
    finally:
        kill(agent)


@pytest.mark.parametrize("address", ["{work}/nobody", "vsock:2:1", "@" + "x" * 200], ids=["nobody", "vsock", "too long"])
def test_a_wrong_address_of_the_manager_is_told_and_the_agent_works_all_the_same(work, address):
    _, config = configured(work, "nobody")
    done = subprocess.run([AGENT, "run", "--once", "--config", config], env={**os.environ, "NOTIFY_SOCKET": address.format(work=work)},
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"exit code: {done.stderr}"
    assert "service manager" in done.stderr, f"nothing is said about {address}: {done.stderr}"


def test_the_unit_exposes_little():
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed (package systemd)")
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSURE * 10:.0f}",
                           "--no-pager", UNIT], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "LC_ALL": "C", "SYSTEMD_COLORS": "0"})
    overall = [line for line in done.stdout.splitlines() if "Overall exposure level" in line]
    assert len(overall) == 1, f"lines with the exposure in {done.stdout}{done.stderr}"
    figure = float(overall[0].split(":")[1].split()[0])
    print("systemd-analyze:", overall[0].strip())
    assert figure <= MOST_EXPOSURE and done.returncode == 0, f"exposure {figure}, at most {MOST_EXPOSURE}:\n{done.stdout}"


def as_the_unit(*command, capability=True):
    """Without root, with the unit's one capability: what User=, AmbientCapabilities= and the bounding set make."""
    caps = "+dac_read_search" if capability else ""
    sets = [f"--{which}=-all{',' + caps if caps else ''}" for which in ("inh-caps", "ambient-caps", "bounding-set")]
    return subprocess.run(["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "--no-new-privs",
                           *sets, *command], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("line", ["CapabilityBoundingSet=CAP_DAC_READ_SEARCH", "AmbientCapabilities=CAP_DAC_READ_SEARCH",
                                  "NoNewPrivileges=yes"])
def test_the_unit_gives_one_capability(line):
    assert line in UNIT.read_text().splitlines(), f"the unit does not say {line}"


def run_as_the_unit(work, capability):
    """On a log 0600 of root, in a directory 0700. Returns how it ended, and the documents."""
    if os.geteuid() != 0:
        pytest.skip("only root can make root's files")
    os.chmod(work, 0o755)
    shutil.copy(AGENT, work / "auditship")  # where the other user may go
    secret, state = work / "audit", work / "state"
    secret.mkdir(mode=0o700)
    log = secret / "auth.log"
    shutil.copy(DATA / "authlog" / "debian13-rfc3339.log", log)
    log.chmod(0o600)
    state.mkdir(mode=0o700)
    os.chown(state, NOBODY, NOBODY)
    config = write_config(work, {"authlog": [log]}, file_sink(state / "out"), "unit")
    settings = json.loads(config.read_text())
    settings["data_dir"] = str(state / "data")
    config.write_text(json.dumps(settings))
    done = as_the_unit(work / "auditship", "run", "--once", "--config", config, capability=capability)
    return done, documents(state / "out", "authlog")


def test_logs_of_root_are_read_with_the_capability(work):
    done, found = run_as_the_unit(work, capability=True)
    assert done.returncode == 0, f"exit code: {done.stdout}{done.stderr}"
    lines = read_summary(done.stdout)["authlog"]["lines"]
    assert sum(not is_derived(d) for _, d in found) == lines, "documents"
    assert lines > 50, "hardly any lines"


def test_logs_of_root_are_not_read_without_the_capability(work):
    """Else the other test proves nothing."""
    assert not run_as_the_unit(work, capability=False)[1], "the file was read without the capability: nothing is proven"


def test_a_log_where_the_unit_shows_nothing_is_told(work):
    """As in a home under ProtectHome=."""
    hidden = work / "hidden"
    hidden.mkdir()
    hidden.chmod(0)
    config = write_config(work, {"authlog": [hidden / "auth.log"]}, file_sink(work / "hidden-out"), "hidden-state")
    done = subprocess.run([AGENT, "run", "--once", "--config", config], capture_output=True, text=True, timeout=60)
    assert "input-masked" in done.stderr, f"a hidden log is not told: {done.stderr}"


def test_what_is_wrong_with_the_configuration_is_an_error_of_the_journal_on_each_line(work):
    config = work / "broken.yaml"
    config.write_text("cluster: {name: c}\nnonsense: 1\nmore: 2\n")
    done = subprocess.run([AGENT, "run", "--config", config], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "JOURNAL_STREAM": "1:1"})
    lines = done.stderr.splitlines()
    assert len(lines) >= 2 and all(line.startswith("<3>") for line in lines), f"priorities: {done.stderr}"


def test_what_root_makes_in_the_directory_of_the_service_is_the_services(work):
    state = work / "owned"
    state.mkdir()
    os.chown(state, NOBODY, NOBODY)
    _, config = configured(work, "owned-by-root")
    settings = json.loads(config.read_text())
    settings["data_dir"] = str(state)
    settings["sink"] = file_sink(state / "documents")
    config.write_text(json.dumps(settings))
    done = subprocess.run([AGENT, "run", "--once", "--config", config], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"exit code: {done.stderr}"
    owners = {(p.stat().st_uid, p.stat().st_gid) for p in state.rglob("*")}
    assert owners == {(NOBODY, NOBODY)}, "owners of what run --once as root left"
