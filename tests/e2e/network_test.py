"""The network goes away in the middle of things, and comes back: the agent runs in a network namespace of its own."""
import ctypes
import os
import shutil
import subprocess
import time

import pytest

from fault_case import COLUMNS, Case
from harness import LONG, generate, wait_until
from skips import Allowed

BYTES = 100_000_000 if LONG else 8_000_000
CUT = 30 if LONG else 3
SERVER, AGENT_SIDE = "192.0.2.1", "192.0.2.2"  # TEST-NET-1
NOWHERE = "02:00:00:00:00:99"  # nobody has this hardware address: what is sent there is dropped without a word


def ip(*words):
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"


class Network:
    """Two namespaces joined by a cable; this process and the server are in one, agents are in the other. Nothing of the
    machine's own network is touched."""

    def __init__(self):
        self.here, self.there = f"auditship-{os.getpid()}-server", f"auditship-{os.getpid()}-agent"
        self.inside = ("ip", "netns", "exec", self.there)

    def __enter__(self):
        try:
            ip("netns", "add", self.here)
            ip("netns", "add", self.there)
            ip("-n", self.here, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", self.there)
        except AssertionError as why:
            self.__exit__()
            raise Allowed(f"no network namespaces here: {why}") from why
        for name, address in ((self.here, SERVER), (self.there, AGENT_SIDE)):
            ip("-n", name, "addr", "add", f"{address}/30", "dev", "cable")
            ip("-n", name, "link", "set", "cable", "up")
            ip("-n", name, "link", "set", "lo", "up")
        self.move_in()
        return self

    def __exit__(self, *unused):
        for name in (self.here, self.there):
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)

    def move_in(self):
        new_network = 0x40000000  # CLONE_NEWNET
        with open(f"/run/netns/{self.here}", "rb") as namespace:
            if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), new_network) != 0:
                self.__exit__()
                raise Allowed(f"setns: {os.strerror(ctypes.get_errno())}")

    # Two kinds of cut: told at once, and not told at all.
    def unplug(self):
        ip("-n", self.there, "link", "set", "cable", "down")

    def plug_in(self):
        ip("-n", self.there, "link", "set", "cable", "up")

    def swallow(self):
        ip("-n", self.there, "neigh", "replace", SERVER, "lladdr", NOWHERE, "dev", "cable", "nud", "permanent")

    def let_through(self):
        ip("-n", self.there, "neigh", "del", SERVER, "dev", "cable")


def failures(case):
    """What the running agent says has failed so far."""
    return sum(case.live().get("failures", {}).values())


def cut_off(case, wanted, cut, mend):
    case.server.fault("delay=30")  # so that there is a middle
    agent = case.start()
    case.wait(lambda: case.created() > 0, "documents", agent)
    cut()
    begin, failed = time.monotonic(), failures(case)
    case.wait(lambda: failures(case) > failed, "a failure", agent)
    arrived = case.created()
    assert arrived < len(wanted), "everything had arrived before the cut: nothing was tested"
    wait_until(lambda: time.monotonic() > begin + CUT, "the end of the cut")
    assert case.created() == arrived, f"{case.name}: documents that came through"
    case.server.fault()
    mend()
    case.wait(lambda: case.created() == len(wanted), "all documents", agent)
    case.finish()
    case.verify(case.here(wanted), [])


@pytest.fixture(scope="module")
def given(shared):
    """The log, and the ids that an undisturbed run makes of it."""
    if shutil.which("ip") is None:
        pytest.skip("there is no ip (package iproute2)")
    log = shared / "input.log"
    generate("audit", BYTES, log)
    print(COLUMNS)
    with case_of(shared, "undisturbed", log) as reference:
        reference.finish()
        return log, reference.server.ids()


@pytest.fixture(scope="module")
def net(given):
    with Network() as joined:
        yield joined


def case_of(work, name, log, **options):
    made = Case(work, name, batch={"max_bytes": "256KiB"}, **options)
    os.link(log, made.log)
    return made


def inside(net):
    """Options of a case whose agent is at the other end of the cable."""
    return {"server": ("--host", SERVER), "before": net.inside, "sink": {"timeout": "1s"}}


def test_a_cable_that_is_out_for_a_while_costs_no_event(shared, given, net):
    log, wanted = given
    with case_of(shared, f"cable out for {CUT} s", log, **inside(net)) as case:
        cut_off(case, wanted, net.unplug, net.plug_in)


def test_packets_that_vanish_without_a_word_cost_no_event(shared, given, net):
    log, wanted = given
    with case_of(shared, f"packets vanish for {CUT} s", log, **inside(net)) as case:
        cut_off(case, wanted, net.swallow, net.let_through)
