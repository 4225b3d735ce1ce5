"""The dashboards against a real OpenSearch that holds the recordings.

`auditship setup` and `auditship run --once` fill it; then each panel of each dashboard is asked as Dashboards would, and
has to answer what tests/data/dashboards/expected.json says, which was counted from the recordings by hand. The panels of
Compliant Kubernetes are asked too. Dashboards itself does not run here: a stand-in takes the import.
"""
import email
import email.policy
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import saved_objects
from harness import DATA, ROOT, command, http, http_json, opensearch_sink, run_once, write_config

EXPECTED = json.loads((DATA / "dashboards" / "expected.json").read_text())
CONF = ROOT / "conf" / "opensearch"
NOW = "2026-11-24T00:00:00Z"  # the evening of the recordings
DECISION = "annotations.authorization.k8s.io/decision"


class StandIn:
    """Takes saved objects as Dashboards' API does: an object whose references are not there is refused."""

    def __init__(self):
        self.objects, self.imports = {}, []
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = 200, {}
                if self.headers["osd-xsrf"] is None:
                    status = 400
                elif self.path == "/api/saved_objects/_bulk_get":
                    answer = stand_in.get(json.loads(body))
                elif self.path == "/api/saved_objects/_import?overwrite=true":
                    answer = stand_in.take(self.headers["Content-Type"], body)
                else:
                    status = 404
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *unused):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.server.shutdown()

    def get(self, keys):
        return {"saved_objects": [self.objects.get((k["type"], k["id"]), {**k, "error": {"statusCode": 404}}) for k in keys]}

    def take(self, content_type, body):
        message = email.message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body, policy=email.policy.HTTP)
        part = next(message.iter_parts())
        self.imports.append(part.get_filename())
        new = {(o["type"], o["id"]): o for o in map(json.loads, part.get_content().decode().strip().split("\n"))}
        missing = [r for o in new.values() for r in o["references"] if (r["type"], r["id"]) not in new | self.objects]
        if missing:
            return {"success": False, "errors": [{"error": {"type": "missing_references", "references": missing}}]}
        self.objects |= new
        return {"success": True, "successCount": len(new)}


@pytest.fixture(scope="module")
def objects():
    return saved_objects.load()


@pytest.fixture(scope="module")
def filled(shared, node):
    """The recordings are in the indices; returns their files."""
    files = {"kubeaudit": [DATA / "kube-audit" / f"{name}.log" for name in EXPECTED["recordings"]["kubeaudit"]],
             "authlog": [DATA / "authlog" / f"{name}.log" for name in EXPECTED["recordings"]["authlog"]]}
    owners = {}
    for line in (DATA / "authlog" / "keys" / "administrators.tsv").read_text().splitlines()[1:]:
        sha256, md5, *_, owner = line.split("\t")
        owners.setdefault(owner, []).extend([sha256, md5])
    (shared / "owners.json").write_text(json.dumps({"ssh_key_owners": [{"name": n, "fingerprints": f} for n, f in owners.items()]}))
    config = write_config(shared, files, opensearch_sink(node.url), ssh_key_owners=[{"map": str(shared / "owners.json")}])
    said = command("setup", "--config", config, "--conf-dir", CONF)
    assert "dashboards/*.ndjson by hand, in the order of their names" in said, f"nothing says how to import by hand: {said}"
    summary = run_once(config)
    assert set(summary) == set(files), "streams"
    for stream, row in summary.items():
        assert row["shipped"] == row["lines"] + row["derived"], f"{stream}: shipped"
    http("POST", node.url + "/_refresh")
    return files


def test_setup_imports_in_an_order_that_leaves_no_reference_open_and_only_once(work, filled, node, objects):
    with StandIn() as stand_in:
        config = write_config(work, filled, opensearch_sink(node.url, dashboards_url=stand_in.url), "import")
        arguments = ("setup", "--config", config, "--conf-dir", CONF, "--only", "dashboards")
        assert "would be imported" in command(*arguments, "--dry-run") and not stand_in.imports, "a dry run imports"
        command(*arguments)
        assert stand_in.objects == objects, "imported objects"
        assert stand_in.imports == sorted(p.name for p in saved_objects.DASHBOARDS.glob("*.ndjson")), "imported files"
        assert "dashboards: nothing to do" in command(*arguments), "the second run has something to do"
        assert len(stand_in.imports) == len(set(stand_in.imports)), "imported twice"


def first_path(aggregations):
    """[[key, count], …]: the first bucket, its first bucket, and so on. Histograms have their sum of buckets."""
    for value in (aggregations or {}).values():
        if isinstance(value, dict) and "buckets" in value:
            buckets = value["buckets"]
            if isinstance(buckets, dict):  # of filters: those that are not empty, in the order asked
                return [[key, b["doc_count"]] for key, b in buckets.items() if b["doc_count"]]
            if not buckets:
                return [None]
            first = buckets[0]
            return [[first.get("key_as_string", first["key"]), first["doc_count"]]] + first_path(first)
    return [[name, v["value_as_string"]] for name, v in (aggregations or {}).items() if isinstance(v, dict) and "value_as_string" in v]


