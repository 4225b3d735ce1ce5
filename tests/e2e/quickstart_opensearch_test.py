"""./quickstart --opensearch answers from a real node what the recording says, and leaves no process behind."""
import os
import shutil
import signal
import subprocess

import pytest

from harness import AGENT, wait_until
from opensearch_node import NODE
from quickstart_tree import copy_of_tree

LIMIT_S = 60
OPENSEARCH_LIMIT_S = 180  # a JVM starts, on a busy machine


def node_pids(tree):
    """Processes of OpenSearch whose data are in the tree."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as line:
                words = line.read().split(b"\0")
        except OSError:
            continue
        if str(tree / "build/quickstart-data/opensearch").encode() in words:
            found.append(int(entry))
    return found


# What the lines of the recording say; spaces between columns are one here.
ANSWERS = (
    "1. What did anna.andersson@example.com do yesterday? (\"yesterday\": the last day of this person in the index, 2026-11-23)",
    "96 requests:",
    "2026-11-23 04:30:20 create clusterrolebindings bob-is-admin success (201)",
    "2026-11-23 04:31:02 bob@example.com prod/ex-spdy sh -c cat /etc/passwd | head -n 1 && echo \"a&b=c\" opened",
    "2026-11-23 04:31:02 bob@example.com prod/at-spdy attach opened",
    "2026-11-23 04:31:05 guest@example.com prod/ex-denied sh refused (403)",
    "2026-11-23 04:31:05 bob@example.com prod/missing-pod sh failure (404)",
    "80 logins:",
    "Kim Larsen node-b2 kim SHA256:b3J9JIzhkI4+ub3oz4l6t4fmtkvRrnMpPmbG3XUaVWM 7 127.0.0.201 127.0.0.9 127.44.5.6",
    "Carol Chen node-t1 carol SHA256:np0J2QRe5W5bbcH3aMFtfp2kvFecS98k7V2cJdqFXtI 3 127.0.0.21 127.0.0.7",
    "- node-t1 carol - 1 127.0.0.21",
)


@pytest.fixture
def tree(work):
    fetched = subprocess.run([NODE, "fetch", "--version", "2.19.4"], capture_output=True, text=True, timeout=600)
    if fetched.returncode == 77:
        pytest.skip(fetched.stderr.strip())
    for program in ("jq", "curl", "mvn"):  # quickstart would install them, which is no business of a test
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    return copy_of_tree(work, "quickstart", "conf", "tests/data", "tests/e2e/opensearch-node", "tests/e2e/OpenSearchNode.java",
                        "packaging/quickstart")


def command(tree):
    return [tree / "quickstart", "--opensearch", "--use", AGENT]


def test_quickstart_answers_what_the_recording_says_and_leaves_nothing_behind(tree):
    done = subprocess.run(command(tree), cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=OPENSEARCH_LIMIT_S)
    assert done.returncode == 0, f"exit code; {done.stdout[-2000:]} {done.stderr}"
    assert done.stderr == "", "standard error"
    lines = {" ".join(line.split()) for line in done.stdout.splitlines()}
    for answer in ANSWERS:
        assert answer in lines, f"not answered: {answer}\n{done.stdout}"
    assert "every line is processed" in done.stdout, "nothing says that every line is processed"
    assert "fetched from Maven Central" in done.stdout, "nothing says what is fetched"
    assert node_pids(tree) == [], "nodes that still run"
    assert not (tree / "build/quickstart-data/opensearch").exists(), "the node's data are still there"


def test_quickstart_that_is_ended_in_the_middle_takes_its_node_with_it(tree):
    with subprocess.Popen(command(tree), cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: node_pids(tree), "the node", OPENSEARCH_LIMIT_S)
        process.send_signal(signal.SIGTERM)
        assert process.wait(OPENSEARCH_LIMIT_S) == 143, "exit code after SIGTERM"
    assert node_pids(tree) == [], "nodes that still run after SIGTERM"


def test_quickstart_does_not_follow_with_opensearch(tree):
    done = subprocess.run([tree / "quickstart", "--opensearch", "--follow"], capture_output=True, text=True, timeout=LIMIT_S)
    assert done.returncode == 2 and "not both" in done.stderr, f"--opensearch --follow: {done.returncode} {done.stderr}"
