"""`auditship setup` against a real OpenSearch: setup_test.py VERSION [secured].

Plain: twice (the second run changes nothing), all recordings without a refused document, what Compliant Kubernetes'
dashboards ask, an older template, drift, rollover. Secured: the roles that setup made, least privilege.
"""
import json
import subprocess
import sys
import time

from harness import AGENT, DATA, ROOT, OpenSearch, check, equal, http, http_json, main, opensearch_sink, run_once, write_config
from secured import Secured, add_user, password_of

VERSION = sys.argv[1]
SECURED = "secured" in sys.argv[2:]
CONF = ROOT / "conf" / "opensearch"


def setup(config, *options, expect=0, conf=CONF):
    done = subprocess.run([AGENT, "setup", "--config", config, "--conf-dir", conf, *options], capture_output=True, text=True, timeout=120)
    check(done.returncode == expect, f"setup {options} exited {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def recordings():
    """The files as they are: the agent only reads them."""
    files = {"kubeaudit": sorted((DATA / "kube-audit").rglob("*.log")) + sorted((DATA / "kube-audit").rglob("*.log.gz")),
             "authlog": sorted((DATA / "authlog").glob("*.log"))}
    check(all(len(found) > 5 for found in files.values()), f"recordings are missing: {files}")
    return files


def state(node):
    """Everything that setup may change, without what changes by itself."""
    return [http_json("GET", node.url + path) for path in ("/_component_template", "/_index_template", "/_alias", "/_mapping")]


def ship(work, files, node, name):
    summary = run_once(write_config(work, files, opensearch_sink(node.url), name))
    for stream, row in summary.items():
        equal(row["dead letters"], 0, f"{stream}: refused documents")
        check(row["documents"] > 500, f"{stream}: only {row['documents']} documents")
        equal(row["shipped"] + row["already there"], row["documents"] + row["derived"], f"{stream}: shipped")
        equal(node.count(stream), row["shipped"], f"{stream}: in the index")  # one rotated file is there twice


def search(node, index, **body):
    answer = http_json("POST", f"{node.url}/{index}/_search", body)
    equal(answer["_shards"]["failed"], 0, f"failed shards of {body}")
    return answer


def buckets(node, field, index="kubeaudit*"):
    answer = search(node, index, size=0, aggs={"by": {"terms": {"field": field, "size": 1000}}})
    return {b["key"]: b["doc_count"] for b in answer["aggregations"]["by"]["buckets"]}


def count_sources(sources, path):
    """The same as buckets, from the documents themselves."""
    counts = {}
    for value in sources:
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, str):
            counts[value] = counts.get(value, 0) + 1
    return counts


def check_dashboards(node):
    """What the saved objects of Compliant Kubernetes ask, as they are, answered by our documents."""
    sources = [hit["_source"] for hit in node.hits("kubeaudit", source=True)]
    decision = "annotations.authorization.k8s.io/decision"
    for field, path in (("user.username.keyword", ["user", "username"]), ("verb.keyword", ["verb"]),
                        ("objectRef.resource.keyword", ["objectRef", "resource"]),
                        ("objectRef.namespace.keyword", ["objectRef", "namespace"]),
                        (decision + ".keyword", ["annotations", "authorization.k8s.io/decision"])):
        found = buckets(node, field)
        check(len(found) > 1, f"{field}: {found}")
        equal(found, count_sources(sources, path), field)
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
        check(answer["hits"]["total"]["value"] > 0, f"{what} stays empty")
    codes = [source.get("responseStatus", {}).get("code", 0) for source in sources]
    for low, high in ((399, 500), (499, 600)):
        answer = search(node, "kubeaudit*", size=0, track_total_hits=True, query={"range": {"responseStatus.code": {"gte": low, "lt": high}}})
        equal(answer["hits"]["total"]["value"], sum(low <= code < high for code in codes), f"codes {low} to {high}")
    opened = search(node, "authlog*", size=0, track_total_hits=True, query={"multi_match": {"type": "best_fields", "query": "opened", "lenient": True}})
    check(opened["hits"]["total"]["value"] > 10, "Authlog sessions stays empty")
    # What an auditor asks: addresses as networks, key by fingerprint.
    check(search(node, "authlog*", size=0, query={"term": {"source.ip": "0.0.0.0/0"}})["hits"]["total"]["value"] > 10, "source.ip")
    check(buckets(node, "ssh.key.fingerprint", "authlog*"), "no key can be found")


