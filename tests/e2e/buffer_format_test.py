"""Buffers of other releases. One that format 1 wrote, frozen in tests/data/buffer/v1, is read and delivered; one of a newer
format is refused in clear words and stays as it is, byte for byte: going back to an older package costs nothing."""
import json
import shutil
import subprocess

from harness import AGENT, DATA, FakeServer, check, equal, main, opensearch_sink, read_summary
from newer_format import newer_segment, newer_slots

FIXTURE = DATA / "buffer" / "v1"


def settings(work, name, url):
    """The fixture in a directory of its own, and a configuration for it. Its log file is on no machine."""
    data = work / name
    shutil.copytree(FIXTURE / "data", data)
    config = work / f"{name}.yaml"
    config.write_text(json.dumps({
        "cluster": {"name": "fixture"}, "data_dir": str(data), "sink": opensearch_sink(url),
        "streams": {"kubeaudit": {"enabled": False},
                    "authlog": {"paths": ["/var/log/auditship-fixture/auth.log"], "filters": "none"}}}))
    return data / "authlog" / "buffer", config


def run(config):
    return subprocess.run([AGENT, "run", "--once", "--config", config], capture_output=True, text=True, timeout=60)


def older_is_read(work):
    with FakeServer() as server:
        _, config = settings(work, "older", server.url)
        done = run(config)
        equal(done.returncode, 0, f"exit code: {done.stdout}{done.stderr}")
        wanted = (FIXTURE / "ids.txt").read_text().split()
        equal([i.split()[-1].split("/")[-1] for i in server.ids()], wanted, "ids that arrived")
        row = read_summary(done.stdout)["authlog"]
        equal((row["shipped"], row["waiting"]), (len(wanted), 0), "shipped and waiting")


def newer_is_refused(work):
    with FakeServer() as server:
        for change, number in ((newer_segment, 3), (newer_slots, 2)):
            buffer, config = settings(work, change.__name__, server.url)
            change(buffer)
            before = {p.name: p.read_bytes() for p in buffer.iterdir()}
            done = run(config)
            check(done.returncode != 0, f"{change.__name__}: the agent started: {done.stdout}{done.stderr}")
            check("newer auditship" in done.stderr and f"format {number}" in done.stderr, f"{change.__name__}: {done.stderr}")
            equal({p.name for p in buffer.iterdir()}, set(before), f"{change.__name__}: files")
            check(all((buffer / name).read_bytes() == data for name, data in before.items()), f"{change.__name__}: changed")
        equal(server.totals()["created"], 0, "documents sent from a buffer that is not understood")


def test(work):
    older_is_read(work)
    newer_is_refused(work)


main(test)