def answer_of(node, index, body):
    answer = http_json("POST", f"{node.url}/{index}/_search", body)
    assert answer["_shards"]["failed"] == 0, f"failed shards of {body}"
    return {"documents": answer["hits"]["total"]["value"], **({"top": first_path(answer["aggregations"])} if "aggs" in body else {})}


@pytest.mark.usefixtures("filled")
def test_each_panel_answers_what_was_counted_by_hand(node, objects):
    asked = {}
    for found in objects.values():
        if found["type"] == "dashboard":
            when = saved_objects.time_range(found, NOW)
            for panel in json.loads(found["attributes"]["panelsJSON"]):
                shown = saved_objects.referred(objects, found, panel["panelRefName"])
                for name, index, body in saved_objects.requests(objects, shown, when):
                    asked[name] = answer_of(node, index, body)
    for name, answer in asked.items():
        assert answer == EXPECTED["panels"].get(name), name
        assert answer["documents"] > 0 and None not in answer.get("top", []), f"{name} stays empty"
    assert sorted(asked) == sorted(EXPECTED["panels"]), "panels"
    print(len(asked), "panels answer as expected")


@pytest.mark.usefixtures("filled")
def test_a_choice_in_the_lists_of_audit_user_is_followed_by_its_panels(node, objects):
    """A user and a verb are chosen in the lists of Audit user."""
    found = objects["visualization", "auditship-user-decisions"]
    for name, (user, verb) in EXPECTED["choice"]["of"].items():
        (_, index, body), = saved_objects.requests(objects, found, None)
        body["query"]["bool"]["filter"] += [{"match_phrase": {"user.name": user}}, {"match_phrase": {"verb": verb}}]
        assert answer_of(node, index, body) == EXPECTED["choice"]["answers"][name], f"decisions about {user}, {verb}"


def terms(*fields, missing=None):
    """Terms in terms, as a pie asks for them; missing: of the last one."""
    asked = {}
    for field in reversed(fields):
        asked = {"next": {"terms": {"field": field, "size": 10, "order": {"_count": "desc"}}, **({"aggs": asked} if asked else {})}}
    here = asked
    while "aggs" in here["next"]:
        here = here["next"]["aggs"]
    if missing:
        here["next"]["terms"]["missing"] = missing
    return asked


USER, VERB, RESOURCE, NAMESPACE = (f"{f}.keyword" for f in ("user.username", "verb", "objectRef.resource", "objectRef.namespace"))
DECIDED, FORBID = {"exists": {"field": DECISION}}, {"match_phrase": {DECISION: "forbid"}}


def free(text):
    return {"multi_match": {"type": "best_fields", "query": text, "lenient": True}}


# What the saved objects of Compliant Kubernetes aggregate on, as they are: the fields with .keyword, and the filters of its searches.
COMPLIANT_KUBERNETES = [
    ("User selector", "kubeaudit*", [], terms(USER)), ("Verb selector", "kubeaudit*", [], terms(VERB)),
    ("Resource selector", "kubeaudit*", [], terms(RESOURCE)),
    ("Audit counter", "kubeaudit*", [DECIDED], terms(f"{DECISION}.keyword")),
    ("Audit pie", "kubeaudit*", [DECIDED], terms(f"{DECISION}.keyword", RESOURCE, VERB, NAMESPACE, missing="__missing__")),
    ("Audit logs - all", "kubeaudit*", [DECIDED], None), ("Audit logs - forbid", "kubeaudit*", [FORBID], None),
    ("Forbidden api-requests", "kubeaudit*", [FORBID], terms(USER, RESOURCE, VERB)),
    ("All api-requests", "kubeaudit*", [free("ResponseComplete"), {"match_phrase": {"stage": "ResponseComplete"}}], None),
    ("Forbid error", "kubeaudit*", [free("forbid")], None),
    ("Client error", "kubeaudit*", [{"range": {"responseStatus.code": {"gte": 399, "lt": 500}}}], None),
    ("Server error", "kubeaudit*", [{"range": {"responseStatus.code": {"gte": 499, "lt": 600}}}], None),
    ("Authlog sessions", "authlog*", [free("opened")], None)
]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("name, index, conditions, aggs", COMPLIANT_KUBERNETES, ids=[row[0] for row in COMPLIANT_KUBERNETES])
def test_the_saved_objects_of_compliant_kubernetes_are_answered(node, name, index, conditions, aggs):
    body = {"size": 0 if aggs else 500, "track_total_hits": True, "query": {"bool": {"filter": conditions}}}
    body |= {"aggs": aggs} if aggs else {"highlight": {"fields": {"*": {}}, "fragment_size": 2147483647}}
    assert answer_of(node, index, body) == EXPECTED["compliant-kubernetes"][name], name
