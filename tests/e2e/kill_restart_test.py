"""kill -9 in the middle of a large file, again and again: every line arrives, each once.
kill_restart_test.py fake|VERSION: into the fake server, which also loses answers and refuses, or a real one."""
import random
import sys

from harness import (LONG, FakeServer, OpenSearch, check, equal, generate, http, kill, main, opensearch_sink, run_once,
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


def crash_and_finish(work, streams, sink, arrived, lines, kills, between=lambda number: None):
    config = write_config(work, streams, sink, "crashing")
    chance = random.Random(SEED)
    points = sorted(chance.randrange(1, int(lines * 0.8)) for _ in range(kills))
    for number, point in enumerate(points):
        kill_at(config, arrived, point)
        check(arrived() < lines, f"everything had arrived before the kill at {point}: nothing was tested")
        between(number)
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
        summary = crash_and_finish(work, streams, opensearch_sink(server.url), lambda: server.totals()["created"], lines,
                                   12 if LONG else 5)
        totals = server.totals()
        check(server.ids() == wanted, f"the set of ids differs: {len(server.ids())} against {len(wanted)}")
        equal(totals["created"], lines, "documents made")
        equal(totals["malformed"], 0, "malformed items")
        check(totals["lost_answers"] > 0 and totals["refused_bulks"] > 0 and totals["refused_items"] > 0,
              f"no fault was injected: {totals}")
        check_all(summary, lines)
        print(totals)


def test_real(work):
    """After each crash the alias moves on, and after the second one the older indices take no more writes: what was in
    flight is in doubt, and stays in its index or is looked up and moved."""
    lines = generate("audit", 40_000_000 if LONG else 15_000_000, work / "audit.log")
    streams = {"kubeaudit": [work / "audit.log"]}
    wanted = [line.split()[1] for line in reference_ids(work, streams)]
    with OpenSearch(work, TARGET) as node:
        node.set_up("kubeaudit")

        def roll(number):
            http("POST", f"{node.url}/kubeaudit/_rollover")
            if number % 2 == 1:
                older = ",".join(f"kubeaudit-{n + 1:06}" for n in range(number + 1))
                http("PUT", f"{node.url}/{older}/_settings", {"index.blocks.write": True})

        summary = crash_and_finish(work, streams, opensearch_sink(node.url, timeout="3s"), lambda: node.count("kubeaudit"), lines,
                                   4 if LONG else 2, roll)
        equal(node.count("kubeaudit"), lines, "_count")
        got = [line.split() for line in node.ids("kubeaudit")]
        check(sorted(id for _, id in got) == wanted, "the ids in all indices together are not the input's, each once")
        check(len({index for index, _ in got}) > 1, "all documents are in one index: nothing was tested")
        check_all(summary, lines)


main(test_fake if TARGET == "fake" else test_real)
