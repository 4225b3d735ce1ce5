"""One fault: a fake server that can be told to misbehave, the runs of an agent against it, and what must come of them."""
import json
import signal
import time

from harness import (AGENT, LONG, FakeServer, Measured, command, difference, opensearch_sink, read_summary, wait_until, write_config)

MIB = 1 << 20
COLUMNS = f"{'case':32} {'events':>8} {'lost':>6} {'duplicates':>10} {'letters':>8} {'seconds':>8} {'CPU-s':>8} {'RSS MiB':>9}"


def place_and_hash(entry):
    """Of "INDEX ID": what follows the 16 digits that stand for stream, path and first line."""
    return entry.split()[1][16:]


class Case:
    """One fault: a server, and the runs of an agent against it."""

    def __init__(self, work, name, server=(), before=(), host=None, sink=None, **settings):
        """server: options of the fake server; host: under which the agent finds it; before: what the agent is run by."""
        self.work, self.name, self.before = work / name.replace(" ", "-"), name, before
        self.work.mkdir()
        self.log, self.data = self.work / "audit.log", self.work / "data"
        self.server = FakeServer(*server)
        url = self.server.url if host is None else f"http://{host}:{self.server.url.rsplit(':')[-1]}"
        self.sink, self.settings = opensearch_sink(url, **(sink or {})), settings
        self.follow(self.log)
        self.runs, self.started, self.seconds, self.summary = [], time.monotonic(), 0, {}

    def follow(self, log):
        self.config = write_config(self.work, {"kubeaudit": [log]}, self.sink, **self.settings)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for run in self.runs:
            run.end(signal.SIGKILL)
        self.server.__exit__()

    def start(self, *how):
        self.runs.append(Measured(*self.before, AGENT, "run", *how, "--config", self.config))
        return self.runs[-1]

    def created(self):
        return self.server.totals()["created"]

    def wait(self, condition, what, agent):
        try:
            wait_until(lambda: condition() or not agent.running(), f"{self.name}: {what}", 120 if LONG else 30)
            assert agent.running(), f"{self.name}: the agent ended by itself"
        except AssertionError:
            print(agent.output()[-4000:])
            raise

    def live(self):
        """What the running agent says of its stream; {} before it answers."""
        try:
            status = json.loads(command("status", "--json", "--data-dir", self.data))
        except AssertionError:
            return {}  # there is not even a data directory
        return status["streams"][0] if status["running"] else {}

    def finish(self):
        """Ends the agent as systemd does, and lets another run do the rest."""
        for run in self.runs:
            run.end(signal.SIGTERM)
        last = self.start("--once")
        assert last.wait() == 0, f"{self.name}: run --once exited {last.code}:\n{last.output()[-4000:]}"
        self.summary = read_summary(last.output())["kubeaudit"]
        self.seconds = time.monotonic() - self.started

    def cpu(self):
        return sum(run.cpu for run in self.runs)

    def rss(self):
        return max(run.rss for run in self.runs)

    def letters(self):
        shown = command("dead-letter", "show", "--data-dir", self.data).splitlines()
        return sorted(f"{letter['index']} {letter['id']}" for letter in map(json.loads, shown))

    def ids_of_files(self):
        """What an undisturbed run makes of the log as it lies there now, and of what was rotated from it."""
        with Case(self.work, "reference") as reference:
            reference.follow(self.log)
            reference.finish()
            return reference.server.ids()

    def here(self, wanted):
        """The ids of an undisturbed run under this case's path: an id stands for the path, too. wanted: of the same lines
        under another path; place and hash of each line must be the same."""
        ids = self.ids_of_files()
        assert sorted(map(place_and_hash, ids)) == sorted(map(place_and_hash, wanted)), f"{self.name}: the lines differ"
        return ids

    def verify(self, wanted, faults):
        """Every id of an undisturbed run is at the server, or in a letter, once. Returns the letters."""
        totals, row, got, letters = self.server.totals(), self.summary, self.server.ids(), self.letters()
        for fault in faults:
            assert totals[fault] > 0, f"{self.name}: the fault never happened: {totals}"
        lost = len(set(wanted) - set(got) - set(letters))
        doubled = totals["created"] + len(letters) - len(set(got) | set(letters))
        status = json.loads(command("status", "--json", "--data-dir", self.data))["streams"][0]
        print(f"{self.name:32} {len(wanted):8} {lost:6} {doubled:10} {len(letters):8} {self.seconds:8.1f} {self.cpu():8.2f}"
              f" {self.rss() / MIB:9.1f}", flush=True)
        assert not difference(sorted(got + letters), wanted), f"{self.name}: {lost} lost, {doubled} doubled; {totals}"
        assert totals["malformed"] == 0, f"{self.name}: malformed items"
        assert row["documents"] == len(wanted), f"{self.name}: documents of all runs together"
        assert row["lines"] == row["documents"] + row["filtered"], f"{self.name}: lines"
        assert row["shipped"] + row["already there"] + row["dead letters"] == row["documents"], f"{self.name}: settled"
        assert row["dead letters"] == len(letters), f"{self.name}: dead letters of the summary"
        assert row["waiting"] == 0, f"{self.name}: waiting"
        assert [status["accounting_mismatch"], status["gaps"]] == [0, 0], f"{self.name}: ledger and gaps"
        return letters
