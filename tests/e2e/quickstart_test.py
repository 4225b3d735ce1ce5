"""./quickstart ends by itself within 60 s, with and without a terminal, and its summary tells the truth: quickstart_test.py.

quickstart_test.py opensearch: --opensearch answers from a real node what the recording says, and leaves no process behind.
"""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time

from harness import AGENT, NODE, ROOT, check, documents, equal, main, read_summary, skip, wait_until

LIMIT_S = 60
OPENSEARCH_LIMIT_S = 180  # a JVM starts, on a busy machine


def without_terminal(tree):
    done = subprocess.run([tree / "quickstart", "--use", AGENT], cwd="/", stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=LIMIT_S)
    equal(done.returncode, 0, f"exit code; {done.stderr}")
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
        equal(process.wait(max(1, end - time.monotonic())), 0, "exit code on a terminal")
    finally:
        process.kill()
        os.close(master)
    return text.decode(errors="replace").replace("\r\n", "\n")


def check_said(text, tree):
    summary = read_summary(text)
    for stream in ("kubeaudit", "authlog"):
        row = summary[stream]
        check(row["lines"] > 1000, f"{stream}: only {row['lines']} lines")
        equal(row["filtered"] + row["documents"], row["lines"], f"{stream}: filtered and kept")
        equal(row["shipped"], row["documents"] + row["derived"], f"{stream}: shipped")
        equal(len(documents(tree / "build/quickstart-data/documents", stream)), row["shipped"], f"{stream}: documents on disk")
    check("every line is accounted for" in text, "nothing says that every line is accounted for")
    check("OpenSearch:" in text, "nothing says how to send to OpenSearch")
    check(re.search(r"\d+ of \d+ lines shown", text), "no progress was shown")
    for who, what in (("ssh login", "success"), ("failure (403)", ""), ("pods/exec", "")):
        check(any(who in line and what in line for line in text.splitlines()), f"no line shows {who}")


def copy_of_tree(work, *names):
    """A copy, so that a quickstart of the developer is left alone."""
    tree = work / "tree"
    tree.mkdir()
    for name in names:
        source, target = ROOT / name, tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    return tree


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


def test_opensearch(work):
    fetched = subprocess.run([NODE, "fetch", "--version", "2.19.4"], capture_output=True, text=True, timeout=600)
    if fetched.returncode == 77:
        skip(fetched.stderr.strip())
    for program in ("jq", "curl", "mvn"):  # quickstart would install them, which is no business of a test
        if not shutil.which(program):
            skip(f"{program} is not installed")
    tree = copy_of_tree(work, "quickstart", "conf", "tests/data", "tests/e2e/opensearch-node", "tests/e2e/OpenSearchNode.java",
                        "packaging/quickstart")
    command = [tree / "quickstart", "--opensearch", "--use", AGENT]
    done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=OPENSEARCH_LIMIT_S)
    equal(done.returncode, 0, f"exit code; {done.stdout[-2000:]} {done.stderr}")
    equal(done.stderr, "", "standard error")
    lines = {" ".join(line.split()) for line in done.stdout.splitlines()}
    for answer in ANSWERS:
        check(answer in lines, f"not answered: {answer}\n{done.stdout}")
    check("every line is accounted for" in done.stdout, "nothing says that every line is accounted for")
    check("fetched from Maven Central" in done.stdout, "nothing says what is fetched")
    equal(node_pids(tree), [], "nodes that still run")
    check(not (tree / "build/quickstart-data/opensearch").exists(), "the node's data are still there")
    # Ended in the middle: the node goes too.
    with subprocess.Popen(command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: node_pids(tree), "the node", OPENSEARCH_LIMIT_S)
        process.send_signal(signal.SIGTERM)
        equal(process.wait(OPENSEARCH_LIMIT_S), 143, "exit code after SIGTERM")
    equal(node_pids(tree), [], "nodes that still run after SIGTERM")
    done = subprocess.run([tree / "quickstart", "--opensearch", "--follow"], capture_output=True, text=True, timeout=LIMIT_S)
    check(done.returncode == 2 and "not both" in done.stderr, f"--opensearch --follow: {done.returncode} {done.stderr}")


def test(work):
    tree = copy_of_tree(work, "quickstart", "conf", "tests/data")
    before = set(tree.iterdir())
    for run in (without_terminal, with_terminal):
        started = time.monotonic()
        check_said(run(tree), tree)
        print(f"{run.__name__}: {time.monotonic() - started:.1f} s")
    equal({p.name for p in set(tree.iterdir()) - before}, {"build"}, "what was written into the tree")


main(test_opensearch if "opensearch" in sys.argv[1:] else test)
