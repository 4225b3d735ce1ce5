"""What the end-to-end tests share: the program, its configuration, its summary, a server to ship to.

Standard library only, also without pytest: bench/backlog uses it too. Fixtures are in conftest.py.
Environment: AUDITSHIP_BUILD (directory with auditship and the bench programs), AUDITSHIP_LONG=1.
"""
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
BUILD = Path(os.environ.get("AUDITSHIP_BUILD", ROOT / "build" / "release"))
AGENT = BUILD / "auditship"
LONG = os.environ.get("AUDITSHIP_LONG") == "1"


# --- the program ---------------------------------------------------------------------------------

def write_config(work, streams, sink, data="data", **more):
    """streams: {name: [paths]}; a stream that is not named is off. sink: a mapping. more: other top-level keys.
    Returns the file's path."""
    settings = {
        "cluster": {"name": "e2e"}, "node": {"name": "node-e2e"}, "data_dir": str(work / data), "backfill": "all",
        "batch": {"max_age": "1s"},  # a test waits for single documents
        "streams": {name: {"paths": [str(p) for p in streams[name]], "filters": "none"} if name in streams
                    else {"enabled": False} for name in ("kubeaudit", "authlog")},
        "sink": sink, **more,
    }
    path = work / f"{data}.yaml"
    path.write_text(json.dumps(settings, indent=1))  # JSON is YAML
    return path


def file_sink(directory):
    return {"type": "file", "file": {"directory": str(directory)}}


def opensearch_sink(url, compression="gzip", **more):
    return {"type": "opensearch", "opensearch": {"hosts": [url], "compression": compression, **more}}


def run_once(config, expect=0, timeout=300):
    """Runs to the end; returns the summary: {stream: {column: number}}."""
    done = subprocess.run([AGENT, "run", "--once", "--config", config], capture_output=True, text=True, timeout=timeout)
    assert done.returncode == expect, f"run --once exited {done.returncode}:\n{done.stdout}\n{done.stderr[-4000:]}"
    return read_summary(done.stdout)


def command(*arguments, expect=0):
    """Runs auditship; what it printed."""
    done = subprocess.run([AGENT, *arguments], capture_output=True, text=True, timeout=300)
    words = " ".join(str(a) for a in arguments)
    assert done.returncode == expect, f"auditship {words} exited {done.returncode}:\n{done.stdout}\n{done.stderr[-4000:]}"
    return done.stdout


def read_summary(text):
    rows = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]
    header = next((r for r in rows if r and r[0] == "stream"), None)
    assert header is not None, f"no summary table in:\n{text}"
    summary = {}
    for row in rows:
        if row[0] in ("kubeaudit", "authlog") and len(row) == len(header):
            summary[row[0]] = {name: int(value) for name, value in zip(header, row) if value.isdigit()}
    assert summary, f"no stream in the summary:\n{text}"
    return summary


def start_agent(config):
    return subprocess.Popen([AGENT, "run", "--config", config], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Measured:
    """A program whose CPU seconds and peak RSS are known when it has ended."""

    def __init__(self, *words):
        self.out = tempfile.TemporaryFile()
        self.process = subprocess.Popen(words, stdout=self.out, stderr=subprocess.STDOUT)
        self.pid, self.cpu, self.rss, self.code = self.process.pid, 0.0, 0, None
        self.sampler = threading.Thread(target=self.sample)
        self.sampler.start()

    def sample(self):
        """The peak that the kernel tells at exit is that of the parent, too: it is asked for while the agent lives."""
        status = Path(f"/proc/{self.pid}/status")
        while True:
            try:
                peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
            except OSError:
                return
            if not peak:
                return  # a zombie
            self.rss = max(self.rss, int(peak[1]) * 1024)
            time.sleep(0.01)

    def running(self):
        return self.code is None and not os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)

    def wait(self):
        """Returns the exit code; output() has what it said."""
        if self.code is None:
            _, status, usage = os.wait4(self.pid, 0)
            self.code = self.process.returncode = os.waitstatus_to_exitcode(status)
            self.cpu = usage.ru_utime + usage.ru_stime
            self.sampler.join()
        return self.code

    def end(self, how):
        if self.code is None:
            os.kill(self.pid, how)
        return self.wait()

    def output(self):
        # Not by seek(): the program writes at the same file offset.
        return os.pread(self.out.fileno(), 1 << 24, 0).decode(errors="replace")


def parse(stream, files, config=None, *options):
    """The documents that `auditship parse` prints, in order."""
    command = [AGENT, "parse", "--stream", stream, *(["--config", config] if config else []), *options, *files]
    done = subprocess.run(command, capture_output=True, timeout=300)
    assert done.returncode == 0, f"parse exited {done.returncode}: {done.stderr[-2000:]}"
    return [json.loads(line) for line in done.stdout.splitlines()]


def documents(directory, stream, growing=False):
    """What the file sink wrote, in order, as (raw line, document); of files that grow, what is complete so far."""
    lines = []
    for path in sorted((Path(directory) / stream).glob("*.ndjson*")):
        text = path.read_bytes()
        if path.suffix == ".zst":
            text = subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout
        if growing:  # a write becomes visible piece by piece
            text = text[:text.rfind(b"\n") + 1]
        assert text == b"" or text.endswith(b"\n"), f"{path} ends in the middle of a document"
        lines += text.splitlines()
    return [(line, json.loads(line)) for line in lines]


def is_derived(document):
    """Made by the agent of many lines: docs/sessions.md."""
    return document.get("event.action") in ("ssh-session", "ssh-session-start", "rules-changed")


def without_id(document):
    """As it stands in an index, where the id is beside it."""
    return {k: v for k, v in document.items() if k != "_id"}


def as_parsed(document):
    """Without what one line alone cannot tell: parse does not know it."""
    return {k: v for k, v in document.items() if k not in ("ssh.login.id", "ssh.login.candidates", "agent.rules.hash")}


def difference(got, wanted):
    """Of two lists: nothing if they are equal, else where they part; a few words, also for a million of entries."""
    if got == wanted:
        return ""
    at = next((n for n, (ours, theirs) in enumerate(zip(got, wanted)) if ours != theirs), min(len(got), len(wanted)))
    return f"{len(got)} instead of {len(wanted)}; number {at} is {got[at:at + 1]} instead of {wanted[at:at + 1]}"


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def wait_until(condition, what, seconds=60):
    """Polls; the answer of condition(), once it is true."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.02)


def generate(kind, amount, path):
    """Benchmark input; returns the number of lines."""
    said = subprocess.run([BUILD / "bench_generate", kind, str(amount), path], check=True, capture_output=True, text=True)
    return int(said.stdout.split()[0])


# --- servers ---------------------------------------------------------------------------------------

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def http(method, url, body=None):
    data = None if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
    request = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def http_json(method, url, body=None):
    return json.loads(http(method, url, body))


class FakeServer:
    """bench_bulk_server: keeps ids, and can be told to misbehave."""

    def __init__(self, *options):
        self.process = subprocess.Popen([BUILD / "bench_bulk_server", "--ids", *options], stdout=subprocess.PIPE, text=True)
        self.url = "http://" + self.process.stdout.readline().split()[1]

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.kill()
        self.process.wait()

    def fault(self, *faults):
        """From now on these, e.g. "whole=503@1", in place of those before; see bench/bulk_service.h."""
        http("POST", f"{self.url}/_faults?{'&'.join(faults)}", b"")

    def totals(self):
        return http_json("GET", self.url + "/_totals")

    def ids(self):
        return sorted(http("GET", self.url + "/_ids").decode().split("\n")[:-1])
