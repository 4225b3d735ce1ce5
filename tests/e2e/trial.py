"""One agent, one trouble: what the agent says, counts and does about it, and what has arrived when it is mended."""
import base64
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from harness import AGENT, ROOT, FakeServer, difference, generate, wait_until, write_config

SECRET = "Zzz-7431-correct-horse"
WRONG = "wr0ng-and-never-to-be-seen"
BYTES = 150_000


def hints():
    """What docs/log-codes.md says; a unit test proves that the program says the same."""
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| .+? \| (.+?)\.? \|$", (ROOT / "docs" / "log-codes.md").read_text(), re.M)
    return {code: hint[0].lower() + hint[1:] for code, hint in rows}


# What lasts until somebody repairs it.
BLOCKING = {"opensearch-" + word for word in ("secret-unreadable", "tls-untrusted", "tls-expired", "tls-host-name", "unauthorized",
                                              "alias-missing", "no-write-index", "index-closed")}


def undisturbed_ids(work, log):
    """What a run without any trouble makes of a log."""
    with FakeServer() as server:
        config = write_config(work, {"kubeaudit": [log]}, sink_to(server.url), "undisturbed")
        done = subprocess.run([AGENT, "run", "--once", "--config", config], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"undisturbed: {done.stderr}"
        return sorted(line.split()[1] for line in server.ids())


class Input:
    """Lines, and the ids that an undisturbed run makes of them."""

    def __init__(self, work, amount=BYTES):
        work.mkdir(exist_ok=True)  # of its own for each
        path = work / "input.log"
        generate("audit", amount, path)
        self.lines = path.read_bytes().splitlines(keepends=True)
        self.ids = undisturbed_ids(work, path)
        assert len(self.ids) == len(self.lines), "ids of an undisturbed run"


def sink_to(url, **more):
    return {"type": "opensearch", "opensearch": {"hosts": [url], **more}}


def ids_of(ask, target):
    """All of the indices of a target; one search, as scrolls are few."""
    ask("POST", f"/{target}-*/_refresh")
    found = ask("POST", f"/{target}-*/_search", {"size": 10_000, "_source": False})
    assert found["_shards"]["failed"] == 0, f"failed shards of {target}"
    return [hit["_id"] for hit in found["hits"]["hits"]]


def unix_get(path, target):
    """A page of a running agent."""
    link = http.client.HTTPConnection("agent", timeout=10)
    link.sock = socket.socket(socket.AF_UNIX)
    link.sock.connect(str(path))
    link.request("GET", target)
    return link.getresponse().read().decode()


class Trial:
    """ids: what the target has, a list."""

    def __init__(self, work, name, given, sink, ids, target="kubeaudit"):
        self.work, self.name, self.given, self.ids = work / name.replace(" ", "-"), name, given, ids
        self.work.mkdir()
        self.log, self.said = self.work / "audit.log", self.work / "agent.log"
        self.config = write_config(self.work, {"kubeaudit": [self.log]}, sink, batch={"max_bytes": "64KiB", "max_age": "50ms"})
        settings = json.loads(self.config.read_text())
        settings["streams"]["kubeaudit"]["target"] = target
        self.config.write_text(json.dumps(settings))
        self.agent = None

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.agent and self.agent.poll() is None:
            self.agent.kill()
            self.agent.wait()

    def start(self):
        with self.said.open("ab") as out:
            self.agent = subprocess.Popen([AGENT, "run", "--config", self.config], stdout=subprocess.DEVNULL, stderr=out)

    def write(self, lines):
        with self.log.open("ab", buffering=0) as file:
            file.write(b"".join(lines))

    def wait(self, condition, what, seconds=60):
        try:
            return wait_until(lambda: self.agent.poll() is not None or condition(), f"{self.name}: {what}", seconds)
        except AssertionError:
            print(self.said.read_text()[-4000:])
            raise
        finally:
            assert self.agent.poll() is None, f"{self.name}: the agent ended: {self.said.read_text()[-4000:]}"

    def messages(self):
        """Its log: JSON, as it is no terminal."""
        text = self.said.read_text()
        return [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]

    def failures(self, code):
        """auditship_failures_total of a code."""
        try:
            page = unix_get(self.work / "data" / "status.sock", "/metrics")
        except OSError:
            return 0  # it starts
        found = re.search(rf'^auditship_failures_total{{stream="kubeaudit",code="{code}"}} (\d+)$', page, re.M)
        return int(found[1]) if found else 0

    def metric(self, name):
        """Of the stream, without other labels."""
        page = unix_get(self.work / "data" / "status.sock", "/metrics")
        return float(re.search(rf'^{name}{{stream="kubeaudit"}} (\S+)$', page, re.M)[1])

    def meet(self, code, provoke=None, grows=True):
        """Lets the trouble come, and waits until it was met again and again."""
        if provoke:
            half = len(self.given.lines) // 2
            self.write(self.given.lines[:half])
            self.start()
            self.wait(lambda: len(self.ids()) == half, "the first half")
            provoke()
            self.write(self.given.lines[half:])
        else:
            self.write(self.given.lines)
            self.start()
        first = self.wait(lambda: self.failures(code), f"a failure {code}")
        if grows:
            self.wait(lambda: self.failures(code) > first, f"a second failure {code}")
        self.wait(lambda: any(m["code"] == code for m in self.messages()), f"a line {code}", 5)
        if code in BLOCKING:
            self.wait(lambda: self.metric("auditship_target_blocked") == 1, f"auditship_target_blocked with {code}", 10)
        limits = Path(f"/proc/{self.agent.pid}/limits").read_text()
        assert re.search(r"^Max core file size +[01] +[01] ", limits, re.M), f"{self.name}: a core could be written: {limits}"

    def recover(self):
        """Everything arrives, once, without a restart."""
        self.wait(lambda: len(self.ids()) >= len(self.given.ids), "all documents")
        self.end()
        self.has_all("documents, each once")

    def has_all(self, what):
        """Each line's document is there, once, under the id that it has under this path: an id stands for the path, too."""
        wanted = undisturbed_ids(self.work, self.log)
        assert [i[16:] for i in wanted] == [i[16:] for i in self.given.ids], f"{self.name}: the lines differ"
        assert not difference(sorted(self.ids()), wanted), f"{self.name}: {what}"

    def end(self):
        self.agent.send_signal(signal.SIGTERM)
        assert self.agent.wait(timeout=30) == 0, f"{self.name}: exit code"

    def verify(self, code, others=()):
        """One line a trouble, with its hint; nothing secret in it."""
        loud = [m for m in self.messages() if m["level"] in ("warn", "error")
                and not m["message"].startswith("more documents")]  # a count that follows when it is over
        counts = {c: sum(m["code"] == c for m in loud) for c in {m["code"] for m in loud}}
        assert counts.pop(code, 0) == 1, f"{self.name}: lines {code} in {loud}"
        assert set(counts) <= set(others) and all(n == 1 for n in counts.values()), f"{self.name}: other lines {counts}: {loud}"
        known = hints()
        for message in loud:
            assert message.get("hint") == known.get(message["code"]), f"{self.name}: hint of {message['code']}"
        no_secret(self.said.read_text(), self.name)
        line = next(m for m in loud if m["code"] == code)
        print(f"{self.name:28} {code:30} {line.get('error', line['message'])[:110]}", flush=True)
        return line


def no_secret(text, where):
    for secret in (SECRET, WRONG, "PRIVATE KEY"):
        assert secret not in text, f"{where}: a secret is shown: {secret}"
    for pair in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text):
        try:
            plain = base64.b64decode(pair + "=" * (-len(pair) % 4))
        except ValueError:
            continue
        assert SECRET.encode() not in plain and WRONG.encode() not in plain, f"{where}: a secret is shown in base64"


class Mounted:
    """Files as Kubernetes mounts a Secret or a ConfigMap, also in directories: NAME -> ..data/NAME, and ..data is swapped as a whole."""

    def __init__(self, directory, **files):
        self.directory, self.round = directory, 0
        directory.mkdir()
        self.swap(**files)
        for name in {name.split("/")[0] for name in files}:
            (directory / name).symlink_to(f"..data/{name}")

    def swap(self, **files):
        self.round += 1
        place = self.directory / f"..round-{self.round}"
        place.mkdir()
        for name, content in files.items():
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        (self.directory / "..new").symlink_to(place.name)
        os.rename(self.directory / "..new", self.directory / "..data")
        shutil.rmtree(self.directory / f"..round-{self.round - 1}", ignore_errors=True)

    def __getitem__(self, name):
        return str(self.directory / name)
