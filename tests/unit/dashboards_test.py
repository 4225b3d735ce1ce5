"""The saved objects of conf/opensearch/dashboards hold together.

They are what packaging/dashboards/generate makes; what they refer to is there, in a file that is imported before; each field
they name is in the index templates, with a type that can do what is asked of it. What they answer: e2e_dashboards.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import saved_objects

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "conf" / "opensearch" / "component_templates"
FORMATS = {"index-pattern": "7.6.0", "search": "7.9.3", "visualization": "7.10.0", "dashboard": "7.9.3"}
REQUIRED = {"Audit user", "Audit overview", "SSH access", "Log review"}
# What Dashboards may ask of a type. Text can only be searched.
CAN_COUNT = {"keyword", "long", "integer", "double", "boolean", "ip", "date"}


def fields_of(index):
    """{path: type} of an index pattern, sub-fields too, and which of them stand in documents. An alias has the type of its field."""
    fields, aliases, copied = {}, {}, set()

    def walk(properties, prefix):
        for name, mapping in properties.items():
            if mapping.get("type") == "alias":
                aliases[prefix + name] = mapping["path"]
            elif "type" in mapping:
                fields[prefix + name] = mapping["type"]
            copied.add(mapping.get("copy_to"))
            for sub, inner in mapping.get("fields", {}).items():
                fields[f"{prefix}{name}.{sub}"] = inner["type"]
            walk(mapping.get("properties", {}), f"{prefix}{name}.")

    for part in ("common", index.rstrip("*")):
        walk(json.loads((TEMPLATES / f"auditship-{part}.json").read_text())["template"]["mappings"]["properties"], "")
    return fields | {name: fields[path] for name, path in aliases.items()}, set(fields) - copied


FIELDS, STORED = ({index: fields_of(index)[part] for index in ("kubeaudit*", "authlog*")} for part in (0, 1))


OBJECTS = saved_objects.load()


def of_type(wanted):
    return [pytest.param(found, id=ident) for (kind, ident), found in OBJECTS.items() if kind == wanted]


def test_they_are_what_generate_makes(tmp_path):
    subprocess.run([sys.executable, ROOT / "packaging" / "dashboards" / "generate", tmp_path], check=True)
    made = {p.name: p.read_text(encoding="utf-8") for p in tmp_path.iterdir()}
    kept = {p.name: p.read_text(encoding="utf-8") for p in saved_objects.DASHBOARDS.iterdir()}
    differ = [name for name in sorted(made.keys() | kept.keys()) if made.get(name) != kept.get(name)]
    assert differ == [], "conf/opensearch/dashboards is not what packaging/dashboards/generate makes: run it"


def test_what_they_refer_to_is_there_in_a_file_that_is_imported_before():
    seen = set()
    for key, found in OBJECTS.items():
        name = f"{key[0]} {key[1]}"
        assert found["migrationVersion"] == {key[0]: FORMATS[key[0]]}, f"{name}: format {found['migrationVersion']}"
        assert key[0] == "index-pattern" or key[1].startswith("auditship-"), f"{name}: an id that may be somebody else's"
        for to in found["references"]:
            assert (to["type"], to["id"]) in seen, f"{name}: refers to {to['id']}, which does not stand before it"
        named = [r["name"] for r in found["references"]]
        used = re.findall(r'\\?"(?:\w+RefName)\\?": ?\\?"([\w.\[\]]+)\\?"', json.dumps(found["attributes"]))
        assert sorted(named) == sorted(used), f"{name}: references {named}, uses {used}"
        seen.add(key)


def test_each_is_on_a_dashboard_and_no_dashboard_is_missing():
    pointed = {(r["type"], r["id"]) for found in OBJECTS.values() for r in found["references"]}
    for key in OBJECTS:
        assert key[0] == "dashboard" or key in pointed, f"{key}: on no dashboard"
    titles = {found["attributes"]["title"].replace(" (auditship)", "") for key, found in OBJECTS.items() if key[0] == "dashboard"}
    assert titles == REQUIRED, f"dashboards: {titles}"


def in_query(name, index, query):
    for field in re.findall(r"(?:^|[\s(])([\w@.\\/-]+):", query):
        assert field.replace("\\", "") in FIELDS[index], f"{name}: the query asks for {field}, which is not in the template"


def can(name, index, field, types):
    kind = FIELDS[index].get(field)
    assert kind in types, f"{name}: {field} is {kind}, wanted {sorted(types)}"


@pytest.mark.parametrize("found", of_type("search"))
def test_a_search_asks_for_fields_of_the_templates(found):
    ident = found["id"]
    (source,), index = saved_objects.chain(OBJECTS, found)
    in_query(ident, index, source["query"]["query"])
    for column in found["attributes"]["columns"]:
        assert column in STORED[index], f"{ident}: column {column} is in no document"
    for field, _ in found["attributes"]["sort"]:
        can(ident, index, field, CAN_COUNT)


@pytest.mark.parametrize("found", of_type("visualization"))
def test_a_visualization_asks_of_fields_what_their_types_can_do(found):
    ident = found["id"]
    state = saved_objects.state_of(found)
    assert state["title"] == found["attributes"]["title"], f"{ident}: two titles"
    if state["type"] == "input_control_vis":
        for control in state["params"]["controls"]:
            index = saved_objects.referred(OBJECTS, found, control["indexPatternRefName"])["attributes"]["title"]
            can(ident, index, control["fieldName"], {"keyword"})  # lists are filled as one types for text only
        return
    sources, index = saved_objects.chain(OBJECTS, found)
    in_query(ident, index, sources[0]["query"]["query"])
    ids = [agg["id"] for agg in state["aggs"]]
    assert len(ids) == len(set(ids)), f"{ident}: ids {ids}"
    for agg in state["aggs"]:
        params = agg["params"]
        if agg["type"] == "terms":
            # Dashboards asks for documents without a value of text fields only.
            can(ident, index, params["field"], {"keyword"} if params["missingBucket"] else CAN_COUNT)
            assert params["orderBy"] in ids, f"{ident}: ordered by {params['orderBy']}"
        elif agg["type"] in ("date_histogram", "min", "max"):
            can(ident, index, params["field"], {"date"})
        elif agg["type"] == "filters":
            labels = [f["label"] for f in params["filters"]]
            assert labels == sorted(labels), f"{ident}: labels come back in another order: {labels}"
            for one in params["filters"]:
                in_query(ident, index, one["input"]["query"])
        else:
            assert agg["type"] == "count", f"{ident}: {agg['type']}"


@pytest.mark.parametrize("found", of_type("dashboard"))
def test_no_panel_lies_on_another_and_none_sticks_out(found):
    ident, taken = found["id"], set()
    panels = json.loads(found["attributes"]["panelsJSON"])
    for panel in panels:
        grid = panel["gridData"]
        cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
        assert grid["x"] + grid["w"] <= 48 and not cells & taken, f"{ident}: panel {panel['panelIndex']} has no room"
        taken |= cells
    searches = {r["name"] for r in found["references"] if r["type"] == "search"}
    assert any(p["panelRefName"] in searches for p in panels), f"{ident}: no saved search"
