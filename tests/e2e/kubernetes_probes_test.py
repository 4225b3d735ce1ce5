"""status.listen, as the probes of the Kubernetes manifests and the alerts use it."""
import json
import os
import re
import subprocess
import urllib.error

import pytest

from harness import AGENT, file_sink, free_port, http, kill, wait_until, write_config
from kubernetes_files import MANIFESTS, load, log_file


@pytest.fixture
def rules():
    return [rule for group in load(MANIFESTS)["PrometheusRule"]["spec"]["groups"] for rule in group["rules"]]


@pytest.fixture
def metrics(work):
    """Of an agent whose probes have answered."""
    port = free_port()
    log = log_file(work, "probe.log", 0, 0, 0o600)
    config = write_config(work, {"authlog": [log]}, file_sink(work / "probe-out"), "probe")
    settings = json.loads(config.read_text())
    settings["status"] = {"listen": "${POD_IP}:" + str(port)}
    config.write_text(json.dumps(settings))
    agent = subprocess.Popen([AGENT, "run", "--config", config], stderr=subprocess.PIPE, text=True,
                             env={**os.environ, "POD_IP": "127.0.0.1"})

    def healthy():
        if agent.poll() is not None:
            raise AssertionError(f"the agent ended: {agent.stderr.read()}")
        try:
            return (http("GET", f"http://127.0.0.1:{port}/healthz") == b"ok\n" and
                    http("GET", f"http://127.0.0.1:{port}/readyz") == b"ready\n")
        except (urllib.error.URLError, ConnectionError):
            return False
    try:
        wait_until(healthy, "/healthz", 20)
        yield http("GET", f"http://127.0.0.1:{port}/metrics").decode()
    finally:
        kill(agent)


def test_probes_are_answered_and_every_metric_of_an_alert_is_there(metrics, rules):
    known = set(re.findall(r"^# TYPE (auditship_\w+) ", metrics, re.M))
    asked = {name for rule in rules for name in re.findall(r"auditship_\w+", rule["expr"])}
    assert len(asked) > 5, f"hardly any metric is asked for: {asked}"
    assert asked - known == set(), "metrics of alerts that the agent does not have"


def test_every_alert_says_what_it_is_about(rules):
    assert rules, "no alerts"
    for rule in rules:
        assert rule["annotations"]["summary"] and rule["annotations"]["description"], f"{rule['alert']} says nothing"
