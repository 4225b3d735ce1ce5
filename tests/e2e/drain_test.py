"""SIGTERM while the server takes requests and never answers: the agent ends within 5 s, and what it had read and nobody
acknowledged is on disk: it arrives although the log is gone by then."""
import json
import signal
import socket
import time

import pytest

from harness import command, generate, opensearch_sink, run_once, wait_until, write_config

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


@pytest.mark.parametrize("fault", ["hang=1", "whole=503@1"])
def test_what_a_server_did_not_take_before_sigterm_arrives_after_it(work, server, start, fault):
    log, data = work / "audit.log", work / "data"
    lines = generate("audit", BYTES, log)
    config = write_config(work, {"kubeaudit": [log]}, opensearch_sink(server.url), batch={"max_bytes": "256KiB", "max_age": "1m"})
    server.fault(fault)
    agent = start(config)
    wait_until(lambda: (data / "status.sock").exists(), "the agent's socket")
    wait_until(lambda: server.totals()["hanging"] + server.totals()["refused_bulks"] > 0, "a request")
    wait_until(lambda: json.loads(ask("/status.json", data / "status.sock")[1])["streams"][0]["lines"] == lines,
               "all lines to be read")
    assert ask("/readyz", data / "status.sock") == (200, "ready\n"), "/readyz while the target is down"
    begin = time.monotonic()
    agent.send_signal(signal.SIGTERM)
    wait_until(lambda: b"stopping" in agent.stderr.readline(), "the agent to say that it stops")
    assert ask("/readyz", data / "status.sock") == (503, "it is stopping\n"), "/readyz while it drains"
    assert ask("/healthz", data / "status.sock") == (200, "ok\n"), "/healthz while it drains"
    assert agent.wait(30) == 0, "exit code after SIGTERM"
    took = time.monotonic() - begin
    print(f"{took:.2f} s from SIGTERM to exit")
    assert took <= LIMIT_S, f"{took:.2f} s from SIGTERM to exit, at most {LIMIT_S}"
    kept = json.loads(command("status", "--json", "--data-dir", data))["streams"][0]
    assert kept["documents"] == lines, "documents in the buffer"
    assert server.totals()["created"] == kept["created"], "documents that arrived, and that the buffer has as settled"
    assert kept["buffered_documents"] > 0, "nothing was left to deliver: nothing is proven"
    log.unlink()
    server.fault()
    run_once(config)
    assert len(server.ids()) == lines, "documents in the end"
