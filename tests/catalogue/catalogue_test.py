"""The programs that are installed here write nothing about authentication that no form knows.

A newer package that brings a new text fails this: add a form, or a rule with a reason to left_out.tsv. `catalogue.py
report` does the same for packages of other releases, and makes the table of docs/sources.md.
Environment: AUDITSHIP_BUILD (directory with auditship).
"""
import importlib.util
import os
import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
os.environ.setdefault("AUDITSHIP", str(Path(os.environ.get("AUDITSHIP_BUILD", HERE.parents[1] / "build" / "dev")) / "auditship"))
SPEC = importlib.util.spec_from_file_location("catalogue", HERE / "catalogue.py")
catalogue = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(catalogue)


@pytest.mark.parametrize("name", sorted(catalogue.PROGRAMS))
def test_no_new_text(name):
    program = catalogue.PROGRAMS[name]
    paths = catalogue.binaries(Path("/"), program)
    if not paths or not shutil.which("strings"):
        pytest.skip(f"{name}: not installed here, or no strings(1)")
    kept, _ = catalogue.relevant(name, catalogue.texts_of_program(name, Path("/")))
    assert sorted(kept - catalogue.covered(name, kept)) == [], f"{name}: no form of parsers/auth_log/catalog knows these"


def test_each_example_is_known():
    for (name, text), message in catalogue.EXAMPLES.items():
        assert name in catalogue.PROGRAMS, name
        assert catalogue.covered(name, {text}) == {text}, f"{name}: {message}"


def test_each_rule_has_a_reason():
    assert all(reason.strip() for _, _, reason in catalogue.LEFT_OUT)
