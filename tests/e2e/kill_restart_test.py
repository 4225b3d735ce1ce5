"""kill -9 in the middle of a large file, again and again: every line arrives, each once. Into the fake server, which also loses
answers and refuses; a real one: kill_restart_opensearch_test.py."""
import random
import time

from crashes import SEED, check_all, crash_and_finish, reference_ids
from harness import (LONG, FakeServer, difference, generate, kill, opensearch_sink, run_once, start_agent, wait_until,
                     write_config)


def test_every_line_arrives_once_in_a_server_that_loses_answers_and_refuses(work):
    lines = generate("audit", 200_000_000 if LONG else 60_000_000, work / "audit.log")
    streams = {"kubeaudit": [work / "audit.log"]}
    wanted = reference_ids(work, streams)
    assert len(wanted) == lines, "ids of a run without crashes"
    with FakeServer("--lose", "5", "--whole", "503@7", "--item", "429@997") as server:
        summary = crash_and_finish(work, streams, opensearch_sink(server.url), lambda: server.totals()["created"], lines,
                                   12 if LONG else 5)
        totals = server.totals()
        assert not difference(server.ids(), wanted), "the set of ids differs"
        assert totals["created"] == lines, "documents made"
        assert totals["malformed"] == 0, "malformed items"
        assert totals["lost_answers"] > 0 and totals["refused_bulks"] > 0 and totals["refused_items"] > 0, (
            f"no fault was injected: {totals}")
        check_all(summary, lines)
        print(totals)


def test_every_line_arrives_once_while_the_log_is_rotated(work):
    """A writer writes and rotates: the agent dies at any moment, also between rename and create."""
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
                    assert agent.poll() is None, "the agent ended by itself"
                    time.sleep(chance.random() / 30)  # any moment
                    kill(agent)
                    since = server.totals()["created"]
                    agent = start_agent(config)
        finally:
            kill(agent)
        summary = run_once(config)
        wanted = reference_ids(work, {"kubeaudit": [log]})
        assert len(wanted) == len(text), "lines that the writer wrote"
        assert not difference(server.ids(), wanted), "the set of ids differs"
        assert server.totals()["created"] == len(text), "documents made"
        check_all(summary, len(text))
        print(f"{kills} kills, {rotations} rotations, {len(text)} lines: each once")
