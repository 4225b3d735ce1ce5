"""auditship dead-letter and auditship reconcile against a real OpenSearch."""
import json
import shutil

import pytest

from harness import DATA, FakeServer, command, difference, http, http_json, opensearch_sink, parse, run_once, without_id, write_config

ODD = 3
LONG_TEXT = "x" * 20_000  # repair would cut it: a letter must not


def write_log(work):
    """A recording with some events in its middle that have a member which the mapping does not know."""
    lines = (DATA / "kube-audit" / "exec.log").read_text().splitlines()
    for number in range(ODD):
        event = json.loads(lines[20])
        event.update(auditID=f"odd-{number}", surprise={"number": number, "text": LONG_TEXT})
        lines.insert(40 * (number + 1), json.dumps(event, separators=(",", ":")))
    path = work / "audit.log"
    path.write_text("".join(line + "\n" for line in lines))
    return path


def strict_mapping(documents):
    """Takes every field of these documents and refuses any other, also below "event": what repair adds."""
    properties = {}
    for document in documents:
        for name, value in document.items():
            first = name.split(".")[0]
            tree = first != name or isinstance(value, dict) or isinstance(value, list) and any(
                isinstance(one, dict) for one in value)
            if first not in ("surprise", "_id"):
                properties[first] = {"type": "object", "dynamic": "false"} if tree else {"type": "keyword", "ignore_above": 8000}
    properties["@timestamp"] = {"type": "date"}
    return {"dynamic": "strict", "properties": properties}


def letters(data, *options):
    return [json.loads(line) for line in command("dead-letter", "show", "--data-dir", data, *options).splitlines()]


def look(data, odd):
    """ls and show: counts, the server's reason, and the documents as they were before any repair."""
    listed = command("dead-letter", "ls", "--data-dir", data)
    assert f"kubeaudit: {ODD} letters" in listed, f"ls: {listed}"
    assert f"{ODD}  400 strict_dynamic_mapping_exception: " in listed, f"ls: {listed}"
    assert "kubeaudit: 0 letters" in command("dead-letter", "ls", "--data-dir", data, "--reason", "no such reason"), (
        "ls --reason counts letters of other reasons")
    assert letters(data, "--reason", "no such reason") == [], "show with another reason"
    shown = letters(data, "--reason", "strict_dynamic_mapping_exception")
    assert len(shown) == ODD, "letters shown"
    for letter, document in zip(shown, odd):
        assert letter["stream"] == "kubeaudit", "stream"
        assert letter["index"] == "kubeaudit-000001", "index"
        assert letter["status"] == 400, "status"
        assert "surprise" in letter["reason"], f"not the reason of the document in the letter: {letter['reason']}"
        assert json.loads(letter["document"]) == without_id(document), "document of the letter"
    return sorted(letter["id"] for letter in shown)


@pytest.fixture
def index(node):
    """Makes indices, once nothing is left of those of another test."""
    http("DELETE", f"{node.url}/kubeaudit-*,authlog-*")

    def make(target, **body):
        http("PUT", f"{node.url}/{target}-000001", {**body, "aliases": {target: {"is_write_index": True}}})
    return make


@pytest.fixture
def log(work):
    return write_log(work)


@pytest.fixture
def config(work, node, log):
    return write_config(work, {"kubeaudit": [log]}, opensearch_sink(node.url))


@pytest.fixture
def documents(log, config):
    found = parse("kubeaudit", [log], config)
    assert sum("surprise" in d for d in found) == ODD, "odd documents"
    return found


def repaired(mapping):
    """It takes the member that it did not know."""
    return {**mapping, "properties": {**mapping["properties"], "surprise": {"type": "object", "enabled": False}}}


def ids_of(node, index="kubeaudit-"):
    return sorted(line.split()[1] for line in node.ids("kubeaudit") if line.startswith(index))


def test_dead_letters_are_shown_and_after_a_repair_replayed_each_once(work, node, index, log, config, documents):
    with FakeServer() as fake:
        run_once(write_config(work, {"kubeaudit": [log]}, opensearch_sink(fake.url), "reference"))
        wanted_ids = sorted(line.split()[1] for line in fake.ids())
    data, mapping = work / "data", strict_mapping(documents)
    index("kubeaudit", mappings=mapping)
    odd = [d for d in documents if "surprise" in d]
    summary = run_once(config)["kubeaudit"]
    assert summary["dead letters"] == ODD, "dead letters in the summary"
    assert summary["shipped"] == len(documents) - ODD, "shipped"
    assert node.count("kubeaudit") == len(documents) - ODD, "documents before the replay"
    buried = look(data, odd)
    # Not repaired yet: refused again, and kept.
    said = command("dead-letter", "replay", "--config", config, expect=1)
    assert f"kubeaudit: 0 delivered, {ODD} refused again" in said, said
    assert look(data, odd) == buried, "letters after a replay that was refused"
    # Repaired. One of them is there by now, as after a crash in the middle of a replay, and the alias moved on.
    http("PUT", f"{node.url}/kubeaudit-000001/_mapping", {"properties": {"surprise": repaired(mapping)["properties"]["surprise"]}})
    http("PUT", f"{node.url}/kubeaudit-000001/_create/{buried[0]}", without_id(odd[0]))
    http("POST", f"{node.url}/kubeaudit/_rollover", {"mappings": repaired(mapping)})
    said = command("dead-letter", "replay", "--config", config, "--reason", "no such reason")
    assert "kubeaudit: 0 delivered, 0 refused again" in said, said
    shutil.copytree(data / "kubeaudit" / "dead-letter", work / "letters")
    said = command("dead-letter", "replay", "--config", config)
    assert f"kubeaudit: {ODD} delivered, 0 refused again" in said, said
    assert not difference(ids_of(node), wanted_ids), "ids after the replay"
    assert ids_of(node, "kubeaudit-000002") == buried[1:], "ids in the index of today"
    assert letters(data) == [], "letters after the replay"
    # The same letters once more, as after a crash before they were taken out: nothing is doubled.
    shutil.copytree(work / "letters", data / "kubeaudit" / "dead-letter", dirs_exist_ok=True)
    assert len(letters(data)) == ODD, "letters put back"
    assert f"kubeaudit: {ODD} delivered" in command("dead-letter", "replay", "--config", config), "second replay"
    assert not difference(ids_of(node), wanted_ids), "ids after the second replay"


