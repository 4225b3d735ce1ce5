"""kill -9 in the middle of a large file, again and again: every line arrives, each once.
kill_restart_test.py fake|VERSION: into the fake server, which also loses answers and refuses, or a real one."""
import random
import sys

from harness import (LONG, FakeServer, OpenSearch, check, equal, generate, kill, main, opensearch_sink, run_once,
                     start_agent, wait_until, write_config)

TARGET = sys.argv[1]
SEED = 7


def reference_ids(work, streams):
    with FakeServer() as fake:
        run_once(write_config(work, streams, opensearch_sink(fake.url), "reference"))
        return fake.ids()


def kill_at(config, arrived, amount):
    """Starts the agent and kills it when `amount` documents have arrived."""
    agent = start_agent(config)
    try:
        wait_until(lambda: arrived() >= amount or agent.poll() is not None, f"{amount} documents", 120)
        check(agent.poll() is None, "the agent ended by itself: " + agent.stderr.read().decode()[-2000:]
              if agent.poll() is not None else "")
    finally:
        kill(agent)


def crash_and_finish(work, streams, url, arrived, lines, kills):
    config = write_config(work, streams, opensearch_sink(url), "crashing")
    chance = random.Random(SEED)
    points = sorted(chance.randrange(1, int(lines * 0.8)) for _ in range(kills))
    for point in points:
        kill_at(config, arrived, point)
        check(arrived() < lines, f"everything had arrived before the kill at {point}: nothing was tested")
    return run_once(config)


def check_all(summary, lines):
    row = summary["kubeaudit"]
    equal(row["documents"], lines, "documents of all runs together")
    equal(row["shipped"] + row["already there"], lines, "created or already there")
    equal(row["dead letters"] + row["waiting"], 0, "dead letters and waiting")


def test_fake(work):
    lines = generate("audit", 200_000_000 if LONG else 60_000_000, work / "audit.log")
    streams = {"kubeaudit": [work / "audit.log"]}
    wanted = reference_ids(work, streams)
    equal(len(wanted), lines, "ids of a run without crashes")
    with FakeServer("--lose", "5", "--whole", "503@7", "--item", "429@997") as server:
        summary = crash_and_finish(work, streams, server.url, lambda: server.totals()["created"], lines, 12 if LONG else 5)
        totals = server.totals()
        check(server.ids() == wanted, f"the set of ids differs: {len(server.ids())} against {len(wanted)}")
        equal(totals["created"], lines, "documents made")
        equal(totals["malformed"], 0, "malformed items")
        check(totals["lost_answers"] > 0 and totals["refused_bulks"] > 0 and totals["refused_items"] > 0,
              f"no fault was injected: {totals}")
        check_all(summary, lines)
        print(totals)


def test_real(work):
    lines = generate("audit", 40_000_000 if LONG else 15_000_000, work / "audit.log")
    streams = {"kubeaudit": [work / "audit.log"]}
    wanted = reference_ids(work, streams)
    with OpenSearch(work, TARGET) as node:
        node.set_up("kubeaudit")
        summary = crash_and_finish(work, streams, node.url, lambda: node.count("kubeaudit"), lines, 4 if LONG else 2)
        equal(node.count("kubeaudit"), lines, "_count")
        check(node.ids("kubeaudit") == wanted, "the set of ids in the index is not the input's")
        check_all(summary, lines)


main(test_fake if TARGET == "fake" else test_real)