def check_old_template(node, config, work):
    """A template of an older version is updated; the index that has its mapping is told as drift."""
    path = node.url + "/_component_template/auditship-authlog"
    old = http_json("GET", path)["component_templates"][0]["component_template"]
    del old["template"]["mappings"]["properties"]["ssh"]
    http("PUT", path, old)
    said = setup(config, "--dry-run")
    check("+ template.mappings.properties.ssh.properties.preauth.type: boolean" in said, said)
    http("POST", node.url + "/authlog/_rollover")  # an index as the older version made it
    said = setup(config)
    check("component template auditship-authlog: updated" in said and "lacks ssh.auth.method: not in the mapping" in said, said)
    check("POST /authlog/_rollover" in said, said)
    http("POST", node.url + "/authlog/_rollover")
    check("lacks" not in setup(config), "drift after the rollover")


def check_refusing_index(node, config):
    """An index that was made without our template, with another mapping: told before it refuses documents."""
    http("DELETE", node.url + "/_index_template/auditship-kubeaudit")
    http("PUT", node.url + "/kubeaudit-odd-000007", {"mappings": {"dynamic": False, "properties": {"user": {"type": "keyword"}}}})
    http("POST", node.url + "/_aliases", {"actions": [
        {"add": {"index": "kubeaudit-odd-000007", "alias": "kubeaudit", "is_write_index": True}},
        {"add": {"index": write_index(node, "kubeaudit"), "alias": "kubeaudit", "is_write_index": False}}]})
    said = setup(config, "--only", "templates", expect=1)
    check("refuses user: keyword, expected object" in said, said)
    http("POST", node.url + "/kubeaudit/_rollover")
    setup(config, "--only", "templates")


def write_index(node, alias):
    return next(index for index, body in http_json("GET", f"{node.url}/{alias}*/_alias").items()
                if body["aliases"].get(alias, {}).get("is_write_index"))


def check_rollover(node, config, work):
    """By the conditions of the lifecycle files: not due, then due."""
    before = write_index(node, "kubeaudit")
    check("kubeaudit: not due" in setup(config, "--rollover"), "rolled over although not due")
    equal(write_index(node, "kubeaudit"), before, "write index")
    conf = work / "conf"
    (conf / "lifecycle").mkdir(parents=True)
    for name in ("kubeaudit", "authlog"):
        text = (CONF / "lifecycle" / f"auditship-{name}.json").read_text()
        (conf / "lifecycle" / f"auditship-{name}.json").write_text(text.replace('"1d"', '"1s"'))
    time.sleep(1.1)
    check("kubeaudit: due" in setup(config, "--rollover", "--dry-run", conf=conf), "not due in a dry run")
    equal(write_index(node, "kubeaudit"), before, "write index after a dry run")
    said = setup(config, "--rollover", conf=conf)
    check(f"kubeaudit: rolled over from {before}" in said, said)
    check("as the templates" in setup(config), "the new index differs from the templates")


def test_plain(work):
    files = recordings()
    with OpenSearch(work, VERSION) as node:
        # What Compliant Kubernetes has there stays.
        http("PUT", node.url + "/_index_template/kubeaudit", {"index_patterns": ["kubeaudit*"], "template": {"settings": {"mapping.total_fields.limit": "1000"}}})
        theirs = http("GET", node.url + "/_index_template/kubeaudit")
        config = write_config(work, files, opensearch_sink(node.url), "first")
        before = state(node)
        said = setup(config, "--dry-run")
        check("PUT /_index_template/auditship-kubeaudit" in said and "templates: 6 would change" in said, said)
        equal(state(node), before, "changed by a dry run")
        said = setup(config)
        check("no Index State Management" in said and "indices: 2 changed" in said, said)
        after = state(node)
        said = setup(config)
        check(" changed" not in said and said.count(": unchanged") == 6, said)
        equal(state(node), after, "changed by the second run")
        equal(http("GET", node.url + "/_index_template/kubeaudit"), theirs, "the template of Compliant Kubernetes")
        ship(work, files, node, "first")
        check_dashboards(node)
        check_rollover(node, config, work)
        check_old_template(node, config, work)
        check_refusing_index(node, config)


# --- with the security plug-in -------------------------------------------------------------------

