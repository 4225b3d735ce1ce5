"""Real sshd, sudo and rsyslog write a fresh auth.log in both time formats; the documents must say what was done.

Everything happens in a mount namespace of its own: private /dev with its /dev/log, /run, /var/log, accounts and
sudoers. Nothing of the machine is changed, and its own sshd and syslog are not touched. What is tested there: sshd_rsyslog_inside.py.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sshd_machine import RSYSLOGD, SSHD

INSIDE = Path(__file__).with_name("sshd_rsyslog_inside.py")


def test_documents_say_what_was_done_on_a_machine_with_real_daemons(work):
    missing = [tool for tool in (SSHD, RSYSLOGD, "ssh", "ssh-keygen", "sudo", "openssl", "unshare") if not shutil.which(tool)]
    if missing:
        pytest.skip("not installed: " + ", ".join(map(str, missing)))
    if os.geteuid() != 0:
        pytest.skip("needs root, for a mount namespace with accounts of its own")
    version = subprocess.run(["dpkg-query", "-W", "openssh-server", "rsyslog", "sudo"], capture_output=True, text=True).stdout
    print(version.replace("\t", " ").strip().replace("\n", ", "), flush=True)
    done = subprocess.run(["unshare", "--mount", "--propagation", "private", sys.executable, "-m", "pytest", INSIDE],
                          env={**os.environ, "AUDITSHIP_E2E_NAMESPACE": str(work)})
    assert done.returncode == 0, "the tests inside of the namespace"
