"""Builders of OpenSearch Dashboards' saved objects, in the format that 2.x exports and 3.x imports.

Each function returns one object as a mapping; `Dashboard` lays panels out in rows. What an object refers to
is kept beside it, so that a file can be written that has all of them (see generate).
"""
import json

# The format of each type, as Dashboards' own migrations number it. Older ones would be migrated at import.
FORMATS = {"index-pattern": "7.6.0", "search": "7.9.3", "visualization": "7.10.0", "dashboard": "7.9.3"}
TIME = "@timestamp"
GRID = 48  # columns of a dashboard


def text(value):
    """Dashboards keeps most of an object as JSON text inside the JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def lucene(query):
    return {"query": query, "language": "lucene"}


def saved(kind, name, attributes, references=()):
    return {"id": name, "type": kind, "attributes": attributes, "references": list(references),
            "migrationVersion": {kind: FORMATS[kind]}}


def reference(name, to):
    return {"name": name, "type": to["type"], "id": to["id"]}


def index_pattern(title):
    """Without a list of fields: Dashboards asks the indices for it."""
    return saved("index-pattern", title, {"title": title, "timeFieldName": TIME})


def on_index(index, source):
    """(searchSourceJSON, references) of an object that asks an index pattern itself."""
    name = "kibanaSavedObjectMeta.searchSourceJSON.index"
    return ({"searchSourceJSON": text({**source, "indexRefName": name})}, [reference(name, index)])


def search(name, title, index, query, columns, description=""):
    meta, references = on_index(index, {"highlightAll": True, "version": True, "query": lucene(query), "filter": []})
    return saved("search", name, {
        "title": title, "description": description, "hits": 0, "columns": columns, "sort": [[TIME, "desc"]], "version": 1,
        "kibanaSavedObjectMeta": meta}, references)


# --- aggregations --------------------------------------------------------------------------------

def by(field, label, size=10, missing=None):
    """A bucket for each of the most frequent values; missing: the label of documents without one (keywords only)."""
    return {"type": "terms", "params": {
        "field": field, "customLabel": label, "orderBy": "1", "order": "desc", "size": size, "otherBucket": False,
        "otherBucketLabel": "Other", "missingBucket": missing is not None, "missingBucketLabel": missing or "Missing"}}


def newest_first(field, label, size=20):
    """Values by the time of their first document, the newest on top; needs the metric FIRST_SEEN."""
    bucket = by(field, label, size)
    bucket["params"]["orderBy"] = "2"
    return bucket


def ranges(*labelled):
    """(label, Lucene query) each."""
    return {"type": "filters", "params": {"filters": [{"input": lucene(query), "label": label} for label, query in labelled]}}


def over_time():
    return {"type": "date_histogram", "params": {"field": TIME, "useNormalizedOpenSearchInterval": True, "interval": "auto",
                                                 "drop_partials": False, "min_doc_count": 1, "extended_bounds": {}}}


COUNT = {"type": "count", "params": {}}
FIRST_SEEN = {"type": "min", "params": {"field": TIME, "customLabel": "first seen"}}


def numbered(metrics, buckets):
    """visState's aggs: metrics first, ids from 1. buckets: (schema, bucket) each."""
    parts = [("metric", metric) for metric in metrics] + list(buckets)
    return [{"id": str(number), "enabled": True, "type": part["type"], "schema": schema, "params": part["params"]}
            for number, (schema, part) in enumerate(parts, 1)]


# --- visualizations ------------------------------------------------------------------------------

def visualization(name, title, of, kind, params, aggs, query="", description=""):
    """of: a saved search, whose query counts too, or an index pattern."""
    if of["type"] == "search":
        meta, references = {"searchSourceJSON": text({"query": lucene(query), "filter": []})}, [reference("search_0", of)]
    else:
        meta, references = on_index(of, {"query": lucene(query), "filter": []})
    attributes = {"title": title, "visState": text({"title": title, "type": kind, "params": params, "aggs": aggs}),
                  "uiStateJSON": "{}", "description": description, "version": 1, "kibanaSavedObjectMeta": meta}
    if of["type"] == "search":
        attributes["savedSearchRefName"] = "search_0"
    return saved("visualization", name, attributes, references)


def table(name, title, of, *buckets, metrics=(COUNT,), **more):
    params = {"perPage": 10, "showPartialRows": False, "showMetricsAtAllLevels": False, "showTotal": False,
              "totalFunc": "sum", "percentageCol": ""}
    return visualization(name, title, of, "table", params, numbered(metrics, [("bucket", b) for b in buckets]), **more)


