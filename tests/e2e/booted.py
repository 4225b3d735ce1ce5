"""A Debian root that is booted: systemd-nspawn, sharing the network of the machine that tests."""
import os
import shutil
import signal
import subprocess
import time

from debian import FRONTEND
from harness import wait_until
from skips import Allowed


class Booted:
    """The machine is on from the constructor on; close() takes its power. Skips where no service manager comes up in one; a
    manager that is there and does not get to the end of booting is a failure."""

    def __init__(self, root, console):
        self.root, self.console, self.nspawn, self.leader, self.state = root, console, None, None, ""
        try:
            self.boot()
        except AssertionError as why:
            waits = self.run("systemctl", "list-jobs", "--no-pager", expect=None).stdout if self.state else ""
            self.close()
            assert not self.state, f"the machine is still {self.state}: {waits}"
            raise Allowed(f"systemd-nspawn --boot does not work on this machine: {why}") from why
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def boot(self):
        with open(self.console, "ab") as console:
            # Whoever of us dies, in whatever way: nothing of the machine stays.
            self.nspawn = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child", "--mount-proc",
                 "systemd-nspawn", "--directory", self.root, "--boot", "--register=no", "--keep-unit", "--console=pipe",
                 "--machine=booted", "--resolv-conf=off", "--timezone=off", "--link-journal=no"],
                stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT)
        self.leader = wait_until(self.find_leader, "the first process of the machine", 30)
        wait_until(self.has_booted, "the end of booting", 90)

    def has_booted(self):
        said = self.run("systemctl", "is-system-running", expect=None).stdout.strip()
        self.state = "" if said in ("", "offline", "unknown") else said
        return said in ("running", "degraded")

    def find_leader(self):
        said = self.console.read_bytes().decode(errors="replace")
        assert self.nspawn.poll() is None, f"systemd-nspawn exited {self.nspawn.poll()}: {said[-500:]}"
        for nspawn in children_of(self.nspawn.pid):  # of unshare
            for pid in children_of(nspawn):
                if read(f"/proc/{pid}/comm") == b"systemd\n":
                    return pid
        return None

    def run(self, *command, expect=0, seconds=120, **options):
        done = subprocess.run(["nsenter", "--target", str(self.leader), "--all", *map(str, command)], capture_output=True, text=True,
                              timeout=seconds, env=FRONTEND, **options)
        assert expect is None or done.returncode == expect, (
            f"{command} exited {done.returncode}: {done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done

    def show(self, *properties, unit="auditship"):
        """Properties of a unit, as text."""
        said = self.run("systemctl", "show", unit, "--property", ",".join(properties)).stdout
        return dict(line.split("=", 1) for line in said.splitlines())

    def pid(self):
        """As the machine itself counts."""
        return int(self.show("MainPID")["MainPID"])

    def reboot(self):
        """Everything is stopped in order, then the machine is started anew."""
        self.run("systemctl", "reboot", expect=None)
        assert self.nspawn.wait(90) == 133, "exit code that says: start again"
        self.boot()

    def power_off(self):
        """Without any order."""
        if self.leader:
            try:
                os.kill(self.leader, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.nspawn.wait(60)

    def close(self):
        if self.nspawn and self.nspawn.poll() is None:
            self.power_off()
            time.sleep(0.2)
        shutil.rmtree("/run/systemd/nspawn/propagate/booted", ignore_errors=True)


def children_of(pid):
    return [int(p) for p in read(f"/proc/{pid}/task/{pid}/children").split()]


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