def check_least_privilege(node, index):
    """What a stolen credential of the shipper cannot do."""
    node.admin("PUT", "/other/_doc/1?refresh=true", {"secret": 1})
    first = node.admin("POST", f"/{index}/_search", {"size": 1})["hits"]["hits"][0]["_id"]
    who = "agentship"
    for method, path, body in (
            ("GET", "/other/_doc/1", None), ("POST", "/other/_search", {}), ("GET", "/_search", None),
            ("POST", f"/{index}/_search", {}), ("PUT", "/other/_doc/2", {}), ("DELETE", f"/{index}/_doc/{first}", None),
            ("POST", f"/{index}/_update/{first}", {"doc": {"a": 1}}), ("DELETE", f"/{index}", None),
            ("PUT", "/_index_template/auditship-kubeaudit", {"index_patterns": ["kubeaudit*"], "priority": 100}),
            ("PUT", "/_component_template/auditship-common", {"template": {}}), ("PUT", "/kubeaudit-000099", {}),
            ("PUT", f"/{index}/_mapping", {"properties": {"a": {"type": "text"}}}), ("PUT", f"/{index}/_settings", {"refresh_interval": "1s"}),
            ("POST", "/kubeaudit/_rollover", {}), ("POST", "/_aliases", {"actions": [{"remove_index": {"index": index}}]}),
            ("GET", "/_plugins/_security/api/internalusers", None)):
        node.refused(who, method, path, body)
    # Inside a bulk the refusal is per item.
    for action in ({"delete": {"_index": index, "_id": first}}, {"update": {"_index": index, "_id": first}}, {"create": {"_index": "other", "_id": "3"}}):
        lines = json.dumps(action) + "\n" + ("" if "delete" in action else '{"doc":{}}\n')
        status, answer = node.ask(who, "POST", "/_bulk", lines)
        check(status == 403 or next(iter(answer["items"][0].values()))["status"] == 403, f"{action}: {status} {answer}")
    status, answer = node.ask(who, "POST", "/_mget", {"docs": [{"_index": "other", "_id": "1"}]})
    check(status == 403 or "error" in answer["docs"][0], f"the shipper reads other indices: {answer}")
    equal(node.admin("GET", f"/{index}/_doc/{first}")["found"], True, "the document is still there")


def check_dated(node, files, work):
    """Dated indices come into being by the shipper's own bulks, with our templates."""
    sink = node.sink(work, "agentdated")
    sink["opensearch"]["target_style"] = "dated"
    config = write_config(work, {"authlog": files}, sink, "dated")
    said = setup(config, "--only", "roles", "--username", "admin", "--password-file", work / "admin.password")
    check("role auditship-shipper-dated: created" in said, said)
    add_user(node, "agentdated", "auditship-shipper-dated")
    row = run_once(config)["authlog"]
    equal((row["dead letters"], row["shipped"]), (0, row["documents"] + row["derived"]), "dated: refused, shipped")
    dated = {index: body["mappings"] for index, body in node.admin("GET", "/authlog-*/_mapping").items() if len(index) == len("authlog-2026.11.23")}
    check(dated and all("ssh" in mapping["properties"] for mapping in dated.values()), f"no templates in {list(dated)}")
    said = setup(config, "--username", "agentsetup", "--password-file", work / "setup.password")
    check("as the templates" in said, said)
    node.refused("agentdated", "POST", "/authlog-*/_search", {})


def test_secured(work):
    files = recordings()
    files = {"kubeaudit": files["kubeaudit"][:4], "authlog": files["authlog"][:2]}
    with Secured(work, VERSION) as node:
        config = write_config(work, files, node.sink(work, "agentship"))
        password = work / "admin.password"
        password.write_text("admin-password\n")
        said = setup(config, "--only", "roles", "--username", "admin", "--password-file", password)
        check("roles: 2 changed" in said, said)
        said = setup(config, "--only", "roles", "--username", "admin", "--password-file", password)
        check("roles: nothing to do" in said, said)
        check("answered 401" in setup(config, expect=1), "a user that does not exist")
        add_user(node, "agentship", "auditship-shipper")
        add_user(node, "agentsetup", "auditship-setup")
        said = setup(config, expect=1)
        check("answered 403" in said and "auditship-setup" in said, said)
        (work / "setup.password").write_text(password_of("agentsetup") + "\n")
        as_setup = ["--username", "agentsetup", "--password-file", work / "setup.password"]
        said = setup(config, *as_setup)
        check("indices: 2 changed" in said and "roles: skipped" in said and password_of("agentsetup") not in said, said)
        check(" changed" not in setup(config, *as_setup), "the second run changes something")
        check("not due" in setup(config, "--rollover", *as_setup), "rollover by the setup role")
        summary = run_once(config)
        for stream, row in summary.items():
            equal((row["dead letters"], row["shipped"]), (0, row["documents"] + row["derived"]), f"{stream}: refused, shipped")
        indices = {name: next(iter(node.admin("GET", f"/_alias/{name}"))) for name in files}
        node.admin("POST", "/_refresh")
        for stream, row in summary.items():
            equal(node.admin("GET", f"/{indices[stream]}/_count")["count"], row["documents"] + row["derived"], f"{stream}: in the index")
        check_least_privilege(node, indices["kubeaudit"])
        # The look-up in doubt: by id over all indices of the alias, after a rollover.
        node.admin("POST", "/authlog/_rollover")
        done = subprocess.run([AGENT, "reconcile", "--config", config, "--stream", "authlog", *files["authlog"]], capture_output=True, text=True, timeout=120)
        check(done.returncode == 0, f"reconcile exited {done.returncode}: {done.stdout} {done.stderr}")
        check_dated(node, files["authlog"], work)


main(test_secured if SECURED else test_plain)
