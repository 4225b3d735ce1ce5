"""The file sink holds exactly the documents of parse, in order; kill -9 neither loses nor doubles one."""
import random
import shutil

import pytest

from harness import (DATA, LONG, as_parsed, difference, documents, file_sink, generate, is_derived, kill, parse, run_once,
                     start_agent, wait_until, write_config)


@pytest.mark.parametrize("stream, name", [("kubeaudit", "kube-audit/failures-bodies.log"), ("authlog", "authlog/debian13-rfc3339.log")])
def test_the_file_sink_writes_the_documents_of_parse(work, stream, name):
    copy = work / (stream + ".log")
    shutil.copy(DATA / name, copy)
    config = write_config(work, {stream: [copy]}, file_sink(work / "plain"))
    run_once(config)
    shipped = [as_parsed(d) for _, d in documents(work / "plain", stream) if not is_derived(d)]
    parsed = parse(stream, [copy], config)
    assert len(parsed) > 50, f"only {len(parsed)} documents"
    assert len(shipped) == len(parsed), "documents"
    for number, (ours, theirs) in enumerate(zip(shipped, parsed)):
        assert ours == theirs, f"document {number + 1}"


def written_bytes(directory):
    return sum(f.stat().st_size for f in directory.rglob("*.ndjson*")) if directory.exists() else 0


def killed_at(point, config, directory):
    """Starts the agent and kills it when so many bytes are written."""
    agent = start_agent(config)
    try:
        wait_until(lambda: written_bytes(directory) >= point or agent.poll() is not None, f"{point} bytes")
        assert agent.poll() is None, "the agent ended by itself"
    finally:
        kill(agent)


def test_kills_neither_lose_nor_double_a_document(work):
    log = work / "audit.log"
    lines = generate("audit", 200_000_000 if LONG else 60_000_000, log)
    streams = {"kubeaudit": [log]}
    whole = work / "whole"
    run_once(write_config(work, streams, file_sink(whole), "reference"))
    wanted = [d for _, d in documents(whole, "kubeaudit")]
    assert len(wanted) == lines, "documents of a run without crashes"
    broken = work / "broken"
    config = write_config(work, streams, file_sink(broken), "crashing")
    chance = random.Random(11)
    size = written_bytes(whole)
    for point in sorted(chance.randrange(1, int(size * 0.8)) for _ in range(10 if LONG else 4)):
        killed_at(point, config, broken)
        assert written_bytes(broken) < size, "everything was written before the kill: nothing was tested"
    run_once(config)
    got = [d for _, d in documents(broken, "kubeaudit")]
    assert len(got) == lines, "documents after the crashes"
    assert not difference(got, wanted), "documents after the crashes differ from those without"