def pie(name, title, of, *buckets, **more):
    params = {"type": "pie", "addTooltip": True, "addLegend": True, "legendPosition": "right", "isDonut": True,
              "labels": {"show": False, "values": True, "last_level": True, "truncate": 100}}
    return visualization(name, title, of, "pie", params, numbered([COUNT], [("segment", b) for b in buckets]), **more)


def counter(name, title, of, bucket, **more):
    params = {"addTooltip": True, "addLegend": False, "type": "metric", "metric": {
        "percentageMode": False, "useRanges": False, "colorSchema": "Green to Red", "metricColorMode": "None",
        "colorsRange": [{"from": 0, "to": 10000}], "labels": {"show": True}, "invertColors": False,
        "style": {"bgFill": "#000", "bgColor": False, "labelColor": False, "subText": "", "fontSize": 36}}}
    return visualization(name, title, of, "metric", params, numbered([COUNT], [("group", bucket)]), **more)


def chart(name, title, of, kind, x, split=None, **more):
    """kind: histogram (columns) or horizontal_bar."""
    flat = kind == "horizontal_bar"
    params = {
        "type": "histogram", "grid": {"categoryLines": False}, "addTooltip": True, "addLegend": split is not None,
        "legendPosition": "right", "times": [], "addTimeMarker": False, "labels": {"show": flat},
        "thresholdLine": {"show": False, "value": 10, "width": 1, "style": "full", "color": "#E7664C"},
        "categoryAxes": [{"id": "CategoryAxis-1", "type": "category", "position": "left" if flat else "bottom", "show": True,
                          "style": {}, "scale": {"type": "linear"}, "labels": {"show": True, "filter": not flat, "truncate": 200},
                          "title": {}}],
        "valueAxes": [{"id": "ValueAxis-1", "name": "LeftAxis-1", "type": "value", "position": "bottom" if flat else "left",
                       "show": True, "style": {}, "scale": {"type": "linear", "mode": "normal"},
                       "labels": {"show": True, "rotate": 0, "filter": flat, "truncate": 100}, "title": {"text": "Count"}}],
        "seriesParams": [{"show": True, "type": "histogram", "mode": "stacked", "data": {"label": "Count", "id": "1"},
                          "valueAxis": "ValueAxis-1", "drawLinesBetweenPoints": True, "lineWidth": 2, "showCircles": True}]}
    buckets = [("segment", x)] + ([("group", split)] if split else [])
    return visualization(name, title, of, kind, params, numbered([COUNT], buckets), **more)


def bars(name, title, of, bucket, **more):
    return chart(name, title, of, "horizontal_bar", bucket, **more)


def timeline(name, title, of, split, **more):
    return chart(name, title, of, "histogram", over_time(), split, **more)


def selectors(name, title, index, *fields):
    """Lists to choose from, (label, keyword field) each; a choice filters the whole dashboard."""
    controls, references = [], []
    for number, (label, field) in enumerate(fields):
        ref = f"control_{number}_index_pattern"
        references.append(reference(ref, index))
        controls.append({"id": f"{name}-{number}", "fieldName": field, "parent": "", "label": label, "type": "list",
                         "options": {"type": "terms", "multiselect": True, "dynamicOptions": True, "size": 10, "order": "desc"},
                         "indexPatternRefName": ref})
    params = {"controls": controls, "updateFiltersOnChange": True, "useTimeFilter": True, "pinFilters": False}
    return saved("visualization", name, {
        "title": title, "visState": text({"title": title, "type": "input_control_vis", "params": params, "aggs": []}),
        "uiStateJSON": "{}", "description": "", "version": 1, "kibanaSavedObjectMeta": {"searchSourceJSON": "{}"}}, references)


# --- dashboards ----------------------------------------------------------------------------------

def dashboard(name, title, description, rows, days=7):
    """rows: (height, panel, panel…) each; panels of a row share its width."""
    panels, references, top = [], [], 0
    for height, *row in rows:
        left = 0
        for place, panel in enumerate(row):
            number, width = len(panels), (GRID - left) // (len(row) - place)
            references.append(reference(f"panel_{number}", panel))
            panels.append({"version": "7.10.0", "gridData": {"x": left, "y": top, "w": width, "h": height, "i": str(number + 1)},
                           "panelIndex": str(number + 1), "embeddableConfig": {}, "panelRefName": f"panel_{number}"})
            left += width
        top += height
    return saved("dashboard", name, {
        "title": title, "description": description, "hits": 0, "panelsJSON": text(panels),
        "optionsJSON": text({"hidePanelTitles": False, "useMargins": True}), "version": 1,
        "timeRestore": True, "timeFrom": f"now-{days}d", "timeTo": "now", "refreshInterval": {"pause": True, "value": 0},
        "kibanaSavedObjectMeta": {"searchSourceJSON": text({"query": {"query": "", "language": "kuery"}, "filter": []})}},
        references)
