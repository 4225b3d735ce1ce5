"""Recordings go into a real OpenSearch, each line once: opensearch_test.py VERSION."""
import shutil
import sys
import time

from harness import (DATA, FakeServer, OpenSearch, as_parsed, check, equal, is_derived, main, opensearch_sink, parse,
                     run_once, write_config)

VERSION = sys.argv[1]
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
    check(all(len(files) > 5 for files in found.values()), f"recordings are missing: {found}")
    return found


def test(work):
    streams = recordings(work)
    expected = {stream: len(parse(stream, files)) for stream, files in streams.items()}
    check(all(n > 500 for n in expected.values()), f"few lines: {expected}")
    # The ids that the same lines get in a server that only keeps ids.
    with FakeServer() as fake:
        run_once(write_config(work, streams, opensearch_sink(fake.url), "reference"))
        wanted_ids = fake.ids()
    with OpenSearch(work, VERSION) as node:
        node.set_up(*streams)
        summary = run_once(write_config(work, streams, opensearch_sink(node.url), "first"))
        for stream, lines in expected.items():
            equal(summary[stream]["documents"], lines, f"{stream}: documents of the summary against parse")
            equal(summary[stream]["dead letters"], 0, f"{stream}: dead letters")
            lines += summary[stream]["derived"]
            equal(summary[stream]["shipped"], lines, f"{stream}: shipped")
            equal(node.count(stream), lines, f"{stream}: _count")
        equal(sorted(node.ids("kubeaudit") + node.ids("authlog")), wanted_ids, "ids in the index")
        # A node that lost its data directory reads everything again: nothing new may come of it.
        again = run_once(write_config(work, streams, opensearch_sink(node.url), "second"))
        for stream, lines in expected.items():
            lines += summary[stream]["derived"]
            equal(again[stream]["shipped"], 0, f"{stream}: created by the second run")
            equal(again[stream]["already there"], lines, f"{stream}: found by the second run")
            equal(node.count(stream), lines, f"{stream}: _count after the second run")
        compare_documents(node, streams)


def compare_documents(node, streams):
    """Documents in the index are those of parse, but for who shipped them."""
    config = next(iter(streams.values()))[0].parents[1] / "first.yaml"
    for stream, files in streams.items():
        stored = {(d["log.file.path"], d["log.offset"], d.get("log.part", 0)): d
                  for d in (hit["_source"] for hit in node.hits(stream, source=True)) if not is_derived(d)}
        for path in files:
            for document in parse(stream, [path], config):
                twin = as_parsed(stored[(str(path), document["log.offset"], document.get("log.part", 0))])
                for side in (twin, document):
                    side.pop("agent.id", None)
                    if side["@timestamp"] >= STARTED:  # a line without a time of its own has that of its reading
                        side["@timestamp"] = "read now"
                equal(twin, document, f"{path.name} offset {document['log.offset']}")


main(test)
