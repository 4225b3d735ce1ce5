"""Each ordinary fault, one after the other: every event arrives once, or lies in the dead letters. Prints a table.

AUDITSHIP_LONG=1: 300 MB a case, outages of 30 s, files rotated every 20 MB. Rollovers in doubt need a real OpenSearch:
kill_restart_opensearch_test.py and sink_opensearch_test.cc.
"""
import os
import shutil
import signal
import time

import pytest

from fault_case import COLUMNS, MIB, Case
from harness import LONG, generate

BYTES = 300_000_000 if LONG else 8_000_000
ROTATE = 20_000_000 if LONG else 2_000_000
OUTAGE = 30 if LONG else 3
# Many small requests also of a small input, so that one in N of them is hit.
BATCH = {} if LONG else {"batch": {"max_bytes": "256KiB"}}


class Bench:
    """What the cases have in common: a log, and what an undisturbed run makes of it."""

    def __init__(self, work):
        self.work = work
        self.input = work / "input.log"
        generate("audit", BYTES, self.input)
        print(COLUMNS)
        with self.case("undisturbed") as case:
            self.copy_of_input(case)
            case.finish()
            self.wanted = case.server.ids()
            assert len(self.wanted) == case.summary["lines"], "ids of an undisturbed run"
            case.verify(self.wanted, [])
            self.cpu = case.cpu()

    def case(self, name, **options):
        return Case(self.work, name, **BATCH, **options)

    def copy_of_input(self, case):
        os.link(self.input, case.log)

    def whole(self, name, faults, happened):
        """The whole input with faults from the beginning to the end. Returns the case, which is over, and its letters."""
        with self.case(name) as case:
            self.copy_of_input(case)
            case.server.fault(*faults)
            case.finish()
            return case, case.verify(case.here(self.wanted), happened)

    # --- rotation: the writer writes while the agent runs -------------------------------------------

    def chunks(self):
        """Whole lines, about ROTATE bytes at a time."""
        with self.input.open("rb") as file:
            while chunk := file.readlines(ROTATE):
                yield b"".join(chunk)

    def write(self, case, agent, rotate):
        """Appends in pieces of whole lines, and rotates between chunks."""
        for number, chunk in enumerate(self.chunks()):
            if number > 0:
                rotate(case, number)
            with case.log.open("ab", buffering=0) as file:
                lines = chunk.splitlines(keepends=True)
                for at in range(0, len(lines), 50):
                    file.write(b"".join(lines[at:at + 50]))
            assert agent.running(), f"{case.name}: the agent ended by itself"
        assert number >= 3, f"only {number} rotations"

    def rotation(self, name, rotate, outage=False):
        with self.case(name) as case:
            case.server.fault(*(["whole=503@1"] if outage else ["delay=20"]))
            agent = case.start()
            self.write(case, agent, rotate)
            if outage:
                case.wait(lambda: case.server.totals()["refused_bulks"] > 0, "a refusal", agent)
                assert case.created() == 0, f"{name}: documents during the outage"
                case.server.fault()
            case.wait(lambda: case.created() >= len(self.wanted), "all documents", agent)
            case.finish()
            wanted = case.ids_of_files()
            assert len(wanted) == len(self.wanted), f"{name}: lines that the writer wrote"
            case.verify(wanted, ["refused_bulks"] if outage else [])


def rename_as_kube_apiserver(case, number):
    case.log.rename(case.work / f"audit-2026-11-23T10-00-{number:02}.000.log")


def shift(case, number):
    """logrotate: audit.log.2 becomes audit.log.3, and so on; then there is room for audit.log.1."""
    for n in range(number - 1, 0, -1):
        (case.work / f"audit.log.{n}").rename(case.work / f"audit.log.{n + 1}")


def rename_as_logrotate(case, number):
    shift(case, number)
    case.log.rename(case.work / "audit.log.1")


def copy_and_truncate(case, number):
    """Nothing is written between copy and truncate: such lines would be in no file, and so lost by the writer."""
    shift(case, number)
    shutil.copy2(case.log, case.work / "audit.log.1")
    os.truncate(case.log, 0)


@pytest.fixture(scope="module")
def bench(shared):
    return Bench(shared)


