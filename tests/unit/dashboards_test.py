"""The saved objects of conf/opensearch/dashboards hold together: dashboards_test.py.

They are what packaging/dashboards/generate makes; what they refer to is there, in a file that is imported before; each field
they name is in the index templates, with a type that can do what is asked of it. What they answer: e2e_dashboards.
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import saved_objects  # noqa: E402

TEMPLATES = ROOT / "conf" / "opensearch" / "component_templates"
FORMATS = {"index-pattern": "7.6.0", "search": "7.9.3", "visualization": "7.10.0", "dashboard": "7.9.3"}
REQUIRED = {"Audit user", "Audit overview", "SSH access", "Log review"}
# What Dashboards may ask of a type. Text can only be searched.
CAN_COUNT = {"keyword", "long", "integer", "double", "boolean", "ip", "date"}
problems = []


def expect(condition, why):
    if not condition:
        problems.append(why)


def fields_of(index):
    """{path: type} of an index pattern, sub-fields too."""
    fields = {}

    def walk(properties, prefix):
        for name, mapping in properties.items():
            if "type" in mapping:
                fields[prefix + name] = mapping["type"]
            for sub, inner in mapping.get("fields", {}).items():
                fields[f"{prefix}{name}.{sub}"] = inner["type"]
            walk(mapping.get("properties", {}), f"{prefix}{name}.")

    for part in ("common", index.rstrip("*")):
        walk(json.loads((TEMPLATES / f"auditship-{part}.json").read_text())["template"]["mappings"]["properties"], "")
    return fields


FIELDS = {index: fields_of(index) for index in ("kubeaudit*", "authlog*")}


def generated():
    with tempfile.TemporaryDirectory() as there:
        subprocess.run([sys.executable, ROOT / "packaging" / "dashboards" / "generate", there], check=True)
        made = {p.name: p.read_text(encoding="utf-8") for p in Path(there).iterdir()}
    kept = {p.name: p.read_text(encoding="utf-8") for p in saved_objects.DASHBOARDS.iterdir()}
    expect(made == kept, "conf/opensearch/dashboards is not what packaging/dashboards/generate makes: run it")


def references(objects):
    seen = set()
    for key, found in objects.items():
        name = f"{key[0]} {key[1]}"
        expect(found["migrationVersion"] == {key[0]: FORMATS[key[0]]}, f"{name}: format {found['migrationVersion']}")
        expect(key[0] == "index-pattern" or key[1].startswith("auditship-"), f"{name}: an id that may be somebody else's")
        for to in found["references"]:
            expect((to["type"], to["id"]) in seen, f"{name}: refers to {to['id']}, which does not stand before it")
        named = [r["name"] for r in found["references"]]
        used = re.findall(r'\\?"(?:\w+RefName)\\?": ?\\?"([\w.\[\]]+)\\?"', json.dumps(found["attributes"]))
        expect(sorted(named) == sorted(used), f"{name}: references {named}, uses {used}")
        seen.add(key)
    pointed = {(r["type"], r["id"]) for found in objects.values() for r in found["references"]}
    for key in objects:
        expect(key[0] == "dashboard" or key in pointed, f"{key}: on no dashboard")
    titles = {found["attributes"]["title"].replace(" (auditship)", "") for key, found in objects.items() if key[0] == "dashboard"}
    expect(titles == REQUIRED, f"dashboards: {titles}")


def in_query(name, index, query):
    for field in re.findall(r"(?:^|[\s(])([\w@.\\/-]+):", query):
        expect(field.replace("\\", "") in FIELDS[index], f"{name}: the query asks for {field}, which is not in the template")


def can(name, index, field, types):
    kind = FIELDS[index].get(field)
    expect(kind in types, f"{name}: {field} is {kind}, wanted {sorted(types)}")


def check_fields(objects):
    for (kind, ident), found in objects.items():
        if kind == "search":
            (source,), index = saved_objects.chain(objects, found)
            in_query(ident, index, source["query"]["query"])
            for column in found["attributes"]["columns"]:
                expect(column in FIELDS[index], f"{ident}: column {column} is not in the template")
            for field, _ in found["attributes"]["sort"]:
                can(ident, index, field, CAN_COUNT)
        elif kind == "visualization":
            check_visualization(objects, ident, found)


def check_visualization(objects, ident, found):
    state = saved_objects.state_of(found)
    expect(state["title"] == found["attributes"]["title"], f"{ident}: two titles")
    if state["type"] == "input_control_vis":
        for control in state["params"]["controls"]:
            index = saved_objects.referred(objects, found, control["indexPatternRefName"])["attributes"]["title"]
            can(ident, index, control["fieldName"], {"keyword"})  # lists are filled as one types for text only
        return
    sources, index = saved_objects.chain(objects, found)
    in_query(ident, index, sources[0]["query"]["query"])
    ids = [agg["id"] for agg in state["aggs"]]
    expect(len(ids) == len(set(ids)), f"{ident}: ids {ids}")
    for agg in state["aggs"]:
        params = agg["params"]
        if agg["type"] == "terms":
            # Dashboards asks for documents without a value of text fields only.
            can(ident, index, params["field"], {"keyword"} if params["missingBucket"] else CAN_COUNT)
            expect(params["orderBy"] in ids, f"{ident}: ordered by {params['orderBy']}")
        elif agg["type"] in ("date_histogram", "min", "max"):
            can(ident, index, params["field"], {"date"})
        elif agg["type"] == "filters":
            labels = [f["label"] for f in params["filters"]]
            expect(labels == sorted(labels), f"{ident}: labels come back in another order: {labels}")
            for one in params["filters"]:
                in_query(ident, index, one["input"]["query"])
        else:
            expect(agg["type"] == "count", f"{ident}: {agg['type']}")


def layout(objects):
    """No panel lies on another, none sticks out."""
    for (kind, ident), found in objects.items():
        if kind != "dashboard":
            continue
        taken = set()
        panels = json.loads(found["attributes"]["panelsJSON"])
        for panel in panels:
            grid = panel["gridData"]
            cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
            expect(grid["x"] + grid["w"] <= 48 and not cells & taken, f"{ident}: panel {panel['panelIndex']} has no room")
            taken |= cells
        expect(any(p["panelRefName"] in {r["name"] for r in found["references"] if r["type"] == "search"} for p in panels),
               f"{ident}: no saved search")


generated()
OBJECTS = saved_objects.load()
references(OBJECTS)
check_fields(OBJECTS)
layout(OBJECTS)
for problem in problems:
    print(problem)
if problems:
    sys.exit(1)
print(f"{len(OBJECTS)} saved objects hold together")
