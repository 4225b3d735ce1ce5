"""Every field of every recording is in docs/fields.md and in the index templates.

Reads what `auditship parse` really prints for all of tests/data, so a parser cannot add a field that nobody can
look up or search. Also: no term of a template can be immense, and the names and numbers are those of docs/fields.md.
Environment: AUDITSHIP_BUILD (directory with auditship).
"""
import json
import os
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
CONF = ROOT / "conf" / "opensearch"
AUDITSHIP = Path(os.environ.get("AUDITSHIP_BUILD", ROOT / "build" / "dev")) / "auditship"
STREAMS = {"kubeaudit": "kube-audit", "authlog": "authlog"}
# Their names hold the number of a webhook: any number of them, so they stay in _source only.
UNINDEXED = re.compile(r"annotations\.(mutation|patch|failed-open\.(mutating|validating))\.webhook\.admission\.k8s\.io/")
# What JSON has for a type of the mapping. Numbers that are addresses or ids are written as text.
ACCEPTS = {"keyword": (str, bool), "text": (str,), "date": (str,), "ip": (str,), "boolean": (bool,),
           "long": (int,), "integer": (int,), "double": (int, float), "object": (dict,)}


def recordings(folder):
    return [p for p in sorted((DATA / folder).rglob("*")) if re.search(r"\.log(\.gz|\.zst)?$", p.name)]


def parsed(stream, files):
    done = subprocess.run([AUDITSHIP, "parse", "--stream", stream, *files], capture_output=True, timeout=120)
    assert done.returncode == 0, f"parse exited {done.returncode}: {done.stderr.decode()[-2000:]}"
    return [json.loads(line) for line in done.stdout.splitlines()]


def leaves(value, path=""):
    if isinstance(value, dict):
        if not value and path:
            yield path, value
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    elif value is not None:
        yield path, value


def template_fields(kind):
    """{path: mapping} of the component templates of a stream; objects too."""
    fields = {}

    def walk(properties, prefix):
        for name, mapping in properties.items():
            path = prefix + name
            assert path not in fields or "properties" in mapping, f"{path}: twice in the templates of {kind}"
            fields[path] = {"type": "object", **mapping} if "type" not in mapping else mapping
            walk(mapping.get("properties", {}), path + ".")

    for part in ("common", kind):
        template = json.loads((CONF / "component_templates" / f"auditship-{part}.json").read_text())
        walk(template["template"]["mappings"]["properties"], "")
    return fields


def documented_names(text):
    """Names of the tables, with `.other` standing for the same parent; and the top-level names of an event's own tree."""
    names = set()
    for row in re.findall(r"^\| (.+?) \|", text, re.M):
        base = ""
        for name in re.split(r"[;,]\s*", re.sub(r"\(.*?\)", "", row)):
            name = name.strip().strip("`")
            if name.startswith("."):
                names.add(base + name)
            elif name:
                names.add(name)
                base = name.rpartition(".")[0]
    trees = set(re.search(r"As Kubernetes wrote it: `([^`]+)`", text).group(1).split())
    return names, trees | {"annotations_other"}


def is_documented(path, names, trees):
    return path in names or path.split(".")[0] in trees and not path.startswith("user.") or path in (
        "user.username", "user.uid", "user.groups")


NAMES, TREES = documented_names((ROOT / "docs" / "fields.md").read_text())


def without_repeats(problems):
    return sorted(set(problems))


@pytest.fixture(scope="module", params=STREAMS)
def recorded(request):
    """What the program prints for all recordings of a stream: the documents, and a value of each field."""
    stream = request.param
    files = recordings(STREAMS[stream])
    documents, seen = parsed(stream, files), {}
    for document in documents:
        for path, value in leaves(document):
            seen.setdefault(path, value)
    print(f"{stream}: {len(files)} files, {len(documents)} documents, {len(seen)} fields")
    assert len(documents) >= 500 and len(seen) >= 70, "too few recordings were read"
    return SimpleNamespace(documents=documents, seen=seen, fields=template_fields(stream))


def test_each_field_is_in_a_template(recorded):
    fields = recorded.fields
    assert without_repeats(
        path for document in recorded.documents for path, value in leaves(document)
        if path not in fields and not UNINDEXED.match(path) and not (value == {} and any(f.startswith(path + ".") for f in fields))
    ) == [], f"in no template of {CONF}"


def test_each_value_fits_the_type_of_its_template(recorded):
    fields = recorded.fields
    assert without_repeats(
        f"{path}: {value!r} is no {fields[path]['type']}" for document in recorded.documents for path, value in leaves(document)
        if path in fields and type(value) not in ACCEPTS[fields[path]["type"]]) == []


def test_each_field_is_in_the_documentation(recorded):
    assert [path for path in recorded.seen if not is_documented(path, NAMES, TREES)] == [], "not in docs/fields.md"


@pytest.mark.parametrize("stream", STREAMS)
def test_no_term_of_a_template_can_be_immense(stream):
    for path, mapping in template_fields(stream).items():
        for name, field in {"": mapping, **mapping.get("fields", {})}.items():
            bounded = 0 < field.get("ignore_above", 0) * 4 <= 32766
            assert field["type"] != "keyword" or bounded, f"{path} {name}: a keyword needs an ignore_above of at most 8191"
            assert field["type"] != "flat_object", f"{path}: flat_object refuses documents for long values"


def test_what_the_documentation_promises_can_be_searched():
    """For both streams in each, the rest in one of them."""
    fields = set(template_fields("kubeaudit")) | set(template_fields("authlog"))
    promised = {name for name in NAMES if re.fullmatch(r"[a-z@][A-Za-z_]*(\.[a-z_]+)+", name)}
    assert promised, "docs/fields.md names nothing"
    assert sorted(promised - fields) == [], "in docs/fields.md, but in no template"
