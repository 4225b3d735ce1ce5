"""Buffers of other releases. One that format 1 wrote, frozen in tests/data/buffer/v1, is read and delivered; one of another
format is refused in clear words and stays as it is, byte for byte: going back to an older package costs nothing."""
import json
import shutil
import subprocess

import pytest

from harness import AGENT, DATA, opensearch_sink, read_summary
from newer_format import foreign_segment, foreign_slots

FIXTURE = DATA / "buffer" / "v1"


def settings(work, url):
    """The fixture in a directory of its own, and a configuration for it. Its log file is on no machine."""
    data = work / "data"
    shutil.copytree(FIXTURE / "data", data)
    config = work / "data.yaml"
    config.write_text(json.dumps({
        "cluster": {"name": "fixture"}, "data_dir": str(data), "sink": opensearch_sink(url),
        "streams": {"kubeaudit": {"enabled": False},
                    "authlog": {"paths": ["/var/log/auditship-fixture/auth.log"], "filters": "none"}}}))
    return data / "authlog" / "buffer", config


def run(config):
    return subprocess.run([AGENT, "run", "--once", "--config", config], capture_output=True, text=True, timeout=60)


def test_a_buffer_that_format_1_wrote_is_read_and_delivered(work, server):
    _, config = settings(work, server.url)
    done = run(config)
    assert done.returncode == 0, f"exit code: {done.stdout}{done.stderr}"
    wanted = (FIXTURE / "ids.txt").read_text().split()
    assert [i.split()[-1].split("/")[-1] for i in server.ids()] == wanted, "ids that arrived"
    row = read_summary(done.stdout)["authlog"]
    assert (row["shipped"], row["waiting"]) == (len(wanted), 0), "shipped and waiting"


@pytest.mark.parametrize("change", [foreign_segment, foreign_slots])
@pytest.mark.parametrize("version", [0, 2])
def test_a_buffer_of_another_format_is_refused_and_stays_as_it_is(work, server, change, version):
    buffer, config = settings(work, server.url)
    file = change(buffer, version)
    before = {p.name: p.read_bytes() for p in buffer.iterdir()}
    done = run(config)
    assert done.returncode != 0, f"the agent started: {done.stdout}{done.stderr}"
    for words in (str(file), f"format {version}", "knows format 1", "Let the release that wrote it deliver"):
        assert words in done.stderr, f"{words}: {done.stderr}"
    assert {p.name for p in buffer.iterdir()} == set(before), "files"
    changed = [name for name, data in before.items() if (buffer / name).read_bytes() != data]
    assert changed == [], "files that changed"
    assert server.totals()["created"] == 0, "documents sent from a buffer that is not understood"
