"""The tests of sshd_rsyslog_test.py, which starts them in their namespace."""
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from harness import AGENT, documents, file_sink, is_derived, parse, run_once, wait_until, write_config
from sshd_machine import PASSWORD, Machine, private_machine, sh

LOGS = [Path("/var/log/auth.log"), Path("/var/log/auth-iso.log")]


def act(machine):
    """What is done, and for each what one document must say."""
    fingerprint = subprocess.run(["ssh-keygen", "-lf", machine.work / "ada_key.pub"], check=True, capture_output=True,
                                 text=True).stdout.split()[1]
    key = machine.work / "ada_key"
    assert machine.ssh("ada", "127.0.0.41", "true", key=key)[0] == 0, "login by key"
    assert machine.ssh("bert", "127.0.0.42", "true", password=PASSWORD)[0] == 0, "login by password"
    assert machine.ssh("bert", "127.0.0.43", "true", password="wrong")[0] != 0, "a wrong password was accepted"
    assert machine.ssh("mallory", "127.0.0.44", "true", password="guess")[0] != 0, "an unknown user was accepted"
    code, said = machine.ssh("ada", "127.0.0.45", "sudo -n /usr/bin/id -u", key=key)
    assert (code, said.strip()) == (0, "0"), "sudo by ada"
    refused = f"echo '{PASSWORD}' | sudo -S /usr/bin/id"
    assert machine.ssh("bert", "127.0.0.46", refused, password=PASSWORD)[0] != 0, "sudo by bert was allowed"
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
        assert machine.ssh("ada", source, "true", key=work / key)[0] == 0, f"login by {key}"


class Shipped:
    """What a running agent shipped while everything was done."""

    def __init__(self, config, deeds, lines, found):
        self.config, self.deeds, self.lines, self.documents = config, deeds, lines, found

    def of(self, log):
        return [d for d in self.documents if d["log.file.path"] == str(log)]


@pytest.fixture(scope="module")
def place():
    """A directory that is there before the namespace and after it."""
    directory = Path(os.environ["AUDITSHIP_E2E_NAMESPACE"])
    private_machine(directory)
    os.chmod(directory, 0o755)
    return directory


@pytest.fixture(scope="module")
def shipped(place):
    make_keys(place)
    config = write_config(place, {"authlog": LOGS}, file_sink(place / "shipped"))
    settings = json.loads(Path(config).read_text())
    settings["ssh_key_owners"] = [{"authorized_keys": str(place / "administrators")}]
    Path(config).write_text(json.dumps(settings))
    # The agent runs first, on files that do not exist yet: it must find and follow them.
    agent = subprocess.Popen([AGENT, "run", "--config", config], stderr=open(place / "agent.log", "w"))
    machine = Machine(place)
    try:
        try:
            deeds = act(machine)
            change_owner(place, machine, agent)
            wait_until(lambda: "session closed for user ada" in machine.log().partition("127.0.0.48")[2], "the last line", 20)
        finally:
            machine.stop()
        lines = sum(len(path.read_bytes().splitlines()) for path in LOGS)
        assert lines >= 40, f"only {lines} lines were logged:\n{machine.log()}"
        wait_until(lambda: sum(not is_derived(d) for _, d in documents(place / "shipped", "authlog", growing=True)) >= lines,
                   f"{lines} documents of the running agent", 30)
        agent.terminate()
        assert agent.wait(30) == 0, "exit code after SIGTERM"
    finally:
        agent.kill()
        agent.wait()
    print(json.dumps({"lines": lines, "deeds": len(deeds)}))
    return Shipped(config, deeds, lines, [d for _, d in documents(place / "shipped", "authlog") if not is_derived(d)])


def says_what_was_done(found, deeds, what):
    for deed in deeds:
        matches = [d for d in found if all(d.get(k) == v for k, v in deed.items())]
        assert len(matches) == 1, f"{what}: documents that say {deed}"
    # Nobody else logged in: what a document claims must have been done.
    logins = {(d["user.name"], d["source.ip"]) for d in found
              if d.get("event.action") == "ssh-login" and d.get("event.outcome") == "success"}
    assert logins == {("ada", "127.0.0.41"), ("bert", "127.0.0.42"), ("ada", "127.0.0.45"), ("bert", "127.0.0.46"),
                   ("ada", "127.0.0.47"), ("ada", "127.0.0.48")}, (
        f"{what}: who logged in")


def test_each_line_is_shipped_once_while_it_is_written(shipped):
    assert len(shipped.documents) == shipped.lines, "documents shipped while it was followed"


@pytest.mark.parametrize("log", LOGS, ids=str)
def test_the_documents_say_what_was_done_and_nothing_else(shipped, log):
    says_what_was_done(shipped.of(log), shipped.deeds, log.name)


@pytest.mark.parametrize("log", LOGS, ids=str)
def test_parse_says_the_same_of_the_file(shipped, log):
    parsed = parse("authlog", [log], shipped.config)
    says_what_was_done(parsed, shipped.deeds, f"parse {log.name}")
    assert len(parsed) == len(log.read_bytes().splitlines()), "documents of parse"


@pytest.mark.parametrize("log", LOGS, ids=str)
def test_each_login_names_the_owner_of_the_key_as_of_then(shipped, log):
    found = shipped.of(log)

    owners = {d["source.ip"]: (d.get("ssh.key.owner_known"), d.get("ssh.key.owner")) for d in found
              if d.get("event.action") == "ssh-login" and d.get("event.outcome") == "success"}
    assert owners == {"127.0.0.41": (True, "Ada of the day shift"), "127.0.0.42": (None, None),
                   "127.0.0.45": (True, "Ada of the day shift"), "127.0.0.46": (None, None),
                   "127.0.0.47": (True, "Ada of the night shift"), "127.0.0.48": (False, None)}, (
        "whose key it was")


def test_both_time_formats_give_the_same_documents_but_for_the_precision_of_the_time(shipped):
    traditional, iso = map(shipped.of, LOGS)
    own = {"_id", "@timestamp", "log.file.path", "log.offset", "ssh.login.id", "ssh.login.candidates"}
    assert len(traditional) == len(iso), "documents of both formats"
    for old, new in zip(traditional, iso):
        assert {k: v for k, v in old.items() if k not in own} == {k: v for k, v in new.items() if k not in own}, "document"
        assert old["@timestamp"][:19] == new["@timestamp"][:19], f"time of {old['message']}"


def test_a_run_from_the_beginning_ships_the_same_lines(shipped, place):
    row = run_once(write_config(place, {"authlog": LOGS}, file_sink(place / "again"), "again"))["authlog"]
    assert row["shipped"] - row["derived"] == shipped.lines, "documents of run --once"
    assert row["derived"] >= 2, "no login had an end"
