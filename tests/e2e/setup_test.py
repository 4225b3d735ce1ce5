"""`auditship setup` against a real OpenSearch: twice, all recordings without a refused document, what Compliant Kubernetes'
dashboards ask, an older template, drift, rollover. With roles: setup_secured_test.py."""
import time

import pytest

from harness import http, http_json, opensearch_sink, run_once, write_config
from setup_command import CONF, older_component, recordings, run_setup


def state(node):
    """Everything that setup may change, without what changes by itself."""
    return [http_json("GET", node.url + path) for path in ("/_component_template", "/_index_template", "/_alias", "/_mapping")]


@pytest.fixture
def config(work, node):
    """For a cluster that has nothing of ours, but the template of Compliant Kubernetes: what another test made is removed."""
    http("DELETE", node.url + "/kubeaudit*,authlog*")
    for kind in ("index", "component"):
        for one in http_json("GET", f"{node.url}/_{kind}_template")[f"{kind}_templates"]:
            if one["name"].startswith(("auditship-", "kubeaudit")):
                http("DELETE", f"{node.url}/_{kind}_template/{one['name']}")
    http("PUT", node.url + "/_index_template/kubeaudit", {
        "index_patterns": ["kubeaudit*"], "template": {"settings": {"mapping.total_fields.limit": "1000"}}})
    return write_config(work, recordings(), opensearch_sink(node.url))


def test_the_second_run_changes_nothing_and_a_dry_run_never(node, config):
    theirs = http("GET", node.url + "/_index_template/kubeaudit")
    before = state(node)
    said = run_setup(config, "--dry-run")
    assert "PUT /_index_template/auditship-kubeaudit" in said and "templates: 6 would change" in said, said
    assert state(node) == before, "changed by a dry run"
    said = run_setup(config)
    assert "no Index State Management" in said and "indices: 2 changed" in said, said
    after = state(node)
    said = run_setup(config)
    assert " changed" not in said and said.count(": unchanged") == 6, said
    assert state(node) == after, "changed by the second run"
    assert http("GET", node.url + "/_index_template/kubeaudit") == theirs, "the template of Compliant Kubernetes"


def search(node, index, **body):
    answer = http_json("POST", f"{node.url}/{index}/_search", body)
    assert answer["_shards"]["failed"] == 0, f"failed shards of {body}"
    return answer


def buckets(node, field, index="kubeaudit*"):
    answer = search(node, index, size=0, aggs={"by": {"terms": {"field": field, "size": 1000}}})
    return {b["key"]: b["doc_count"] for b in answer["aggregations"]["by"]["buckets"]}


def value_at(source, path):
    """Of the event's own tree, or by the dotted name that lines of the old text format have."""
    value = source
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return source.get(".".join(path)) if value is None else value


def count_sources(sources, path):
    """The same as buckets, from the documents themselves."""
    counts = {}
    for source in sources:
        value = value_at(source, path)
        if isinstance(value, str):
            counts[value] = counts.get(value, 0) + 1
    return counts


def shipped_all(node, summary):
    for stream, row in summary.items():
        assert row["dead letters"] == 0, f"{stream}: refused documents"
        assert row["documents"] > 500, f"{stream}: only {row['documents']} documents"
        assert row["shipped"] + row["already there"] == row["documents"] + row["derived"], f"{stream}: shipped"
        assert node.count(stream) == row["shipped"], f"{stream}: in the index"  # one rotated file is there twice


def saved_searches_find_something(node):
    decision = "annotations.authorization.k8s.io/decision"
    highlight = {"fields": {"*": {}}, "fragment_size": 2147483647}
    for what, query in {
            "Audit logs - all": {"exists": {"field": decision}},
            "Audit logs - forbid": {"match_phrase": {decision: "forbid"}},
            "All api-requests": {"bool": {"filter": [
                {"multi_match": {"type": "best_fields", "query": "ResponseComplete", "lenient": True}},
                {"match_phrase": {"stage": "ResponseComplete"}}]}},
            "Forbid error": {"multi_match": {"type": "best_fields", "query": "forbid", "lenient": True}},
            "Client error": {"range": {"responseStatus.code": {"gte": 399, "lt": 500}}},
            "Server error": {"range": {"responseStatus.code": {"gte": 499, "lt": 600}}}}.items():
        answer = search(node, "kubeaudit*", size=500, query=query, highlight=highlight, stored_fields=["*"], track_total_hits=True,
                        docvalue_fields=[{"field": "@timestamp", "format": "date_time"}],
                        sort=[{"@timestamp": {"order": "desc", "unmapped_type": "boolean"}}])
        assert answer["hits"]["total"]["value"] > 0, f"{what} stays empty"


def test_all_recordings_are_taken_and_answer_what_dashboards_and_auditors_ask(node, config):
    """As the saved objects of Compliant Kubernetes ask it, as they are."""
    run_setup(config)
    summary = run_once(config)
    assert set(summary) == {"kubeaudit", "authlog"}, "streams"
    shipped_all(node, summary)
    sources = [hit["_source"] for hit in node.hits("kubeaudit", source=True)]
    decision = "annotations.authorization.k8s.io/decision"
    for field, path in (("user.username.keyword", ["user", "username"]), ("verb.keyword", ["verb"]),
                        ("objectRef.resource.keyword", ["objectRef", "resource"]),
                        ("objectRef.namespace.keyword", ["objectRef", "namespace"]),
                        (decision + ".keyword", ["annotations", "authorization.k8s.io/decision"])):
        found = buckets(node, field)
        assert len(found) > 1, f"{field}: {found}"
        assert found == count_sources(sources, path), field
    saved_searches_find_something(node)
    codes = [value_at(source, ["responseStatus", "code"]) or 0 for source in sources]
    for low, high in ((399, 500), (499, 600)):
        query = {"range": {"responseStatus.code": {"gte": low, "lt": high}}}
        answer = search(node, "kubeaudit*", size=0, track_total_hits=True, query=query)
        assert answer["hits"]["total"]["value"] == sum(low <= code < high for code in codes), f"codes {low} to {high}"
    query = {"multi_match": {"type": "best_fields", "query": "opened", "lenient": True}}
    opened = search(node, "authlog*", size=0, track_total_hits=True, query=query)
    assert opened["hits"]["total"]["value"] > 10, "Authlog sessions stays empty"
    # What an auditor asks: addresses as networks, key by fingerprint.
    assert search(node, "authlog*", size=0, query={"term": {"source.ip": "0.0.0.0/0"}})["hits"]["total"]["value"] > 10, "source.ip"
    assert buckets(node, "ssh.key.fingerprint", "authlog*"), "no key can be found"


