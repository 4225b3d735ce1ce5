"""SIGTERM while the server takes requests and never answers: the agent ends within 5 s, and what it had read and nobody
acknowledged is on disk: it arrives although the log is gone by then."""
import json
import signal
import socket
import time

from harness import (FakeServer, check, command, equal, generate, main, opensearch_sink, run_once, start_agent, wait_until,
                     write_config)

BYTES = 3_000_000
LIMIT_S = 10  # 5 is the promise, and 4 s what draining may take; the rest is a busy machine's


def ask(path, socket_path):
    """(status, body) of the agent's own server."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(10)
        s.connect(str(socket_path))
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = b""
        while part := s.recv(65536):
            answer += part
    head, body = answer.split(b"\r\n\r\n", 1)
    return int(head.split()[1]), body.decode()


def drained(work, server, name, fault):
    log = work / f"{name}.log"
    lines = generate("audit", BYTES, log)
    config = write_config(work, {"kubeaudit": [log]}, opensearch_sink(server.url), name,
                          batch={"max_bytes": "256KiB", "max_age": "1m"})
    data = work / name
    server.fault(*fault)
    before = server.totals()["created"]
    agent = start_agent(config)
    try:
        wait_until(lambda: (data / "status.sock").exists(), "the agent's socket")
        wait_until(lambda: server.totals()["hanging"] + server.totals()["refused_bulks"] > 0, "a request")
        wait_until(lambda: json.loads(ask("/status.json", data / "status.sock")[1])["streams"][0]["lines"] == lines,
                   "all lines to be read")
        equal(ask("/readyz", data / "status.sock"), (200, "ready\n"), "/readyz while the target is down")
        begin = time.monotonic()
        agent.send_signal(signal.SIGTERM)
        wait_until(lambda: b"stopping" in agent.stderr.readline(), "the agent to say that it stops")
        equal(ask("/readyz", data / "status.sock"), (503, "it is stopping\n"), "/readyz while it drains")
        equal(ask("/healthz", data / "status.sock"), (200, "ok\n"), "/healthz while it drains")
        equal(agent.wait(30), 0, "exit code after SIGTERM")
        took = time.monotonic() - begin
    finally:
        agent.kill()
        agent.wait()
    print(f"{name}: {took:.2f} s from SIGTERM to exit")
    check(took <= LIMIT_S, f"{name}: {took:.2f} s from SIGTERM to exit, at most {LIMIT_S}")
    kept = json.loads(command("status", "--json", "--data-dir", data))["streams"][0]
    equal(kept["documents"], lines, "documents in the buffer")
    equal(server.totals()["created"] - before, kept["created"], "documents that arrived, and that the buffer has as settled")
    check(kept["buffered_documents"] > 0, "nothing was left to deliver: nothing is proven")
    log.unlink()
    server.fault()
    run_once(config)
    equal(len(server.ids()), lines, "documents in the end")


def test(work):
    for name, fault in (("hangs", ["hang=1"]), ("refuses", ["whole=503@1"])):
        with FakeServer() as server:
            drained(work, server, name, fault)


main(test)
