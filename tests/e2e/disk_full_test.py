"""The disk below data_dir fills up: reading stops with a warning, and goes on when there is space again."""
import os
import signal
import subprocess

from fault_case import COLUMNS, MIB, Case
from harness import generate, wait_until
from skips import Allowed

DISK = 24 * MIB
FILLER = 12 * MIB
BYTES = 60_000_000


class SmallDisk:
    def __init__(self, path):
        self.path = path
        path.mkdir()

    def __enter__(self):
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "tmpfs", self.path], capture_output=True,
                              text=True)
        if done.returncode != 0:
            raise Allowed(f"nothing can be mounted here: {done.stderr.strip()}")
        (self.path / "filler").write_bytes(b"x" * FILLER)
        return self

    def __exit__(self, *unused):
        subprocess.run(["umount", "--lazy", self.path], check=True)

    def free(self):
        there = os.statvfs(self.path)
        return there.f_bavail * there.f_frsize


def wait_full(case, disk, agent):
    """Until the agent has stopped reading for want of space; how many documents it has read."""
    case.wait(lambda: case.live().get("buffer_full") == 1, "a full buffer", agent)
    stream = case.live()
    assert stream["buffer_bytes"] < stream["buffer_max_bytes"], f"it is the limit that was reached, not the disk: {stream}"
    assert disk.free() < 6 * MIB, f"{disk.free()} bytes are free"
    assert stream["unread_bytes"] > 0, "everything was read: nothing was tested"
    assert "buffer-full" in agent.output(), f"no warning:\n{agent.output()[-2000:]}"
    return stream["documents"]


def test_reading_stops_on_a_full_disk_and_goes_on_with_room_and_every_event_arrives_once(work):
    log = work / "input.log"
    generate("audit", BYTES, log)
    print(COLUMNS)
    with Case(work, "undisturbed") as reference:
        os.link(log, reference.log)
        reference.finish()
        wanted = reference.server.ids()
    with SmallDisk(work / "disk") as disk, Case(work, "disk full", sink={"compression": "none"},
                                                data_dir=str(disk.path / "data")) as case:
        os.link(log, case.log)
        case.data = disk.path / "data"
        case.server.fault("whole=503@1")
        agent = case.start()
        first = wait_full(case, disk, agent)
        # A crash on a full disk, and a start on one.
        agent.end(signal.SIGKILL)
        agent = case.start()
        again = wait_full(case, disk, agent)
        assert again <= first, f"{again} documents after the restart, {first} before"
        # Space returns twice: somebody tidies up, then the server takes what waits.
        (disk.path / "filler").unlink()
        case.wait(lambda: case.live().get("documents", 0) > first, "reading to go on", agent)
        assert wait_full(case, disk, agent) < len(wanted), "everything was read: nothing was tested"
        assert case.created() == 0, "documents during the outage"
        case.server.fault()
        case.wait(lambda: case.created() == len(wanted), "all documents", agent)
        wait_until(lambda: case.live().get("buffer_full") == 0, "room in the buffer")
        assert "buffer-room" in agent.output(), f"not told that there is room:\n{agent.output()[-2000:]}"
        case.finish()
        case.verify(case.here(wanted), ["refused_bulks"])