def test_a_template_of_an_older_version_is_updated_and_an_index_with_its_mapping_is_told_as_drift(node, config):
    run_setup(config)
    path = node.url + "/_component_template/auditship-authlog"
    old = http_json("GET", path)["component_templates"][0]["component_template"]
    del old["template"]["mappings"]["properties"]["ssh"]
    http("PUT", path, old)
    said = run_setup(config, "--dry-run")
    assert "+ template.mappings.properties.ssh.properties.preauth.type: boolean" in said, said
    http("POST", node.url + "/authlog/_rollover")  # an index as the older version made it
    said = run_setup(config)
    assert "component template auditship-authlog: updated" in said and "lacks ssh.auth.method: not in the mapping" in said, said
    assert "POST /authlog/_rollover" in said, said
    http("POST", node.url + "/authlog/_rollover")
    assert "lacks" not in run_setup(config), "drift after the rollover"


def test_an_index_that_does_not_answer_to_all_names_is_rolled_over_once(node, config):
    """Of an older release of ours, and one that the shippers of Compliant Kubernetes made."""
    run_setup(config)
    run_once(config)
    for stream in ("kubeaudit", "authlog"):
        http("PUT", f"{node.url}/_component_template/auditship-{stream}", older_component(stream))
    http("POST", node.url + "/authlog/_rollover")
    theirs = "kubeaudit-default-2026.11.23-000007"
    http("PUT", f"{node.url}/{theirs}", {"settings": {"number_of_replicas": 0}, "mappings": {"dynamic": True}})
    http("POST", f"{node.url}/_aliases", {"actions": [
        {"add": {"index": theirs, "alias": "kubeaudit", "is_write_index": True}},
        {"add": {"index": write_index(node, "kubeaudit"), "alias": "kubeaudit", "is_write_index": False}}]})
    before = {stream: write_index(node, stream) for stream in ("kubeaudit", "authlog")}
    said = run_setup(config, "--dry-run")
    assert said.count("would be rolled over") == 2 and "POST /kubeaudit/_rollover" in said, said
    assert {stream: write_index(node, stream) for stream in before} == before, "rolled over by a dry run"
    said = run_setup(config)
    for stream, index in before.items():
        now = write_index(node, stream)
        assert now != index and f"alias {stream}: rolled over to {now}, as {index} does not answer" in said, said
        assert f"index {now}: as the templates" in said, said
    assert "rolled over" not in run_setup(config), "rolled over again"


def test_an_index_that_would_refuse_documents_is_told_before_it_does(node, config):
    """It was made without our template, with another mapping."""
    run_setup(config)
    http("DELETE", node.url + "/_index_template/auditship-kubeaudit")
    odd = {"dynamic": False, "properties": {"user": {"type": "keyword"}}}
    http("PUT", node.url + "/kubeaudit-odd-000007", {"mappings": odd})
    http("POST", node.url + "/_aliases", {"actions": [
        {"add": {"index": "kubeaudit-odd-000007", "alias": "kubeaudit", "is_write_index": True}},
        {"add": {"index": write_index(node, "kubeaudit"), "alias": "kubeaudit", "is_write_index": False}}]})
    said = run_setup(config, "--only", "templates", expect=1)
    assert "refuses user: keyword, expected object" in said, said
    http("POST", node.url + "/kubeaudit/_rollover")
    run_setup(config, "--only", "templates")


def write_index(node, alias):
    return next(index for index, body in http_json("GET", f"{node.url}/{alias}*/_alias").items()
                if body["aliases"].get(alias, {}).get("is_write_index"))


def test_rollover_goes_by_the_conditions_of_the_lifecycle_files(node, config, work):
    """Not due, then due."""
    run_setup(config)
    run_once(config)
    before = write_index(node, "kubeaudit")
    assert "kubeaudit: not due" in run_setup(config, "--rollover"), "rolled over although not due"
    assert write_index(node, "kubeaudit") == before, "write index"
    conf = work / "conf"
    (conf / "lifecycle").mkdir(parents=True)
    for name in ("kubeaudit", "authlog"):
        text = (CONF / "lifecycle" / f"auditship-{name}.json").read_text()
        (conf / "lifecycle" / f"auditship-{name}.json").write_text(text.replace('"1d"', '"1s"'))
    time.sleep(1.1)
    assert "kubeaudit: due" in run_setup(config, "--rollover", "--dry-run", conf=conf), "not due in a dry run"
    assert write_index(node, "kubeaudit") == before, "write index after a dry run"
    said = run_setup(config, "--rollover", conf=conf)
    assert f"kubeaudit: rolled over from {before}" in said, said
    assert "as the templates" in run_setup(config), "the new index differs from the templates"