def test_a_dead_letter_with_a_dated_name_goes_to_the_index_of_its_day(work, node, index, log, documents):
    sink = opensearch_sink(node.url)
    sink["opensearch"]["target_style"] = "dated"
    config = write_config(work, {"kubeaudit": [log]}, sink, "dated")
    http("PUT", f"{node.url}/_index_template/dated", {"index_patterns": ["kubeaudit-*.*.*"],
                                                      "template": {"mappings": strict_mapping(documents)}})
    assert run_once(config)["kubeaudit"]["dead letters"] == ODD, "dead letters with dated names"
    names = {letter["index"] for letter in letters(work / "dated")}
    assert names == {"kubeaudit-2026.11.23"}, "indices of the letters"
    command("dead-letter", "replay", "--config", config, expect=1)
    http("PUT", f"{node.url}/kubeaudit-2026.11.23/_mapping", {"properties": {"surprise": {"type": "object", "enabled": False}}})
    said = command("dead-letter", "replay", "--config", config)
    assert f"kubeaudit: {ODD} delivered, 0 refused again" in said, said
    http("POST", f"{node.url}/kubeaudit-2026.11.23/_refresh")
    assert http_json("GET", f"{node.url}/kubeaudit-2026.11.23/_count")["count"] == len(documents), "documents of that day"
    assert letters(work / "dated") == [], "letters after the replay with dated names"


def test_reconcile_finds_what_is_missing_and_what_is_there_twice(node, index, log, config, documents):
    mapping = repaired(strict_mapping(documents))
    index("kubeaudit", mappings=mapping)
    assert run_once(config)["kubeaudit"]["shipped"] == len(documents), "shipped"
    http("POST", f"{node.url}/kubeaudit/_rollover", {"mappings": mapping})
    ask = ("reconcile", "--config", config, "--stream", "kubeaudit", log)
    total = f"{len(documents)} documents expected, 0 records filtered; "
    said = command(*ask)
    assert total + "0 missing, 0 more than once" in said, said
    hits = {(d["_source"]["log.offset"]): d for d in node.hits("kubeaudit", source=True)}
    offsets = sorted(hits)
    gone = offsets[10:13] + offsets[100:101]
    for offset in gone:
        http("DELETE", f"{node.url}/{hits[offset]['_index']}/_doc/{hits[offset]['_id']}?refresh=true")
    said = command(*ask, expect=1)
    assert f"{log}: MISSING: 3 documents, from offset {gone[0]} to {gone[2]}\n" in said, said
    assert f"{log}: MISSING: 1 documents, from offset {gone[3]} to {gone[3]}\n" in said, said
    assert total + "4 missing, 0 more than once" in said, said
    for offset in gone:  # in the index of today
        http("PUT", f"{node.url}/kubeaudit-000002/_create/{hits[offset]['_id']}", hits[offset]["_source"])
    assert "0 missing, 0 more than once" in command(*ask), "all are there again"
    # An id guards one index only: after a rollover the same document can stand in two.
    twice = hits[offsets[50]]
    http("PUT", f"{node.url}/kubeaudit-000002/_create/{twice['_id']}?refresh=true", twice["_source"])
    said = command(*ask, expect=1)
    assert f"{log}: MORE THAN ONCE: 1 documents, from offset {offsets[50]} to {offsets[50]}\n" in said, said
    assert total + "0 missing, 1 more than once" in said, said


def test_reconcile_tells_two_generations_that_begin_with_the_same_line_apart(work, node, index):
    log, older = work / "auth.log", work / "auth.log.1"
    config = write_config(work, {"authlog": [log]}, opensearch_sink(node.url), "twins")
    index("authlog")
    lines = (DATA / "authlog" / "debian13-rfc3339.log").read_bytes().splitlines(keepends=True)
    banner = lines[0]
    log.write_bytes(banner + b"".join(lines[1:40]))
    run_once(config)
    log.rename(older)
    log.write_bytes(banner + b"".join(lines[40:90]))
    run_once(config)
    said = command("reconcile", "--config", config, "--stream", "authlog", older, log)
    assert "91 documents expected" in said and "; 0 missing, 0 more than once" in said, said
