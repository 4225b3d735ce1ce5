"""Each fact stands in a document once, and a real OpenSearch finds it by all of its names (docs/fields.md).

`auditship setup` and `auditship run --once` fill the indices with all recordings. Each value that a full document has under the name
of an alias or a copied field has to find the lean document. Then the documents that the shippers of Compliant Kubernetes write go
into the same indices: none is refused, and the mapping answers for both.
"""
import gzip
import json
from types import SimpleNamespace

import pytest

from harness import http, http_json, is_derived, opensearch_sink, parse, run_once, write_config
from setup_command import CONF, recordings, run_setup

TEXT = {"error.message"}  # an alias of words: for match
LOOSE = TEXT | {"event.start"}  # finds others, too: of the same words, of the same millisecond


def mapping_of(stream):
    """{path: mapping} of the product's templates."""
    found = {}

    def walk(properties, prefix):
        for name, mapping in properties.items():
            found[prefix + name] = mapping
            walk(mapping.get("properties", {}), f"{prefix}{name}.")
    for part in ("common", stream):
        walk(json.loads((CONF / "component_templates" / f"auditship-{part}.json").read_text())["template"]["mappings"]["properties"], "")
    return found


MAPPINGS = {stream: mapping_of(stream) for stream in ("kubeaudit", "authlog")}


def answered(stream):
    """Names that documents do not have: {name: bytes of the longest value that a query finds}."""
    fields = MAPPINGS[stream]
    limits = {}
    for name, mapping in fields.items():
        if mapping.get("type") == "alias":
            target = fields[mapping["path"].removesuffix(".keyword")]
            if mapping["path"].endswith(".keyword"):
                target = target["fields"]["keyword"]
            limits[name] = target.get("ignore_above", 1 << 20)
        elif "copy_to" in mapping:
            limits[mapping["copy_to"]] = fields[mapping["copy_to"]]["ignore_above"]
    return limits


