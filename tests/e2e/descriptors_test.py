"""With 64 descriptors, 300 live logs or 300 rotated files are all shipped, and so is what comes later."""
import re
import resource
import subprocess

import pytest

import harness
from harness import documents, file_sink, wait_until, write_config

DESCRIPTORS = 64
FILES = 300


def line(text):
    return f"Nov 29 10:00:00 host app[1]: {text}\n"


def start_with_few_descriptors(config, log):
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    return subprocess.Popen([harness.AGENT, "run", "--config", config], stdout=subprocess.DEVNULL, stderr=open(log, "ab"),
                            preexec_fn=limit)


@pytest.fixture
def agent_of(work):
    agents = []

    def start(config):
        agents.append(start_with_few_descriptors(config, work / "agent.log"))
        return agents[-1]
    yield start
    for agent in agents:
        harness.kill(agent)


def shipped(directory):
    return [d["message"] for _, d in documents(directory, "authlog", growing=True)]


def texts(directory):
    found = [re.search(r"text-\d+-\d+", m) for m in shipped(directory)]
    return sorted(m[0] for m in found if m)


def test_three_hundred_live_logs_are_shipped(work, agent_of):
    logs = work / "logs"
    logs.mkdir()
    for n in range(FILES):
        (logs / f"app{n}.log").write_text(line(f"text-{n}-1") + line(f"text-{n}-2"))
    config = write_config(work, {"authlog": [logs / "*.log"]}, file_sink(work / "out"))
    agent_of(config)
    wanted = sorted(f"text-{n}-{i}" for n in range(FILES) for i in (1, 2))
    wait_until(lambda: len(shipped(work / "out")) >= len(wanted), "all lines")
    assert texts(work / "out") == wanted
    # Closed ones are opened again, and a rotation is followed.
    for n in range(FILES):
        if n % 3 == 0:
            (logs / f"app{n}.log").rename(logs / f"app{n}.log.1")
        with open(logs / f"app{n}.log", "a") as log:
            log.write(line(f"text-{n}-3"))
    wanted = sorted(wanted + [f"text-{n}-3" for n in range(FILES)])
    wait_until(lambda: len(shipped(work / "out")) >= len(wanted), "the lines that came later", seconds=120)
    assert texts(work / "out") == wanted
    said = (work / "agent.log").read_text()
    assert '"level":"error"' not in said, said[-4000:]


def test_three_hundred_rotated_files_are_shipped(work, agent_of):
    logs = work / "logs"
    logs.mkdir()
    for n in range(FILES, 0, -1):
        (logs / f"auth.log.{n}").write_text(line(f"text-{n}-1"))
    (logs / "auth.log").write_text(line("text-0-1"))
    config = write_config(work, {"authlog": [logs / "auth.log"]}, file_sink(work / "out"))
    agent = agent_of(config)
    wanted = sorted(f"text-{n}-1" for n in range(FILES + 1))
    wait_until(lambda: len(shipped(work / "out")) >= len(wanted), "all lines")
    assert texts(work / "out") == wanted
    assert agent.poll() is None
