"""auditship dead-letter and auditship reconcile against a real OpenSearch: commands_test.py VERSION."""
import json
import shutil
import sys

from harness import (DATA, FakeServer, OpenSearch, check, command, equal, http, http_json, main, opensearch_sink, parse,
                     run_once, write_config)

VERSION = sys.argv[1]
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
            if first != "surprise":
                properties[first] = {"type": "object", "dynamic": "false"} if tree else {"type": "keyword", "ignore_above": 8000}
    properties["@timestamp"] = {"type": "date"}
    return {"dynamic": "strict", "properties": properties}


def letters(data, *options):
    return [json.loads(line) for line in command("dead-letter", "show", "--data-dir", data, *options).splitlines()]


def without_agent(document):
    return {k: v for k, v in document.items() if k != "agent.id"}


def look(data, odd):
    """ls and show: counts, the server's reason, and the documents as they were before any repair."""
    listed = command("dead-letter", "ls", "--data-dir", data)
    check(f"kubeaudit: {ODD} letters" in listed, f"ls: {listed}")
    check(f"{ODD}  400 strict_dynamic_mapping_exception: " in listed, f"ls: {listed}")
    check("kubeaudit: 0 letters" in command("dead-letter", "ls", "--data-dir", data, "--reason", "no such reason"),
          "ls --reason counts letters of other reasons")
    equal(letters(data, "--reason", "no such reason"), [], "show with another reason")
    shown = letters(data, "--reason", "strict_dynamic_mapping_exception")
    equal(len(shown), ODD, "letters shown")
    for letter, document in zip(shown, odd):
        equal(letter["stream"], "kubeaudit", "stream")
        equal(letter["index"], "kubeaudit-000001", "index")
        equal(letter["status"], 400, "status")
        check("surprise" in letter["reason"], f"not the reason of the document in the letter: {letter['reason']}")
        equal(without_agent(json.loads(letter["document"])), without_agent(document), "document of the letter")
    return sorted(letter["id"] for letter in shown)


def dead_letters(work, node, log, config, documents, wanted_ids):
    data = work / "data"
    odd = [d for d in documents if "surprise" in d]
    summary = run_once(config)["kubeaudit"]
    equal(summary["dead letters"], ODD, "dead letters in the summary")
    equal(summary["shipped"], len(documents) - ODD, "shipped")
    equal(node.count("kubeaudit"), len(documents) - ODD, "documents before the replay")
    buried = look(data, odd)
    # Not repaired yet: refused again, and kept.
    said = command("dead-letter", "replay", "--config", config, expect=1)
    check(f"kubeaudit: 0 delivered, {ODD} refused again" in said, said)
    equal(look(data, odd), buried, "letters after a replay that was refused")
    # Repaired. One of them is there by now, as after a crash in the middle of a replay, and the alias moved on.
    repair = {"properties": {"surprise": {"type": "object", "enabled": False}}}
    http("PUT", f"{node.url}/kubeaudit-000001/_mapping", repair)
    http("PUT", f"{node.url}/kubeaudit-000001/_create/{buried[0]}", odd[0])
    mapping = strict_mapping(documents)
    mapping["properties"].update(repair["properties"])
    http("POST", f"{node.url}/kubeaudit/_rollover", {"mappings": mapping})
    said = command("dead-letter", "replay", "--config", config, "--reason", "no such reason")
    check("kubeaudit: 0 delivered, 0 refused again" in said, said)
    shutil.copytree(data / "kubeaudit" / "dead-letter", work / "letters")
    said = command("dead-letter", "replay", "--config", config)
    check(f"kubeaudit: {ODD} delivered, 0 refused again" in said, said)
    equal(sorted(line.split()[1] for line in node.ids("kubeaudit")), wanted_ids, "ids after the replay")
    equal(sorted(line.split()[1] for line in node.ids("kubeaudit") if line.startswith("kubeaudit-000002")), buried[1:],
          "ids in the index of today")
    equal(letters(data), [], "letters after the replay")
    # The same letters once more, as after a crash before they were taken out: nothing is doubled.
    shutil.copytree(work / "letters", data / "kubeaudit" / "dead-letter", dirs_exist_ok=True)
    equal(len(letters(data)), ODD, "letters put back")
    check(f"kubeaudit: {ODD} delivered" in command("dead-letter", "replay", "--config", config), "second replay")
    equal(sorted(line.split()[1] for line in node.ids("kubeaudit")), wanted_ids, "ids after the second replay")


