"""Recordings go into a real OpenSearch, each line once."""
import shutil
import time
from types import SimpleNamespace

import pytest

from harness import DATA, FakeServer, as_parsed, difference, is_derived, opensearch_sink, parse, run_once, without_id, write_config

STARTED = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())


def recordings(work):
    """Copies, so that nothing else touches them: {stream: [files]}."""
    streams = {"kubeaudit": DATA / "kube-audit", "authlog": DATA / "authlog"}
    found = {}
    for stream, folder in streams.items():
        found[stream] = []
        for source in sorted(folder.glob("*.log")) + sorted(folder.glob("aggregated/*.log")):
            target = work / stream / source.name
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)
            found[stream].append(target)
    assert all(len(files) > 5 for files in found.values()), f"recordings are missing: {found}"
    return found


@pytest.fixture(scope="module")
def shipped(shared, node):
    """All recordings in the index: what was expected, and the summary of the run."""
    streams = recordings(shared)
    expected = {stream: len(parse(stream, files)) for stream, files in streams.items()}
    assert all(n > 500 for n in expected.values()), f"few lines: {expected}"
    # The ids that the same lines get in a server that only keeps ids.
    with FakeServer() as fake:
        run_once(write_config(shared, streams, opensearch_sink(fake.url), "reference"))
        ids = fake.ids()
    node.set_up(*streams)
    config = write_config(shared, streams, opensearch_sink(node.url), "first")
    return SimpleNamespace(streams=streams, expected=expected, ids=ids, config=config, summary=run_once(config))


def test_each_line_of_the_recordings_is_in_the_index_once(node, shipped):
    for stream, lines in shipped.expected.items():
        row = shipped.summary[stream]
        assert row["documents"] == lines, f"{stream}: documents of the summary against parse"
        assert row["dead letters"] == 0, f"{stream}: dead letters"
        lines += row["derived"]
        assert row["shipped"] == lines, f"{stream}: shipped"
        assert node.count(stream) == lines, f"{stream}: _count"
    assert not difference(sorted(node.ids("kubeaudit") + node.ids("authlog")), shipped.ids), "ids in the index"


def test_a_node_that_lost_its_data_directory_reads_everything_again_and_adds_nothing(shared, node, shipped):
    again = run_once(write_config(shared, shipped.streams, opensearch_sink(node.url), "second"))
    for stream, lines in shipped.expected.items():
        lines += shipped.summary[stream]["derived"]
        assert again[stream]["shipped"] == 0, f"{stream}: created by the second run"
        assert again[stream]["already there"] == lines, f"{stream}: found by the second run"
        assert node.count(stream) == lines, f"{stream}: _count after the second run"


def test_documents_in_the_index_are_those_of_parse_but_for_who_shipped_them(node, shipped):
    for stream, files in shipped.streams.items():
        stored = {(d["log.file.path"], d["log.offset"], d.get("log.part", 0)): d
                  for d in (hit["_source"] for hit in node.hits(stream, source=True)) if not is_derived(d)}
        for path in files:
            for document in parse(stream, [path], shipped.config):
                document = without_id(document)
                twin = as_parsed(stored[(str(path), document["log.offset"], document.get("log.part", 0))])
                for side in (twin, document):
                    if side["@timestamp"] >= STARTED:  # a line without a time of its own has that of its reading
                        side["@timestamp"] = "read now"
                assert twin == document, f"{path.name} offset {document['log.offset']}"
