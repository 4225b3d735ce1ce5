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

from harness import (AGENT, LONG, check, equal, file_sink, free_port, main, skip, start_agent, wait_until, write_config)

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
        equal(self.open, [], "elements that are not closed")

    def handle_starttag(self, tag, attributes):
        check(tag in TAGS, f"an element that the page does not have: {tag} {attributes}")
        for name, _ in attributes:
            check(name in ATTRIBUTES, f"an attribute that the page does not have: {tag} {name}")
        self.scripts += tag == "script"
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        equal(self.open.pop(), tag, "the element that is closed")

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.words += data


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.headers, answer.read().decode()


def page_of(url):
    page = Page(get(url)[1])
    equal(page.scripts, 1, "scripts")
    return page


def what_it_shows(url, log, hidden_url):
    headers, _ = get(url)
    policy = headers["Content-Security-Policy"]
    check(policy.startswith("default-src 'none';") and "unsafe" not in policy, f"policy: {policy}")
    equal((headers["Content-Type"], headers["X-Content-Type-Options"]), ("text/html; charset=utf-8", "nosniff"), "headers")
    words = page_of(url).words
    for expected in ("node-e2e", "authlog", str(log), "ready", "ledger", "holds", "ssh login ann", "none since the start",
                     "NDJSON files under"):
        check(expected in words, f"the page does not show {expected!r}:\n{words}")
    with open(log, "a", encoding="utf-8") as more:
        more.write(LINE.format(1, EVIL.replace(" ", "_")))
    wait_until(lambda: "onerror=alert(1)" in page_of(url).words.replace("_", " "), "the hostile name, as text")
    words = page_of(hidden_url).words
    check("ssh login" not in words and "status.events" in words, "events are shown where they should not be")


class Relay(http.server.BaseHTTPRequestHandler):
    """Between browser and agent: before the second request is passed on, something happens that the page has to show."""
    url, log, asked, scripts = "", None, [], True

    def do_GET(self):
        Relay.asked.append(self.path)
        if Relay.asked.count("/") == 2:
            with open(Relay.log, "a", encoding="utf-8") as more:
                more.write(LINE.format(2, "bob"))
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


def in_a_browser(work, url, log):
    browser = shutil.which("chromium")
    if not browser:
        if LONG:
            skip("chromium is not installed")
        print("NOT RUN: the page in headless Chromium, which is not installed (./test --long installs it)")
        return
    Relay.url, Relay.log = url, log
    relay = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    threading.Thread(target=relay.serve_forever, daemon=True).start()
    home = work / "browser"
    home.mkdir()
    address = f"http://127.0.0.1:{relay.server_address[1]}/"
    words = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={home}",
             "--enable-logging=stderr", "--virtual-time-budget=10000", "--timeout=60000"]
    environment = {**os.environ, "HOME": str(home)}
    done = subprocess.run([*words, "--dump-dom", address], capture_output=True, text=True, timeout=180, env=environment)
    equal(done.returncode, 0, f"chromium: {done.stderr[-3000:]}")
    check(Relay.asked.count("/") >= 2, f"the page did not ask again: {Relay.asked}")
    check("ssh login bob" in done.stdout, f"the page does not show what happened since it was loaded:\n{done.stdout[-3000:]}")
    check('<span id="live" class="good">live</span>' in done.stdout, f"the page does not say that it is live:\n{done.stdout}")
    check("<img" not in done.stdout, "a hostile name became an element")
    refused = [line for line in done.stderr.splitlines() if "Content Security Policy" in line or "Refused" in line]
    equal([line for line in refused if "favicon" not in line], [], "what the policy refused")
    Relay.scripts = False
    without = subprocess.run([*words, "--dump-dom", address], capture_output=True, text=True, timeout=180, env=environment)
    check("ssh login ann" in without.stdout and "load again to renew" in without.stdout,
          f"the page where no script runs:\n{without.stdout}{without.stderr[-2000:]}")
    Relay.scripts = True
    subprocess.run([*words, f"--screenshot={work / 'page.png'}", "--window-size=1100,900", address], capture_output=True,
                   timeout=180, env=environment)
    check((work / "page.png").stat().st_size > 10_000, "an empty screenshot")
    print(f"Chromium showed the page, {Relay.asked.count('/')} requests")


def on_a_terminal(data, log):
    """Shown again until interrupted, in place."""
    terminal, inside = pty.openpty()
    watch = subprocess.Popen([AGENT, "status", "--watch", "--data-dir", data], stdout=inside, stderr=inside)
    os.close(inside)
    seen = ""

    def read():
        nonlocal seen
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 65536).decode(errors="replace")
        return seen.split("\x1b[H\x1b[2J")[1:]
    try:
        wait_until(lambda: len(read()) >= 2, "the status for the second time")
        with open(log, "a", encoding="utf-8") as more:
            more.write(LINE.format(3, "eve"))
        wait_until(lambda: "ssh login eve" in read()[-1], "news in a later status")
        watch.send_signal(signal.SIGINT)
        equal(watch.wait(10), 0, "exit code when interrupted")
    finally:
        watch.kill()
        watch.wait()
        os.close(terminal)


def test(work):
    directory = work / f"logs {EVIL}".replace("/", "")
    directory.mkdir()
    log = directory / "auth.log"
    log.write_text(LINE.format(0, "ann"))
    agents, ports = [], (free_port(), free_port())
    try:
        for name, port, events in (("shown", ports[0], True), ("hidden", ports[1], False)):
            config = write_config(work, {"authlog": [log]}, file_sink(work / f"{name}-out"), name,
                                  status={"listen": f"127.0.0.1:{port}", "events": events})
            agents.append(start_agent(config))
            wait_until(lambda: (work / name / "status.sock").exists(), "the agent")
        url, hidden = (f"http://127.0.0.1:{port}" for port in ports)
        wait_until(lambda: re.search(r"read1 lines", page_of(url).words.replace("\n", "")), "the first line")
        wait_until(lambda: re.search(r"read1 lines", page_of(hidden).words.replace("\n", "")), "the first line")
        what_it_shows(url, log, hidden)
        on_a_terminal(work / "shown", log)
        in_a_browser(work, url, log)
    finally:
        for agent in agents:
            agent.kill()
            agent.wait()


main(test)
