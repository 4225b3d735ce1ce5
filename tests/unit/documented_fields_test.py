"""Every field of every recording is in docs/fields.md and in the index templates: documented_fields_test.py AUDITSHIP.

Reads what `auditship parse` really prints for all of tests/data, so a parser cannot add a field that nobody can
look up or search. Also: no term of a template can be immense, and the names and numbers are those of docs/fields.md.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
CONF = ROOT / "conf" / "opensearch"
STREAMS = {"kubeaudit": "kube-audit", "authlog": "authlog"}
# Their names hold the number of a webhook: any number of them, so they stay in _source only.
UNINDEXED = re.compile(r"annotations\.(mutation|patch|failed-open\.(mutating|validating))\.webhook\.admission\.k8s\.io/")
# What JSON has for a type of the mapping. Numbers that are addresses or ids are written as text.
ACCEPTS = {"keyword": (str, bool), "text": (str,), "date": (str,), "ip": (str,), "boolean": (bool,),
           "long": (int,), "integer": (int,), "double": (int, float), "object": (dict,)}
problems = []


def recordings(folder):
    return [p for p in sorted((DATA / folder).rglob("*")) if re.search(r"\.log(\.gz|\.zst)?$", p.name)]


def parsed(auditship, stream, files):
    done = subprocess.run([auditship, "parse", "--stream", stream, *files], capture_output=True, timeout=120)
    if done.returncode != 0:
        sys.exit(f"parse exited {done.returncode}: {done.stderr.decode()[-2000:]}")
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
            if path in fields and "properties" not in mapping:
                problems.append(f"{path}: twice in the templates of {kind}")
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


def check_stream(auditship, stream, names, trees):
    files = recordings(STREAMS[stream])
    documents = parsed(auditship, stream, files)
    fields = template_fields(stream)
    seen = {}
    for document in documents:
        for path, value in leaves(document):
            seen.setdefault(path, value)
            wanted = fields.get(path)
            if wanted is None and not UNINDEXED.match(path) and not (value == {} and any(f.startswith(path + ".") for f in fields)):
                problems.append(f"{path}: in a document of {stream}, but in no template of {CONF}")
            elif wanted is not None and type(value) not in ACCEPTS[wanted["type"]]:
                problems.append(f"{path}: {value!r} does not fit the type {wanted['type']} of the template")
    for path in seen:
        if not is_documented(path, names, trees):
            problems.append(f"{path}: in a document of {stream}, but not in docs/fields.md")
    print(f"{stream}: {len(files)} files, {len(documents)} documents, {len(seen)} fields")
    if len(documents) < 500 or len(seen) < 70:
        problems.append(f"{stream}: too few recordings were read")


def check_terms(stream):
    for path, mapping in template_fields(stream).items():
        for name, field in {"": mapping, **mapping.get("fields", {})}.items():
            if field["type"] == "keyword" and not 0 < field.get("ignore_above", 0) * 4 <= 32766:
                problems.append(f"{path} {name}: a keyword needs an ignore_above of at most 8191")
            if field["type"] == "flat_object":
                problems.append(f"{path}: flat_object refuses documents for long values")


def check_documented_are_mapped(stream, names):
    """What docs/fields.md promises for both streams can be searched in each; the rest in one of them."""
    fields = set(template_fields("kubeaudit")) | set(template_fields("authlog"))
    for name in names:
        if re.fullmatch(r"[a-z@][A-Za-z_]*(\.[a-z_]+)+", name) and name not in fields:
            problems.append(f"{name}: in docs/fields.md, but in no template")


def main():
    names, trees = documented_names((ROOT / "docs" / "fields.md").read_text())
    for stream in STREAMS:
        check_stream(sys.argv[1], stream, names, trees)
        check_terms(stream)
        check_documented_are_mapped(stream, names)
    for problem in sorted(set(problems)):
        print("FAILED:", problem)
    sys.exit(1 if problems else 0)


main()
