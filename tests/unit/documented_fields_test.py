"""Every field of every recording is in docs/fields.md and in the index templates, and stands in a document once.

Reads what `auditship parse` really prints for all of tests/data, so a parser cannot add a field that nobody can
look up or search. What `--full` adds are the names that page and templates call aliases and copied, with the values that a
mapping would answer. Also: no term of a template can be immense, and the names and numbers are those of docs/fields.md.
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
NOW = "2026-11-29T00:00:00Z"
STREAMS = {"kubeaudit": "kube-audit", "authlog": "authlog"}
# Their names hold the number of a webhook: any number of them, so they stay in _source only.
UNINDEXED = re.compile(r"annotations\.(mutation|patch|failed-open\.(mutating|validating))\.webhook\.admission\.k8s\.io/")
# What JSON has for a type of the mapping. Numbers that are addresses or ids are written as text.
ACCEPTS = {"keyword": (str, bool), "text": (str,), "date": (str,), "ip": (str,), "boolean": (bool,),
           "long": (int,), "integer": (int,), "double": (int, float), "object": (dict,)}


def recordings(folder):
    return [p for p in sorted((DATA / folder).rglob("*")) if re.search(r"\.log(\.gz|\.zst)?$", p.name)]


def parsed(stream, files, *options):
    done = subprocess.run([AUDITSHIP, "parse", "--stream", stream, "--reference-time", NOW, *options, *files], capture_output=True, timeout=120)
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
            # The field of an alias has to stand in the component template of the alias: the server looks at each by itself.
            assert "properties" in mapping or fields.get(path, mapping) == mapping, f"{path}: two types in the templates of {kind}"
            fields[path] = {"type": "object", **mapping} if "type" not in mapping else mapping
            walk(mapping.get("properties", {}), path + ".")

    for part in ("common", kind):
        template = json.loads((CONF / "component_templates" / f"auditship-{part}.json").read_text())
        walk(template["template"]["mappings"]["properties"], "")
    return fields


def targets_of(mapping):
    """What copy_to says, as a list."""
    said = mapping.get("copy_to", [])
    return [said] if isinstance(said, str) else said


def answered_names(fields):
    """{alias: its path, without .keyword}, {copied: the fields that it is filled from} of a stream's templates."""
    aliases = {path: mapping["path"].removesuffix(".keyword") for path, mapping in fields.items() if mapping["type"] == "alias"}
    copied = {}
    for path, mapping in fields.items():
        for target in targets_of(mapping):
            copied.setdefault(target, set()).add(path)
    return aliases, copied


def names_of_cell(cell):
    """`a.b, .c; d` of a table, with `.c` standing for the same parent."""
    base = ""
    for name in re.split(r"[;,]\s*", re.sub(r"\(.*?\)", "", cell)):
        name = name.strip().strip("`")
        if name.startswith("."):
            yield base + name
        elif name:
            yield name
            base = name.rpartition(".")[0]


NOT_THERE = re.compile(r"^What is not there,.*?(?=^## )", re.M | re.S)


def stored_part(text):
    return NOT_THERE.sub("", text)


def documented_kinds(text, stream):
    """{name: alias or copied} of the table of a stream."""
    section = re.search(rf"^### Names that the mapping answers, in {stream}\n(.*?)(?=^##)", text, re.M | re.S).group(1)
    return {name: kind for cell, kind in re.findall(r"^\| (.+?) \| (alias|copied) \|", section, re.M) for name in names_of_cell(cell)}


def documented_names(text):
    """Names of the tables, with `.other` standing for the same parent; and the top-level names of an event's own tree."""
    names = {name for row in re.findall(r"^\| (.+?) \|", stored_part(text), re.M) for name in names_of_cell(row)}
    trees = set(re.search(r"As Kubernetes wrote it: `([^`]+)`", text).group(1).split())
    return names, trees | {"annotations_other"}


def is_documented(path, names, trees):
    return path in names or path.split(".")[0] in trees and not path.startswith("user.") or path in (
        "user.username", "user.uid", "user.groups")


PAGE = (ROOT / "docs" / "fields.md").read_text()
NAMES, TREES = documented_names(PAGE)


def without_repeats(problems):
    return sorted(set(problems))