def copies(work):
    """Each recording as a log of its own: nothing is a rotated file of another."""
    files = {}
    for stream, found in recordings().items():
        for number, path in enumerate(found):
            copy = work / f"{stream}-{number}-{path.name.removesuffix('.gz')}"
            copy.write_bytes(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
            files.setdefault(stream, []).append(copy)
    return files


@pytest.fixture(scope="module")
def filled(shared, node):
    """The recordings are in the indices; returns the full documents of their lines by id."""
    files = copies(shared)
    config = write_config(shared, files, opensearch_sink(node.url))
    run_setup(config)
    summary = run_once(config)
    assert all(row["dead letters"] == 0 for row in summary.values()), summary
    full = {stream: {d["_id"]: d for d in parse(stream, files[stream], config, "--full")} for stream in files}
    for stream, documents in full.items():
        stored = {hit["_id"]: hit["_source"] for hit in node.hits(stream, source=True)}
        lines = {i for i, d in stored.items() if not is_derived(d)}
        assert lines == set(documents), f"{stream}: ids in the index and of parse"
    return SimpleNamespace(full=full, config=config)


def ask_all(node, stream, queries):
    """Sets of ids, by _msearch."""
    found = []
    for at in range(0, len(queries), 200):
        body = "".join("{}\n" + json.dumps({"size": 10_000, "_source": False, "query": query}) + "\n" for query in queries[at:at + 200])
        answer = json.loads(http("POST", f"{node.url}/{stream}*/_msearch", body.encode()))
        for one, query in zip(answer["responses"], queries[at:at + 200]):
            assert one["status"] == 200 and one["_shards"]["failed"] == 0, f"{query}: {one}"
            found.append({hit["_id"] for hit in one["hits"]["hits"]})
    return found


@pytest.mark.parametrize("stream", MAPPINGS)
def test_each_value_of_a_full_document_finds_the_lean_one(node, filled, stream):
    wanted = {}  # (name, value): ids
    for ident, document in filled.full[stream].items():
        for name, limit in answered(stream).items():
            values = document.get(name)
            for value in values if isinstance(values, list) else [values]:
                if value is not None and len(str(value)) <= limit:
                    wanted.setdefault((name, value), set()).add(ident)
    assert {name for name, _ in wanted} == set(answered(stream)), "a name that no recording has"
    pairs = list(wanted)
    queries = [{"match_phrase": {name: value}} if name in TEXT else {"term": {name: value}} for name, value in pairs]
    for (name, value), found in zip(pairs, ask_all(node, stream, queries)):
        lines = found & filled.full[stream].keys()  # not documents that the agent made of many lines
        missing = wanted[name, value] - lines
        assert not missing, f"{name}: {value!r} does not find {missing}"
        assert name in LOOSE or lines == wanted[name, value], f"{name}: {value!r} finds more than it stands in"
    print(f"{stream}: {len(pairs)} values of {len(answered(stream))} names find their documents")


@pytest.mark.parametrize("stream", MAPPINGS)
def test_the_names_can_be_counted_sorted_and_asked_for(node, filled, stream):
    for name in answered(stream):
        having = {i for i, d in filled.full[stream].items() if d.get(name) not in (None, [])}
        (exists,) = ask_all(node, stream, [{"exists": {"field": name}}])
        if MAPPINGS[stream].get(name, {}).get("type") != "alias" or answered(stream)[name] == 1 << 20:
            assert exists & filled.full[stream].keys() == having, f"{name}: exists"
        if name in TEXT:
            continue
        body = {"size": 1, "sort": [{name: "asc"}], "aggs": {"by": {"terms": {"field": name, "size": 3}}}}
        answer = http_json("POST", f"{node.url}/{stream}*/_search", body)
        assert answer["_shards"]["failed"] == 0 and answer["aggregations"]["by"]["buckets"], f"{name}: terms"


@pytest.mark.parametrize("stream", MAPPINGS)
def test_an_alias_that_is_written_refuses_the_document(node, filled, stream):
    """Why agents are upgraded before setup, and why documents: full is not for this sink."""
    document = next(iter(filled.full[stream].values()))
    body = '{"create":{}}\n' + json.dumps({k: v for k, v in document.items() if k != "_id"}) + "\n"
    (item,) = json.loads(http("POST", f"{node.url}/{stream}/_bulk", body.encode()))["items"]
    assert item["create"]["status"] == 400 and "alias" in json.dumps(item), item


# --- beside the shippers of Compliant Kubernetes ----------------------------------------------------

def theirs_of_audit(line):
    """As their fluentd writes an event: its own tree, bodies as text or `none`, the time of the event in place of its stamp."""
    event = json.loads(line)
    event["@timestamp"] = event.pop("stageTimestamp", event["requestReceivedTimestamp"])
    for body in ("requestObject", "responseObject"):
        event[body] = json.dumps(event[body]) if body in event else "none"
    return {**event, "cluster.name": "theirs", "tag": "kubeaudit.var.log.kubernetes.audit.kube-apiserver-audit.log"}


def theirs_of_auth(line):
    """RFC 3164 by its regular expression: flat fields."""
    month, day, clock, host, tag, message = line.split(None, 5)
    ident, _, pid = tag.rstrip(":").rstrip("]").partition("[")
    return {"@timestamp": "2026-11-23T04:00:00.000Z", "time": f"{month} {day} {clock}", "host": host, "ident": ident,
            **({"pid": pid} if pid else {}), "message": message, "cluster.name": "theirs", "tag": "authlog.var.log.auth.log"}


def lines_of(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", errors="replace") as file:
        return file.read().splitlines()


def test_both_shippers_write_into_one_index_and_nothing_is_refused(node, filled):
    audit = [theirs_of_audit(line) for path in recordings()["kubeaudit"] for line in lines_of(path)
             if path.name != "legacy-format.log" and is_whole(line)]
    auth = [theirs_of_auth(line) for path in recordings()["authlog"] if path.name == "debian12-rfc3164.log" for line in lines_of(path)]
    assert len(audit) > 2000 and len(auth) > 600, "recordings"
    assert any(isinstance(d["user"].get("extra"), dict) for d in audit), "no event has user.extra"
    for stream, documents in (("kubeaudit", audit), ("authlog", auth)):
        before = node.count(stream)
        for at in range(0, len(documents), 500):
            body = "".join('{"create":{}}\n' + json.dumps(d) + "\n" for d in documents[at:at + 500])
            answer = json.loads(http("POST", f"{node.url}/{stream}/_bulk", body.encode()))
            refused = [item["create"]["error"] for item in answer["items"] if "error" in item["create"]]
            assert refused == [], f"{stream}: refused documents"
        assert node.count(stream) == before + len(documents), f"{stream}: documents"
    # The names of ECS answer for the documents of both where the fact is in the event's own tree.
    user = next(d["user"]["username"] for d in audit if "@" in d["user"].get("username", ""))
    count = {"term": {"user.name": user}}
    by = {"cluster": {"terms": {"field": "cluster.name"}}}
    answer = http_json("POST", f"{node.url}/kubeaudit*/_search", {"size": 0, "query": count, "aggs": by})
    assert {b["key"] for b in answer["aggregations"]["cluster"]["buckets"]} == {"theirs", "e2e"}, answer


def is_whole(line):
    try:
        event = json.loads(line)
    except ValueError:
        return False
    return isinstance(event, dict) and event.get("kind") == "Event" and isinstance(event.get("user"), dict)
