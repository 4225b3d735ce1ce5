"""What Dashboards would ask OpenSearch for a saved object of conf/opensearch/dashboards, made from the ndjson alone.

Written after Dashboards' public sources; only what our objects use, anything else is an error. Two things differ from a
browser: an automatic interval is an hour, and "now" is the time that is given.
"""
import json
from pathlib import Path

DASHBOARDS = Path(__file__).resolve().parents[2] / "conf" / "opensearch" / "dashboards"


def load():
    """{(type, id): object} of all files, in the order of import."""
    objects = {}
    for path in sorted(DASHBOARDS.glob("*.ndjson")):
        for line in path.read_text(encoding="utf-8").splitlines():
            found = json.loads(line)
            key = found["type"], found["id"]
            assert key not in objects, f"{key} is there twice"
            objects[key] = found
    return objects


def referred(objects, found, name):
    """The object that found calls by this name."""
    to = [r for r in found["references"] if r["name"] == name]
    assert len(to) == 1, f"{found['id']}: {len(to)} references {name}"
    return objects[to[0]["type"], to[0]["id"]]


def source_of(found):
    return json.loads(found["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])


def state_of(visualization):
    return json.loads(visualization["attributes"]["visState"])


def chain(objects, found):
    """The search sources that count for an object, its own first, and its index."""
    source = source_of(found)
    if "indexRefName" in source:
        return [source], referred(objects, found, source["indexRefName"])["attributes"]["title"]
    sources, index = chain(objects, referred(objects, found, found["attributes"]["savedSearchRefName"]))
    return [source] + sources, index


def lucene(query):
    assert query["language"] == "lucene" or not query["query"], f"a query in {query['language']}"
    return {"query_string": {"query": query["query"], "analyze_wildcard": True}} if query["query"] else {"match_all": {}}


def condition(filter_):
    """The query of a filter, without what is for people."""
    kinds = [k for k in filter_ if k not in ("meta", "$state")]
    assert len(kinds) == 1, f"filter of {kinds}"
    return filter_["query"] if kinds == ["query"] else {kinds[0]: filter_[kinds[0]]}


def query_of(sources, time_range):
    asked = [lucene(s["query"]) for s in sources if "query" in s]
    filters = [f for s in sources for f in s.get("filter", []) if not f.get("meta", {}).get("disabled")]
    return {"bool": {"must": asked,
                     "filter": [condition(f) for f in filters if not f["meta"].get("negate")] + ([time_range] if time_range else []),
                     "should": [], "must_not": [condition(f) for f in filters if f["meta"].get("negate")]}}


def time_range(dashboard, now):
    """of a dashboard that restores one."""
    attributes = dashboard["attributes"]
    assert attributes["timeRestore"] and attributes["timeFrom"].startswith("now-") and attributes["timeTo"] == "now"
    return {"range": {"@timestamp": {"gte": f"{now}||{attributes['timeFrom'][3:]}", "lte": now, "format": "strict_date_optional_time"}}}


def bucket(agg, aggs):
    """The request of a bucket aggregation."""
    params = agg["params"]
    if agg["type"] == "terms":
        order = next(a for a in aggs if a["id"] == params["orderBy"])
        asked = {"field": params["field"], "size": params["size"],
                 "order": {"_count" if order["type"] == "count" else order["id"]: params["order"]}}
        if params["missingBucket"]:
            asked["missing"] = "__missing__"
        return {"terms": asked} | ({} if order["type"] == "count" else {"aggs": {order["id"]: metric(order)}})
    if agg["type"] == "filters":
        return {"filters": {"filters": {f["label"]: query_of([{"query": f["input"]}], None) for f in params["filters"]}}}
    assert agg["type"] == "date_histogram" and params["interval"] == "auto", agg
    return {"date_histogram": {"field": params["field"], "fixed_interval": "1h", "time_zone": "UTC", "min_doc_count": params["min_doc_count"]}}


def metric(agg):
    assert agg["type"] in ("min", "max"), agg
    return {agg["type"]: {"field": agg["params"]["field"]}}


def aggregations(visualization):
    """Buckets one in the other, in the order of visState, metrics inside of the last."""
    aggs = [a for a in state_of(visualization)["aggs"] if a["enabled"]]
    asked = here = {}
    for agg in (a for a in aggs if a["schema"] != "metric"):
        here[agg["id"]] = bucket(agg, aggs)
        here = here[agg["id"]].setdefault("aggs", {})
    here |= {a["id"]: metric(a) for a in aggs if a["schema"] == "metric" and a["type"] != "count"}
    return without_empty(asked)


def without_empty(aggs):
    return {name: {k: without_empty(v) if k == "aggs" else v for k, v in agg.items() if v != {} or k != "aggs"}
            for name, agg in aggs.items()}


def requests(objects, found, when):
    """[(name, index, body)] of a visualization or a saved search; when: the range of the dashboard it stands on."""
    if found["type"] == "search":
        sources, index = chain(objects, found)
        return [(found["id"], index, {
            "size": 500, "version": True, "track_total_hits": True, "stored_fields": ["*"], "_source": {"excludes": []},
            "sort": [{field: {"order": order, "unmapped_type": "boolean"}} for field, order in found["attributes"]["sort"]],
            "docvalue_fields": [{"field": "@timestamp", "format": "date_time"}], "query": query_of(sources, when),
            "highlight": {"fields": {"*": {}}, "fragment_size": 2147483647}})]
    state = state_of(found)
    if state["type"] == "input_control_vis":
        return [(f"{found['id']} {control['label']}", referred(objects, found, control["indexPatternRefName"])["attributes"]["title"], {
            "size": 0, "track_total_hits": True, "timeout": "1000ms", "terminate_after": 100000,
            "query": query_of([], when if state["params"]["useTimeFilter"] else None),
            "aggs": {"termsAgg": {"terms": {"field": control["fieldName"], "order": {"_count": "desc"}}}}})
            for control in state["params"]["controls"]]
    sources, index = chain(objects, found)
    return [(found["id"], index, {"size": 0, "track_total_hits": True, "query": query_of(sources, when), "aggs": aggregations(found)})]
