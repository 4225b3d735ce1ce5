"""kill -9 in the middle of a large file, again and again."""
import random

from harness import FakeServer, kill, opensearch_sink, run_once, start_agent, wait_until, write_config

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
        assert agent.poll() is None, "the agent ended by itself: " + agent.stderr.read().decode()[-2000:]
    finally:
        kill(agent)


def crash_and_finish(work, streams, sink, arrived, lines, kills, between=lambda number: None):
    config = write_config(work, streams, sink, "crashing")
    chance = random.Random(SEED)
    points = sorted(chance.randrange(1, int(lines * 0.8)) for _ in range(kills))
    for number, point in enumerate(points):
        kill_at(config, arrived, point)
        assert arrived() < lines, f"everything had arrived before the kill at {point}: nothing was tested"
        between(number)
    return run_once(config)


def check_all(summary, lines):
    row = summary["kubeaudit"]
    assert row["documents"] == lines, "documents of all runs together"
    assert row["shipped"] + row["already there"] == lines, "created or already there"
    assert row["dead letters"] + row["waiting"] == 0, "dead letters and waiting"
