"""A real Prometheus scrapes a running agent: every query of the Grafana dashboard returns data, every alert's expression is
evaluated without an error, and one whose time has come is seen."""
import json
import re
import shutil
import subprocess
import urllib.error
import urllib.parse
from types import SimpleNamespace

import pytest

from harness import (DATA, ROOT, FakeServer, free_port, generate, http, http_json, kill, opensearch_sink, start_agent, wait_until,
                     write_config)

try:
    import yaml
except ImportError:
    yaml = None
ALERTS = ROOT / "packaging" / "kubernetes" / "chart" / "files" / "alerts.yaml"
DASHBOARD = ROOT / "packaging" / "grafana" / "auditship.json"
VARIABLES = {"$instance": ".*", "$stream": ".*", "$__rate_interval": "10s"}
RULES = """apiVersion: auditship/v1
kind: FilterRules
rules:
  - name: reads
    verbs: [get, list, watch]
    action: drop
"""


def run(*words):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{words} exited {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def certificate(work, name, days):
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", days,
        "-subj", f"/CN={name}", "-keyout", work / f"{name}.key", "-out", work / f"{name}.pem")
    return str(work / f"{name}.pem")


def start_prometheus(work, target, port):
    config = work / "prometheus.yml"
    config.write_text(json.dumps({
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [str(ALERTS)],
        "scrape_configs": [{"job_name": "auditship", "static_configs": [{"targets": [target]}]}]}))
    run("promtool", "check", "config", config)
    log = open(work / "prometheus.log", "w")
    return subprocess.Popen(["prometheus", f"--config.file={config}", f"--storage.tsdb.path={work / 'tsdb'}",
                             f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)


def api(port, path, **parameters):
    query = urllib.parse.urlencode(parameters)
    try:
        answer = http_json("GET", f"http://127.0.0.1:{port}/api/v1/{path}?{query}")
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{path} {parameters}: {error.read().decode()}") from error
    return answer["data"]


def scraped(port):
    try:
        http("GET", f"http://127.0.0.1:{port}/-/ready")
    except (urllib.error.URLError, ConnectionError):
        return False
    targets = api(port, "targets")["activeTargets"]
    if not targets or targets[0]["health"] == "unknown":
        return False
    assert (targets[0]["health"], targets[0]["lastError"]) == ("up", ""), "what Prometheus says of the scrape"
    return True


def queries():
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel["targets"]:
            text = target["expr"]
            for name, value in VARIABLES.items():
                text = text.replace(name, value)
            assert "$" not in text, f"{panel['title']}: a variable that this test does not know: {text}"
            yield panel["title"], text


@pytest.fixture(scope="module", autouse=True)
def tools():
    for tool in ("prometheus", "promtool"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed (package prometheus)")
    if yaml is None:
        pytest.skip("python3-yaml is not installed")


@pytest.fixture(scope="module")
def agent(shared, tools):
    """It follows a log and has something to retry; the address of its own server."""
    work, status = shared, free_port()
    generate("audit", 500_000, work / "audit.log")
    (work / "rules.yaml").write_text(RULES)
    with FakeServer() as server:
        server.fault("item=429@50", "content=400@200")  # so that there is something to retry
        config = write_config(
            work, {"kubeaudit": [work / "audit.log"]}, opensearch_sink(server.url, tls={
                "ca_file": certificate(work, "ca", 5), "certificate_file": certificate(work, "client", 30),
                "key_file": str(work / "client.key")}), status={"listen": f"127.0.0.1:{status}"})
        settings = json.loads(config.read_text())
        settings["streams"]["kubeaudit"]["filters"] = str(work / "rules.yaml")
        config.write_text(json.dumps(settings))
        process = start_agent(config)
        try:
            wait_until(lambda: (work / "data" / "status.sock").exists() or process.poll() is not None, "the agent")
            if process.poll() is not None:
                raise AssertionError(f"the agent ended: {process.stderr.read().decode()}")
            yield SimpleNamespace(address=f"127.0.0.1:{status}", log=work / "audit.log")
        finally:
            kill(process)


@pytest.fixture(scope="module")
def port(shared, agent):
    """Of a Prometheus that scrapes the agent."""
    number = free_port()
    prometheus = start_prometheus(shared, agent.address, number)
    try:
        wait_until(lambda: scraped(number), "the first scrape")
        yield number
    finally:
        kill(prometheus)


def test_every_query_of_the_dashboard_returns_data(work, agent, port):
    with open(agent.log, "ab") as more:  # something happens between scrapes
        generate("audit", 200_000, work / "more.log")
        more.write((work / "more.log").read_bytes())
    all_of = list(queries())
    assert len(all_of) > 20, f"hardly any query in {DASHBOARD}"
    waiting = dict(enumerate(all_of))

    def answered():
        for number, (_, text) in list(waiting.items()):
            result = api(port, "query", query=text)["result"]
            if any(sample["value"][1] != "NaN" for sample in result):
                del waiting[number]
        return not waiting
    try:
        wait_until(answered, "data in every panel", 60)
    except AssertionError as why:
        raise AssertionError(f"panels without data: {list(waiting.values())}") from why
    print(f"{len(all_of)} queries of the dashboard returned data")


def test_every_alert_is_evaluated_and_one_whose_time_has_come_is_seen(port):
    def rules():
        found = [r for group in api(port, "rules")["groups"] for r in group["rules"]]
        return found if found and all(r["health"] != "unknown" for r in found) else None
    found = wait_until(rules, "every alert to be evaluated")
    assert sorted(r["name"] for r in found) == sorted(re.findall(r"alert: (\w+)", ALERTS.read_text())), "alerts"
    assert [(r["name"], r.get("lastError")) for r in found if r["health"] != "ok"] == [], "alerts that cannot be evaluated"
    for rule in found:
        assert rule["annotations"]["summary"] and rule["annotations"]["description"], f"{rule['name']} has no runbook"
    wait_until(lambda: {"AuditshipCertificateEnds"} <= {r["name"] for r in rules() if r["state"] != "inactive"},
               "the alert of a certificate that ends in 5 days")
    print(f"{len(found)} alerts were evaluated")


def test_alerts_fire_over_time_when_they_should_and_only_then(work):
    """Hours of made-up series: alerts that fire, and that do not."""
    rules = yaml.safe_load(ALERTS.read_text())
    for rule in rules["groups"][0]["rules"]:
        del rule["annotations"]
    (work / "alerts.yaml").write_text(json.dumps(rules))
    shutil.copy(DATA / "alerts_test.yaml", work)
    done = subprocess.run(["promtool", "test", "rules", work / "alerts_test.yaml"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"promtool test rules: {done.stdout}{done.stderr}"
    print(f"{(work / 'alerts_test.yaml').read_text().count('alertname:')} states of alerts over time")


def test_the_text_format_is_good_for_the_linter_of_prometheus(agent):
    """Its scraper, which wants the other format, is used by the other tests."""
    text = http("GET", f"http://{agent.address}/metrics").decode()
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, ""), "promtool check metrics"
    assert "# EOF" not in text, "the text format has an end"
