"""The status page: what it shows of a running agent, that nothing from outside becomes markup, that it renews itself in a
real browser (headless Chromium, where it is installed); and `auditship status --watch` on a terminal."""
import html.parser
import http.server
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import threading
import urllib.request

import pytest

from harness import AGENT, LONG, file_sink, free_port, wait_until, write_config
from skips import LeftOut

EVIL = "<img src=x onerror=alert(1)>&amp;\"'"
LINE = "2026-11-23T12:00:{:02}.000001+00:00 host sshd[1]: Accepted password for {} from 192.0.2.7 port 4711 ssh2\n"
TAGS = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "br", "span", "table", "tr", "th", "td",
        "meter", "ol", "li", "footer", "script", "code"}
ATTRIBUTES = {"lang", "charset", "name", "content", "class", "id", "min", "max", "high", "value"}


class Page(html.parser.HTMLParser):
    """Checks the markup while it reads; words is what a person would see."""

    def __init__(self, text):
        super().__init__()
        self.open, self.words, self.scripts = [], "", 0
        self.feed(text)
        self.close()
        assert self.open == [], "elements that are not closed"

    def handle_starttag(self, tag, attributes):
        assert tag in TAGS, f"an element that the page does not have: {tag} {attributes}"
        for name, _ in attributes:
            assert name in ATTRIBUTES, f"an attribute that the page does not have: {tag} {name}"
        self.scripts += tag == "script"
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, "the element that is closed"

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.words += data


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.headers, answer.read().decode()


def page_of(url):
    page = Page(get(url)[1])
    assert page.scripts == 1, "scripts"
    return page


def started(work, start, log, events=True):
    """An agent that follows the log and has read its first line; the address of its page."""
    port = free_port()
    start(write_config(work, {"authlog": [log]}, file_sink(work / "out"), status={"listen": f"127.0.0.1:{port}", "events": events}))
    wait_until(lambda: (work / "data" / "status.sock").exists(), "the agent")
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: re.search(r"read1 lines", page_of(url).words.replace("\n", "")), "the first line")
    return url


def append(log, second, user):
    with open(log, "a", encoding="utf-8") as more:
        more.write(LINE.format(second, user))


@pytest.fixture
def log(work):
    """In a directory with a hostile name, with one login."""
    directory = work / f"logs {EVIL}".replace("/", "")
    directory.mkdir()
    (directory / "auth.log").write_text(LINE.format(0, "ann"))
    return directory / "auth.log"


@pytest.fixture
def url(work, start, log):
    """Of an agent's page that shows a hostile name, too."""
    address = started(work, start, log)
    append(log, 1, EVIL.replace(" ", "_"))
    wait_until(lambda: "onerror=alert(1)" in page_of(address).words.replace("_", " "), "the hostile name, as text")
    return address


def test_the_page_may_do_nothing_but_run_its_own_script(url):
    headers, _ = get(url)
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy, f"policy: {policy}"
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("text/html; charset=utf-8", "nosniff"), "headers"


def test_the_page_shows_what_the_agent_does(url, log):
    words = page_of(url).words
    for expected in ("node-e2e", "authlog", str(log), "ready", "ledger", "holds", "ssh login ann", "none since the start",
                     "NDJSON files under"):
        assert expected in words, f"the page does not show {expected!r}:\n{words}"


def test_events_are_not_shown_where_they_should_not_be(work, start, log):
    words = page_of(started(work, start, log, events=False)).words
    assert "ssh login" not in words and "status.events" in words, "events are shown where they should not be"


class Relay(http.server.BaseHTTPRequestHandler):
    """Between browser and agent: before the second request is passed on, something happens that the page has to show."""
    url, log, asked, scripts = "", None, [], True

    def do_GET(self):
        Relay.asked.append(self.path)
        if Relay.asked.count("/") == 2:
            append(Relay.log, 2, "bob")
            wait_until(lambda: "ssh login bob" in get(Relay.url)[1], "the event")
        headers, body = get(Relay.url + self.path)
        self.send_response(200)
        for name in ("Content-Type", "Content-Security-Policy"):
            value = headers[name] if self.scripts else re.sub("script-src [^;]*", "script-src 'none'", headers[name])
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *unused):
        pass


@pytest.fixture
def relay(url, log):
    Relay.url, Relay.log, Relay.asked, Relay.scripts = url, log, [], True
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def browse(work):
    """Runs headless Chromium with options."""
    browser = shutil.which("chromium")
    if not browser and LONG:
        pytest.skip("chromium is not installed")
    if not browser:
        raise LeftOut("the page in headless Chromium, which is not installed (./test --long installs it)")
    home = work / "browser"
    home.mkdir()
    words = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={home}",
             "--enable-logging=stderr", "--virtual-time-budget=10000", "--timeout=60000"]
    return lambda *more: subprocess.run([*words, *more], capture_output=True, text=True, timeout=180, env={**os.environ, "HOME": str(home)})


def test_the_page_renews_itself_in_a_browser(relay, browse):
    done = browse("--dump-dom", relay)
    assert done.returncode == 0, f"chromium: {done.stderr[-3000:]}"
    assert Relay.asked.count("/") >= 2, f"the page did not ask again: {Relay.asked}"
    assert "ssh login bob" in done.stdout, f"the page does not show what happened since it was loaded:\n{done.stdout[-3000:]}"
    assert '<span id="live" class="good">live</span>' in done.stdout, f"the page does not say that it is live:\n{done.stdout}"
    assert "onerror=alert(1)" in done.stdout.replace("_", " "), "no hostile name on the page: nothing is proven"
    assert "<img" not in done.stdout, "a hostile name became an element"
    refused = [line for line in done.stderr.splitlines() if "Content Security Policy" in line or "Refused" in line]
    assert [line for line in refused if "favicon" not in line] == [], "what the policy refused"
    print(f"Chromium showed the page, {Relay.asked.count('/')} requests")


def test_the_page_is_whole_where_no_script_runs(relay, browse):
    Relay.scripts = False
    done = browse("--dump-dom", relay)
    assert "ssh login ann" in done.stdout and "load again to renew" in done.stdout, (
        f"the page where no script runs:\n{done.stdout}{done.stderr[-2000:]}")


def test_the_page_is_drawn(work, relay, browse):
    browse(f"--screenshot={work / 'page.png'}", "--window-size=1100,900", relay)
    assert (work / "page.png").stat().st_size > 10_000, "an empty screenshot"


def test_status_watch_shows_the_status_again_in_place_until_it_is_interrupted(work, start, log):
    started(work, start, log)
    terminal, inside = pty.openpty()
    watch = subprocess.Popen([AGENT, "status", "--watch", "--data-dir", work / "data"], stdout=inside, stderr=inside)
    os.close(inside)
    seen = ""

    def read():
        nonlocal seen
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 65536).decode(errors="replace")
        return seen.split("\x1b[H\x1b[2J")[1:]
    try:
        wait_until(lambda: len(read()) >= 2, "the status for the second time")
        append(log, 3, "eve")
        wait_until(lambda: "ssh login eve" in read()[-1], "news in a later status")
        watch.send_signal(signal.SIGINT)
        assert watch.wait(10) == 0, "exit code when interrupted"
    finally:
        watch.kill()
        watch.wait()
        os.close(terminal)
