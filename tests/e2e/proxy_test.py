"""OpenSearch below a path, and behind a forward proxy: everything arrives once, the environment's proxy is used only
when asked, and each trouble of a proxy is told and waited for."""
import shutil
import subprocess

import pytest

from bad_cases_test import keys_used
from forward_proxy import ForwardProxy
from gate import Authority, Gate
from harness import AGENT, FakeServer, command, free_port, run_once, wait_until, write_config
from skips import LeftOut
from trial import SECRET, WRONG, Mounted, Trial, sink_to, undisturbed_ids

DEAD = "http://127.0.0.1:1"  # nobody listens there
PATH = "/open%20search/v2"


@pytest.fixture(autouse=True)
def dead_proxies(monkeypatch):
    """In the environment of every agent here: whoever used them unasked would ship nothing."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, DEAD)
        monkeypatch.setenv(name.lower(), DEAD)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def authority(shared):
    return Authority(shared, "ours")


@pytest.fixture
def target(authority, monkeypatch):
    """A fake server below PATH, by TLS."""
    monkeypatch.setattr("urllib.request.getproxies", dict)  # the test itself asks directly
    with FakeServer() as server, Gate(int(server.url.rsplit(":")[-1])) as gate:
        gate.server, gate.below = server, PATH
        gate.use(authority.issue("target"))
        yield gate


def sink_below(gate, authority, **more):
    tls = {"ca_file": str(authority.file), **more.pop("tls", {})} if gate.context else {}
    return sink_to(gate.url + PATH + "/", tls=tls, **more)


def ship_all(work, given, gate, sink, environment=None):
    """run --once; every line has arrived once, and every request went below the path."""
    log = work / "audit.log"
    log.write_bytes(b"".join(given.lines))
    config = write_config(work, {"kubeaudit": [log]}, sink)
    done = subprocess.run([AGENT, "run", "--once", "--config", config], capture_output=True, text=True, timeout=60,
                          env=environment)
    assert done.returncode == 0, done.stderr[-4000:]
    assert sorted(i.split()[1] for i in gate.server.ids()) == undisturbed_ids(work, log), "documents, each once"
    assert gate.server.totals()["created"] == len(given.ids), "documents made"
    assert {path.startswith(PATH + "/") for _, path, _, _ in gate.heads} == {True}, "requests beside the path"
    return config


def check_online(config, expect=0):
    done = subprocess.run([AGENT, "check", "--online", "--config", config], capture_output=True, text=True, timeout=60)
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_below_a_path_without_a_proxy_although_the_environment_has_dead_ones(work, given, target, authority):
    config = ship_all(work, given, target, sink_below(target, authority))
    assert "answers, and its target is there" in check_online(config)
    log = work / "audit.log"
    said = subprocess.run([AGENT, "reconcile", "--config", config, "--stream", "kubeaudit", log], capture_output=True, text=True)
    assert said.returncode == 0 and "0 missing, 0 more than once" in said.stdout, said.stdout + said.stderr
    asked = {path[len(PATH):].partition("?")[0] for _, path, _, _ in target.heads}
    for wanted in ("/", "/kubeaudit*/_alias", "_mget", "_bulk"):
        assert any(path == wanted or path.endswith("/" + wanted) for path in asked), f"{wanted} in {asked}"


def test_dead_letters_are_replayed_below_the_path_through_a_proxy(work, given, target, authority):
    log = work / "audit.log"
    log.write_bytes(b"".join(given.lines))
    with ForwardProxy() as proxy:
        config = write_config(work, {"kubeaudit": [log]}, sink_below(target, authority, proxy=proxy.url))
        target.server.fault("item=400@10")
        letters = run_once(config)["kubeaudit"]["dead letters"]
        assert letters > 0, "nothing was refused"
        target.server.fault()
        seen = len(target.heads)
        assert f"kubeaudit: {letters} delivered, 0 refused again" in command("dead-letter", "replay", "--config", config)
        assert len(target.heads) > seen and proxy.methods() == {"CONNECT"}
    assert len(target.server.ids()) == len(given.ids)
    assert {path.startswith(PATH + "/") for _, path, _, _ in target.heads} == {True}, "requests beside the path"


def test_the_environments_proxy_is_used_when_it_is_asked_for_and_fails_if_it_is_dead(work, given, target, authority):
    config = ship_all(work, given, target, sink_below(target, authority))
    asking = write_config(work, {"kubeaudit": [work / "audit.log"]}, sink_below(target, authority, proxy="environment"), "asking")
    said = check_online(asking, expect=1)
    assert "proxy 127.0.0.1:1: " in said, said
    assert "answers" in check_online(config)


def test_through_the_proxy_of_the_environment_and_around_it(work, given, target, authority, monkeypatch):
    with ForwardProxy() as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        config = ship_all(work, given, target, sink_below(target, authority, proxy="environment"))
        assert proxy.methods() == {"CONNECT"}, proxy.heads
        seen = len(proxy.heads)
        monkeypatch.setenv("no_proxy", "localhost,127.0.0.0/8")
        assert "answers" in check_online(config)
        assert len(proxy.heads) == seen, "the proxy was asked for a host that no_proxy has"


def test_https_goes_through_a_tunnel_in_which_the_proxy_sees_nothing(work, given, target, authority):
    (work / "password").write_text(SECRET + "\n")
    with ForwardProxy() as proxy:
        proxy.user = "ship:" + SECRET
        ship_all(work, given, target, sink_below(target, authority, proxy=proxy.url, username="shipper",
                                                 password_file=str(work / "password"), proxy_username="ship",
                                                 proxy_password_file=str(work / "password")))
        assert {(m, t) for m, t, _ in proxy.heads} == {("CONNECT", target.url.partition("://")[2])}, proxy.heads
        assert not any("Authorization" in headers for _, _, headers in proxy.heads), "the target's secret is shown to the proxy"
        assert not any("Proxy-Authorization" in head[2] for head in target.heads), "the proxy's secret is shown to the target"


def test_signatures_cover_the_path_through_a_proxy_too(work, given, target, authority):
    files = {"access_key_file": "AKIDFIRST", "secret_key_file": SECRET + "AKIDFIRST", "session_token_file": "session"}
    for name, text in files.items():
        (work / name).write_text(text + "\n")
    with ForwardProxy() as proxy:
        ship_all(work, given, target, sink_below(target, authority, proxy=proxy.url, aws_sigv4={
            "region": "eu-north-1", **{name: str(work / name) for name in files}}))
    assert keys_used(target) == {"AKIDFIRST"}


def test_a_name_that_only_the_certificate_has_is_expected_behind_a_tunnel_too(work, given, target, authority):
    target.use(authority.issue("other", "DNS:other.example"))
    with ForwardProxy() as proxy:
        ship_all(work, given, target, sink_below(target, authority, proxy=proxy.url, tls={"server_name": "other.example"}))
        assert {(m, t) for m, t, _ in proxy.heads} == {("CONNECT", target.url.partition("://")[2])}, proxy.heads


def test_http_goes_to_the_proxy_as_whole_urls(work, given, target, authority):
    target.context = None
    with ForwardProxy() as proxy:
        ship_all(work, given, target, sink_below(target, authority, proxy=proxy.url))
        assert "CONNECT" not in proxy.methods()
        assert all(t.startswith(target.url + PATH + "/") for _, t, _ in proxy.heads), proxy.heads


def test_tls_to_the_proxy_as_well(work, given, target, authority):
    with ForwardProxy(pair=authority.issue("proxy")) as proxy:
        ship_all(work, given, target, sink_below(target, authority, proxy=proxy.url, proxy_ca_file=str(authority.file)))
        assert proxy.methods() == {"CONNECT"}


def test_through_tinyproxy(work, given, target, authority):
    if shutil.which("tinyproxy") is None:
        raise LeftOut("there is no tinyproxy; the other tests have a proxy of their own")
    port = free_port()
    (work / "tinyproxy.conf").write_text(f"Port {port}\nListen 127.0.0.1\nTimeout 60\nLogFile \"{work}/tinyproxy.log\"\n")
    proxy = subprocess.Popen(["tinyproxy", "-d", "-c", work / "tinyproxy.conf"], stdout=subprocess.DEVNULL)
    try:
        log = work / "tinyproxy.log"
        wait_until(lambda: log.exists() and "Accepting connections" in log.read_text(), "tinyproxy", 10)
        ship_all(work, given, target, sink_below(target, authority, proxy=f"http://127.0.0.1:{port}"))
    finally:
        proxy.kill()
        proxy.wait()


# --- troubles ------------------------------------------------------------------------------------

@pytest.fixture
def trouble(work, given, target, authority):
    """Begins with it, and mends it while the agent runs: told once with its hint, nothing lost, nothing twice."""
    def run(code, mend, others=(), **sink):
        with Trial(work, code, given, sink_below(target, authority, **sink),
                   lambda: [i.split()[1] for i in target.server.ids()]) as trial:
            trial.meet("opensearch-" + code)
            mend()
            trial.recover()
            totals = target.server.totals()
            assert (totals["created"], totals["malformed"]) == (len(given.ids), 0), totals
            return trial.verify("opensearch-" + code, others)
    return run


def test_a_password_that_the_proxy_does_not_know_is_told_and_read_again(trouble, work):
    files = Mounted(work / "secret", password=WRONG + "\n")
    with ForwardProxy() as proxy:
        proxy.user = "ship:" + SECRET
        line = trouble("proxy-unauthorized", lambda: files.swap(password=SECRET + "\n"), proxy=proxy.url,
                       proxy_username="ship", proxy_password_file=files["password"],
                       others=("config",))  # the password goes to the proxy in the clear
        assert "407" in line["error"]


@pytest.mark.parametrize("tls", [True, False])
def test_a_proxy_that_refuses_the_host_is_told(trouble, target, tls):
    if not tls:
        target.context = None
    with ForwardProxy() as proxy:
        proxy.refuse = 403
        line = trouble("proxy-refused", lambda: setattr(proxy, "refuse", None), proxy=proxy.url)
        assert "403" in line["error"]


def test_a_proxy_that_cannot_reach_the_host_is_told(trouble):
    with ForwardProxy() as proxy:
        proxy.refuse = 502
        trouble("proxy-target", lambda: setattr(proxy, "refuse", None), proxy=proxy.url)


def test_a_proxy_that_is_not_there_is_told(trouble):
    port, proxies = free_port(), []
    try:
        trouble("proxy-unreachable", lambda: proxies.append(ForwardProxy(port)), proxy=f"http://127.0.0.1:{port}")
    finally:
        for proxy in proxies:
            proxy.__exit__()


def test_a_proxy_with_a_certificate_of_somebody_else_is_told(trouble, authority, work):
    theirs = Authority(work / "theirs", "theirs")
    files = Mounted(work / "ca", ca=theirs.file.read_bytes())
    with ForwardProxy(pair=authority.issue("proxy")) as proxy:
        trouble("proxy-tls", lambda: files.swap(ca=authority.file.read_bytes()), proxy=proxy.url, proxy_ca_file=files["ca"])


def test_a_certificate_of_the_target_is_not_blamed_on_the_proxy(trouble, authority, work):
    theirs = Authority(work / "theirs", "theirs")
    files = Mounted(work / "ca", ca=theirs.file.read_bytes())
    with ForwardProxy() as proxy:
        line = trouble("tls-untrusted", lambda: files.swap(ca=authority.file.read_bytes()), proxy=proxy.url,
                       tls={"ca_file": files["ca"]})
        assert "proxy" not in line["error"], line
