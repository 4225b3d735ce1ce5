"""./quickstart ends by itself within 60 s, with and without a terminal, and its summary tells the truth. With --opensearch:
quickstart_opensearch_test.py."""
import os
import pty
import re
import select
import subprocess
import time

import pytest

from harness import AGENT, documents, read_summary
from quickstart_tree import copy_of_tree

LIMIT_S = 60


def without_terminal(tree):
    done = subprocess.run([tree / "quickstart", "--use", AGENT], cwd="/", stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=LIMIT_S)
    assert done.returncode == 0, f"exit code; {done.stderr}"
    return done.stdout


def with_terminal(tree):
    """The same under a pseudo terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen([tree / "quickstart", "--use", AGENT], cwd="/", stdin=slave, stdout=slave, stderr=slave,
                               env={**os.environ, "TERM": "xterm"})
    os.close(slave)
    end, text = time.monotonic() + LIMIT_S, b""
    try:
        while time.monotonic() < end:
            if not select.select([master], [], [], 1)[0]:
                continue
            try:
                text += os.read(master, 65536)
            except OSError:  # the other end is closed
                break
        assert process.wait(max(1, end - time.monotonic())) == 0, "exit code on a terminal"
    finally:
        process.kill()
        os.close(master)
    return text.decode(errors="replace").replace("\r\n", "\n")


def tells_the_truth(text, tree):
    summary = read_summary(text)
    for stream in ("kubeaudit", "authlog"):
        row = summary[stream]
        assert row["lines"] > 1000, f"{stream}: only {row['lines']} lines"
        assert row["filtered"] + row["documents"] == row["lines"], f"{stream}: filtered and kept"
        assert row["shipped"] == row["documents"] + row["derived"], f"{stream}: shipped"
        assert len(documents(tree / "build/quickstart-data/documents", stream)) == row["shipped"], f"{stream}: documents on disk"
    assert "every line is processed" in text, "nothing says that every line is processed"
    assert "OpenSearch:" in text, "nothing says how to send to OpenSearch"
    assert re.search(r"\d+ of \d+ lines shown", text), "no progress was shown"
    for who, what in (("ssh login", "success"), ("failure (403)", ""), ("pods/exec", "")):
        assert any(who in line and what in line for line in text.splitlines()), f"no line shows {who}"


@pytest.mark.parametrize("run", [without_terminal, with_terminal])
def test_quickstart_ends_by_itself_and_its_summary_tells_the_truth(work, run):
    tree = copy_of_tree(work, "quickstart", "conf", "tests/data")
    before = set(tree.iterdir())
    tells_the_truth(run(tree), tree)
    assert {p.name for p in set(tree.iterdir()) - before} == {"build"}, "what was written into the tree"
