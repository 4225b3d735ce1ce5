#!/usr/bin/env python3
"""Makes data/ and ids.txt anew, with the agent in build/dev: only when the format of the buffer or of document ids changes before
the first release. The first 40 lines of auth.log are read, and nothing is delivered. Needs /var/log/auditship-fixture for the moment."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
AGENT = HERE.parents[3] / "build" / "dev" / "auditship"
LOG = pathlib.Path("/var/log/auditship-fixture/auth.log")
LINES = 40


def main():
    LOG.parent.mkdir()
    work = pathlib.Path(tempfile.mkdtemp())
    try:
        LOG.write_bytes(b"".join((HERE / "auth.log").read_bytes().splitlines(keepends=True)[:LINES]))
        data = work / "data"
        data.mkdir()
        shutil.copy(HERE / "data" / "identity", data)
        config = work / "config.yaml"
        config.write_text(json.dumps({
            "cluster": {"name": "fixture"}, "data_dir": str(data), "backfill": "all",
            "sink": {"type": "opensearch", "opensearch": {"hosts": ["http://127.0.0.1:1"]}},
            "streams": {"kubeaudit": {"enabled": False},
                        "authlog": {"paths": [str(LOG)], "filters": "none"}}}))
        agent = subprocess.Popen([AGENT, "run", "--config", config], env={**os.environ, "NODE_NAME": "fixture-node"})
        time.sleep(6)
        agent.kill()
        agent.wait()
        shown = subprocess.run([AGENT, "buffer", "show", "1", "--config", config], capture_output=True, text=True, check=True).stdout
        ids = re.findall(r'^\{"create":\{"_id":"([0-9a-f]+)"', shown, re.M)
        if len(ids) < LINES:
            sys.exit(f"{len(ids)} documents in frame 1: {shown[:300]}")
        (HERE / "ids.txt").write_text("".join(f"{i}\n" for i in sorted(ids)))
        for name in ("ack", "lock", "seg-0000000000000001.log"):
            shutil.copy(data / "authlog" / "buffer" / name, HERE / "data" / "authlog" / "buffer")
    finally:
        shutil.rmtree(work)
        shutil.rmtree(LOG.parent)


main()
