"""kill -9 in the middle of a large file, again and again, into a real OpenSearch: every line arrives, each once."""
import subprocess

from crashes import check_all, crash_and_finish, reference_ids
from harness import LONG, difference, generate, http, http_json, opensearch_sink, wait_until
from opensearch_node import NODE


def restart(node):
    """The node dies too, and comes back with what it had acknowledged."""
    subprocess.run([NODE, "kill", "--data", node.data], check=True)
    done = subprocess.run([NODE, "start", "--version", node.version, "--port", str(node.port), "--data", node.data],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"the node does not come back: {done.stderr}"
    wait_until(lambda: http_json("GET", f"{node.url}/_cluster/health")["status"] != "red", "all shards")


def test_every_line_arrives_once_although_the_alias_moves_on(work, node):
    """After each crash the alias moves on, and after the second one the older indices take no more writes: what was in
    flight is in doubt, and stays in its index or is looked up and moved."""
    lines = generate("audit", 40_000_000 if LONG else 15_000_000, work / "audit.log")
    streams = {"kubeaudit": [work / "audit.log"]}
    wanted = [line.split()[1] for line in reference_ids(work, streams)]
    node.set_up("kubeaudit")

    def roll(number):
        http("POST", f"{node.url}/kubeaudit/_rollover")
        if number % 2 == 1:
            older = ",".join(f"kubeaudit-{n + 1:06}" for n in range(number + 1))
            http("PUT", f"{node.url}/{older}/_settings", {"index.blocks.write": True})
        if LONG:
            restart(node)

    summary = crash_and_finish(work, streams, opensearch_sink(node.url, timeout="3s"), lambda: node.count("kubeaudit"), lines,
                               4 if LONG else 2, roll)
    assert node.count("kubeaudit") == lines, "_count"
    got = [line.split() for line in node.ids("kubeaudit")]
    assert not difference(sorted(id for _, id in got), wanted), "the ids in all indices together are not the input's, each once"
    assert len({index for index, _ in got}) > 1, "all documents are in one index: nothing was tested"
    check_all(summary, lines)
