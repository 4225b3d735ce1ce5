"""The Kubernetes manifests, and log files as their pods find them."""
import os
import shutil

import pytest

from harness import DATA, ROOT

try:
    import yaml
except ImportError:
    yaml = None
KUBERNETES = ROOT / "packaging" / "kubernetes"
MANIFESTS = KUBERNETES / "manifests"


def read(path):
    if yaml is None:
        pytest.skip("python3-yaml is not installed")
    return yaml.safe_load(path.read_text())


def load(directory):
    found = {}
    for path in sorted(directory.glob("*.yaml")):
        if path.name != "kustomization.yaml":
            document = read(path)
            assert document["kind"] not in found, f"two files of kind {document['kind']}"
            found[document["kind"]] = document
    return found


def log_file(directory, name, owner, group, mode):
    path = directory / name
    shutil.copy(DATA / "authlog" / "debian13-rfc3339.log", path)
    os.chown(path, owner, group)
    path.chmod(mode)
    return path
