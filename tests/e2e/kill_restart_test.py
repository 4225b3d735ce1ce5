"""kill -9 in the middle of a large file, again and again: every line arrives, each once.
kill_restart_test.py fake|VERSION: into the fake server, which also loses answers and refuses, or a real one."""
import random
import subprocess
import sys
import time

from harness import (LONG, NODE, FakeServer, OpenSearch, check, equal, generate, http, http_json, kill, main, opensearch_sink,
                     run_once, start_agent, wait_until, write_config)

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


def test_rotating(work):
    """The same while a writer writes and rotates: the agent dies at any moment, also between rename and create."""
    kills, pieces = (50, 1500) if LONG else (10, 300)
    generate("audit", 200_000 * kills, work / "input.log")
    text = (work / "input.log").read_bytes().splitlines(keepends=True)
    size = len(text) // pieces + 1
    chance = random.Random(SEED)
    deaths = set(chance.sample(range(5, pieces), kills))
    log = work / "audit.log"
    with FakeServer("--lose", "5", "--whole", "503@7", "--item", "429@997") as server:
        config = write_config(work, {"kubeaudit": [log]}, opensearch_sink(server.url), "rotating", batch={"max_bytes": "64KiB"})
        agent, since, rotations = start_agent(config), 0, 0
        try:
            for number in range(pieces):
                with log.open("ab", buffering=0) as file:
                    file.write(b"".join(text[number * size:(number + 1) * size]))
                if number % 7 == 6:
                    rotations += 1
                    log.rename(work / f"audit-2026-11-23T10-{rotations // 60:02}-{rotations % 60:02}.000.log")
                if number in deaths:
                    wait_until(lambda: server.totals()["created"] > since or agent.poll() is not None, f"documents before kill {number}")
                    check(agent.poll() is None, "the agent ended by itself")
                    time.sleep(chance.random() / 30)  # any moment
                    kill(agent)
                    since = server.totals()["created"]
                    agent = start_agent(config)
        finally:
            kill(agent)
        summary = run_once(config)
        wanted = reference_ids(work, {"kubeaudit": [log]})
        equal(len(wanted), len(text), "lines that the writer wrote")
        check(server.ids() == wanted, f"the set of ids differs: {len(server.ids())} against {len(wanted)}")
        equal(server.totals()["created"], len(text), "documents made")
        check_all(summary, len(text))
        print(f"{kills} kills, {rotations} rotations, {len(text)} lines: each once")


def restart(node):
    """The node dies too, and comes back with what it had acknowledged."""
    subprocess.run([NODE, "kill", "--data", node.data], check=True)
    done = subprocess.run([NODE, "start", "--version", TARGET, "--port", str(node.port), "--data", node.data],
                          capture_output=True, text=True, timeout=120)
    check(done.returncode == 0, f"the node does not come back: {done.stderr}")
    wait_until(lambda: http_json("GET", f"{node.url}/_cluster/health")["status"] != "red", "all shards")


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
            if LONG:
                restart(node)

        summary = crash_and_finish(work, streams, opensearch_sink(node.url, timeout="3s"), lambda: node.count("kubeaudit"), lines,
                                   4 if LONG else 2, roll)
        equal(node.count("kubeaudit"), lines, "_count")
        got = [line.split() for line in node.ids("kubeaudit")]
        check(sorted(id for _, id in got) == wanted, "the ids in all indices together are not the input's, each once")
        check(len({index for index, _ in got}) > 1, "all documents are in one index: nothing was tested")
        check_all(summary, lines)


def test(work):
    if TARGET != "fake":
        test_real(work)
        return
    test_fake(work)
    (work / "rotating").mkdir()
    test_rotating(work / "rotating")


main(test)