def dated(work, node, log, documents):
    """Dated names: a letter knows the index of its day, and goes there."""
    sink = opensearch_sink(node.url)
    sink["opensearch"]["target_style"] = "dated"
    config = write_config(work, {"kubeaudit": [log]}, sink, "dated")
    http("PUT", f"{node.url}/_index_template/dated", {"index_patterns": ["kubeaudit-*.*.*"],
                                                      "template": {"mappings": strict_mapping(documents)}})
    equal(run_once(config)["kubeaudit"]["dead letters"], ODD, "dead letters with dated names")
    names = {letter["index"] for letter in letters(work / "dated")}
    equal(names, {"kubeaudit-2026.11.23"}, "indices of the letters")
    command("dead-letter", "replay", "--config", config, expect=1)
    http("PUT", f"{node.url}/kubeaudit-2026.11.23/_mapping", {"properties": {"surprise": {"type": "object", "enabled": False}}})
    said = command("dead-letter", "replay", "--config", config)
    check(f"kubeaudit: {ODD} delivered, 0 refused again" in said, said)
    http("POST", f"{node.url}/kubeaudit-2026.11.23/_refresh")
    equal(http_json("GET", f"{node.url}/kubeaudit-2026.11.23/_count")["count"], len(documents), "documents of that day")
    equal(letters(work / "dated"), [], "letters after the replay with dated names")


def reconcile(node, log, config, documents):
    ask = ("reconcile", "--config", config, "--stream", "kubeaudit", log)
    total = f"{len(documents)} documents expected, 0 records filtered; "
    said = command(*ask)
    check(total + "0 missing, 0 more than once" in said, said)
    hits = {(d["_source"]["log.offset"]): d for d in node.hits("kubeaudit", source=True)}
    offsets = sorted(hits)
    gone = offsets[10:13] + offsets[100:101]
    for offset in gone:
        http("DELETE", f"{node.url}/{hits[offset]['_index']}/_doc/{hits[offset]['_id']}?refresh=true")
    said = command(*ask, expect=1)
    check(f"{log}: MISSING: 3 documents, from offset {gone[0]} to {gone[2]}\n" in said, said)
    check(f"{log}: MISSING: 1 documents, from offset {gone[3]} to {gone[3]}\n" in said, said)
    check(total + "4 missing, 0 more than once" in said, said)
    for offset in gone:
        http("PUT", f"{node.url}/kubeaudit-000002/_create/{hits[offset]['_id']}", hits[offset]["_source"])
    check("0 missing, 0 more than once" in command(*ask), "all are there again")
    # An id guards one index only: after a rollover the same document can stand in two.
    twice = hits[offsets[50]]
    http("PUT", f"{node.url}/kubeaudit-000002/_create/{twice['_id']}?refresh=true", twice["_source"])
    said = command(*ask, expect=1)
    check(f"{log}: MORE THAN ONCE: 1 documents, from offset {offsets[50]} to {offsets[50]}\n" in said, said)
    check(total + "0 missing, 1 more than once" in said, said)


def twins(work, node):
    """Two generations that begin with the same line: reconcile finds out which is which."""
    log, older = work / "auth.log", work / "auth.log.1"
    config = write_config(work, {"authlog": [log]}, opensearch_sink(node.url), "twins")
    http("PUT", f"{node.url}/authlog-000001", {"aliases": {"authlog": {"is_write_index": True}}})
    lines = (DATA / "authlog" / "debian13-rfc3339.log").read_bytes().splitlines(keepends=True)
    banner = lines[0]
    log.write_bytes(banner + b"".join(lines[1:40]))
    run_once(config)
    log.rename(older)
    log.write_bytes(banner + b"".join(lines[40:90]))
    run_once(config)
    said = command("reconcile", "--config", config, "--stream", "authlog", older, log)
    check("91 documents expected" in said and "; 0 missing, 0 more than once" in said, said)


def test(work):
    log = write_log(work)
    with FakeServer() as fake:
        run_once(write_config(work, {"kubeaudit": [log]}, opensearch_sink(fake.url), "reference"))
        wanted_ids = sorted(line.split()[1] for line in fake.ids())
    with OpenSearch(work, VERSION) as node:
        config = write_config(work, {"kubeaudit": [log]}, opensearch_sink(node.url))
        documents = parse("kubeaudit", [log], config)
        equal(sum("surprise" in d for d in documents), ODD, "odd documents")
        http("PUT", f"{node.url}/kubeaudit-000001", {"mappings": strict_mapping(documents),
                                                     "aliases": {"kubeaudit": {"is_write_index": True}}})
        dead_letters(work, node, log, config, documents, wanted_ids)
        reconcile(node, log, config, documents)
        dated(work, node, log, documents)
        twins(work, node)


main(test)