def test_two_kills_cost_no_event(bench):
    with bench.case("two kill -9") as case:
        bench.copy_of_input(case)
        case.server.fault("delay=20")  # so that there is a middle
        for part in (0.2, 0.6):
            agent = case.start()
            case.wait(lambda: case.created() >= part * len(bench.wanted), "documents", agent)
            agent.end(signal.SIGKILL)
            assert case.created() < len(bench.wanted), "everything had arrived before the kill: nothing was tested"
        case.finish()
        case.verify(case.here(bench.wanted), [])


@pytest.mark.parametrize("status, killed", [(503, True), (503, False), (429, False)])
def test_an_outage_costs_no_event_and_little_memory(bench, status, killed):
    with bench.case(f"{'kill -9 during ' if killed else ''}{status} for {OUTAGE} s") as case:
        bench.copy_of_input(case)
        case.server.fault("delay=20")
        agent = case.start()
        case.wait(lambda: case.created() > 0, "documents", agent)
        case.server.fault(f"whole={status}@1")
        begin, refused = time.monotonic(), case.server.totals()["refused_bulks"]
        case.wait(lambda: case.server.totals()["refused_bulks"] > refused, "a refusal", agent)
        if killed:
            agent.end(signal.SIGKILL)
            refused = case.server.totals()["refused_bulks"]
            agent = case.start()
            case.wait(lambda: case.server.totals()["refused_bulks"] > refused, "a refusal after the restart", agent)
        case.wait(lambda: time.monotonic() > begin + OUTAGE, "the end of the outage", agent)
        assert case.created() < len(bench.wanted), "everything had arrived before the outage: nothing was tested"
        case.server.fault()
        case.wait(lambda: case.created() == len(bench.wanted), "all documents", agent)
        case.finish()
        case.verify(case.here(bench.wanted), ["refused_bulks"])
        assert case.rss() < 64 * MIB, f"{case.name}: peak RSS {case.rss() / MIB:.1f} MiB"


def test_items_that_are_refused_for_good_lie_in_the_dead_letters(bench):
    _, letters = bench.whole("1 % of items 400", ["content=400@100"], ["refused_items"])
    assert 0.005 < len(letters) / len(bench.wanted) < 0.02, f"{len(letters)} letters"


def test_items_that_are_refused_for_now_are_sent_again(bench):
    slow, letters = bench.whole("1 % of items 429", ["item=429@100"], ["refused_items"])
    assert letters == [], "letters of items that were to be sent again"
    print(f"CPU with 1 % of items 429: {slow.cpu() / bench.cpu:.2f} times the undisturbed run's")
    assert not LONG or slow.cpu() < 2 * bench.cpu, f"1 % of items 429 cost {slow.cpu():.1f} CPU-s instead of {bench.cpu:.1f}"


def test_lost_acknowledgements_double_no_event(bench):
    bench.whole("dropped acknowledgements", ["lose=3"], ["lost_answers"])


def test_requests_that_hang_and_are_executed_late_double_no_event(bench):
    """Requests that are never answered, and are executed late, after their retries."""
    with bench.case("hanging server", sink={"timeout": "1s"}) as case:
        bench.copy_of_input(case)
        case.server.fault("delay=20")
        agent = case.start()
        case.wait(lambda: case.created() > 0, "documents", agent)
        case.server.fault("hang=1")
        case.wait(lambda: case.server.totals()["hanging"] >= 3, "requests that hang", agent)
        assert case.created() < len(bench.wanted), "everything had arrived before: nothing was tested"
        case.server.fault("hang=7")  # what hangs runs now, beside the retries
        case.wait(lambda: case.created() == len(bench.wanted), "all documents", agent)
        case.server.fault()
        case.finish()
        case.verify(case.here(bench.wanted), ["hanging"])


def test_files_that_are_renamed_by_time_are_read_to_the_end(bench):
    bench.rotation(f"rotation every {ROTATE // 1_000_000} MB", rename_as_kube_apiserver)


def test_files_that_are_shifted_during_an_outage_are_read_to_the_end(bench):
    bench.rotation("rotation during an outage", rename_as_logrotate, outage=True)


def test_files_that_are_copied_and_truncated_are_read_to_the_end(bench):
    bench.rotation(f"copytruncate every {ROTATE // 1_000_000} MB", copy_and_truncate)
