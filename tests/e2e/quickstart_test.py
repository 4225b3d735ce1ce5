"""./quickstart ends by itself within 60 s, with and without a terminal, and its summary tells the truth."""
import os
import pty
import re
import select
import shutil
import subprocess
import time

from harness import AGENT, ROOT, check, documents, equal, main, read_summary

LIMIT_S = 60


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


def test(work):
    # In a copy, so that a quickstart of the developer is left alone.
    tree = work / "tree"
    tree.mkdir()
    for name in ("quickstart", "conf", "tests/data"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name)
        else:
            shutil.copy2(source, tree / name)
    before = set(tree.iterdir())
    for run in (without_terminal, with_terminal):
        started = time.monotonic()
        check_said(run(tree), tree)
        print(f"{run.__name__}: {time.monotonic() - started:.1f} s")
    equal({p.name for p in set(tree.iterdir()) - before}, {"build"}, "what was written into the tree")


main(test)