@pytest.fixture(scope="module", params=STREAMS)
def recorded(request):
    """What the program prints for all recordings of a stream: the documents, and a value of each field."""
    stream = request.param
    files = recordings(STREAMS[stream])
    documents, full, seen = parsed(stream, files), parsed(stream, files, "--full"), {}
    assert len(documents) == len(full)
    for document in documents:
        assert next(iter(document)) == "_id" and len(document.pop("_id")) > 20, "the id is not the first member"
        for path, value in leaves(document):
            seen.setdefault(path, value)
    for document in full:
        document.pop("_id")
    print(f"{stream}: {len(files)} files, {len(documents)} documents, {len(seen)} fields")
    assert len(documents) >= 500 and len(seen) >= 70, "too few recordings were read"
    return SimpleNamespace(stream=stream, documents=documents, full=full, seen=seen, fields=template_fields(stream))


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
        if path in fields and type(value) not in ACCEPTS.get(fields[path]["type"], ())) == []


def values_of(document):
    """{path: [its values]}"""
    found = {}
    for path, value in leaves(document):
        found.setdefault(path, []).append(value)
    return found


def test_the_page_says_what_the_templates_answer(recorded):
    aliases, copied = answered_names(recorded.fields)
    assert documented_kinds(PAGE, recorded.stream) == {**dict.fromkeys(aliases, "alias"), **dict.fromkeys(copied, "copied")}
    for name, path in aliases.items():
        target = recorded.fields[path]
        assert target["type"] != "alias", f"{name}: {path} is an alias itself"
        keyword = recorded.fields[name]["path"].endswith(".keyword")
        assert not keyword or "keyword" in target["fields"], f"{name}: {path} has no .keyword"
        # terms and exists of a text field need its keywords; error.message is for words
        assert target["type"] != "text" or keyword or name == "error.message", f"{name}: cannot be counted"
    for name, sources in copied.items():
        assert recorded.fields[name]["type"] == "keyword", f"{name}: takes host names, too"


def test_lean_documents_have_what_is_stored_and_full_ones_the_other_names_too(recorded):
    aliases, copied = answered_names(recorded.fields)
    added = set()
    for lean, full in zip(recorded.documents, recorded.full):
        lean, full = values_of(lean), values_of(full)
        more = set(full) - set(lean)
        added |= more
        assert more <= set(aliases) | set(copied) | {"user.extra_text"}, f"full documents add {more}"
        assert not set(lean) & (set(aliases) | set(copied)), "an alias is written"
        assert {path: full.get(path) for path in lean} == lean
    assert (set(aliases) | set(copied)) - added == set(), "no recording has it in its full documents"


def test_full_documents_say_what_the_mapping_would_answer(recorded):
    """Both ways: nothing that the mapping would not answer, and all that it would."""
    aliases, copied = answered_names(recorded.fields)
    for lean, full in zip(recorded.documents, recorded.full):
        if "string-cut" in lean.get("tags", []):
            continue
        lean, full = values_of(lean), values_of(full)
        for name, path in aliases.items():
            shown = full.get(name, [])
            if recorded.fields[path]["type"] == "long":
                shown = [int(value) for value in shown]
            assert shown == lean.get(path, []), f"{name} of {lean}"
        for name, sources in copied.items():
            wanted = {value for source in sources for value in lean.get(source, [])}
            assert set(full.get(name, [])) == wanted, f"{name} of {lean}"


# Pairs of stored fields whose values are equal wherever both stand in a recording, and why both are there.
EQUAL = {
    ("@timestamp", "stageTimestamp"): "the time field of every index pattern; the event's own tree stays whole",
    ("source.ip", "sourceIPs"): "an address to count, of a list that may hold what a client claims",
    ("user.email", "user.username"): "a name may be a claim with a prefix: oidc:anna@example.com",
    ("objectRef.apiGroup", "responseStatus.details.group"): "what was asked for, and what the answer is about",
    ("pam.ruser", "user.name"): "what a client claims; who acted by what is known",
    ("pam.logname", "pam.ruser"): "two words of one line, by two ways of asking",
    ("pam.logname", "user.name"): "as pam.ruser",
    ("pam.user", "user.effective.name"): "the module's word; whom somebody became",
    ("user.target.group.id", "user.target.id"): "a number of a group and one of a user",
    ("process.name", "user.effective.group.name"): "the program sudo and the group sudo",
}


def test_no_two_members_of_a_lean_document_say_the_same(recorded):
    together, differ = {}, set()
    for document in recorded.documents:
        values = [(path, tuple(map(str, found))) for path, found in sorted(values_of(document).items())
                  if not all(isinstance(value, (bool, dict)) for value in found)]
        for at, (path, found) in enumerate(values):
            for other, also in values[at + 1:]:
                if found == also:
                    together[path, other] = together.get((path, other), 0) + 1
                else:
                    differ.add((path, other))
    equal = {pair for pair, count in together.items() if count >= 5 and pair not in differ}
    assert sorted(equal - set(EQUAL)) == [], "always the same value: one of the two can go"


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
