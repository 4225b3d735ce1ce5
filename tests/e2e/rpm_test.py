"""The RPM package: spec and package by rpmlint, its files, users and scriptlets. With AUDITSHIP_LONG=1 only: it builds one.

Here it is built on Debian, which shows the spec to be whole; its scriptlets run in a root of Debian's."""
import os
import shutil
import subprocess

import pytest

from debian import debian_base, unpack
from harness import LONG, ROOT
from skips import Allowed

RPM = ROOT / "packaging" / "rpm"
CONFIGS = ["/etc/auditship/auditship.yaml", "/etc/auditship/filters/authlog.yaml", "/etc/auditship/filters/kubeaudit.yaml",
           "/etc/default/auditship"]
FILES = ["/usr/bin/auditship", "/usr/libexec/auditship/is-configured", "/usr/lib/systemd/system/auditship.service",
         "/usr/share/auditship/filters/kubeaudit.yaml", "/usr/share/bash-completion/completions/auditship",
         "/usr/share/doc/auditship/configuration.md", "/usr/share/man/man1/auditship.1",
         "/usr/share/man/man5/auditship.yaml.5"]


def sh(*command, expect=0):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=1800,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert expect is None or done.returncode == expect, f"{command} exited {done.returncode}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def package(shared):
    if not LONG:
        raise Allowed("builds a package: only with AUDITSHIP_LONG=1")
    for tool in ("rpmbuild", "rpmlint"):
        assert shutil.which(tool), f"{tool} is not installed"
    sh(RPM / "build", "--nodeps", shared / "rpm")
    made = next(p for p in (shared / "rpm").glob("auditship-[0-9]*.rpm") if not p.name.endswith(".src.rpm"))
    print(f"{made.name}: {made.stat().st_size / 1e6:.1f} MB")
    return made


def lint(path):
    said = sh("rpmlint", "-r", RPM / "auditship.rpmlintrc", path, expect=None)
    assert "checked;" in said, f"rpmlint did not run: {said}"
    # One file of filters serves spec and package, so that each leaves some unused.
    found = [line for line in said.splitlines() if (": E: " in line or ": W: " in line) and "unused-rpmlintrc" not in line]
    print(f"rpmlint, {path.name}:", found or "nothing to say")
    assert found == [], "findings of rpmlint"


@pytest.mark.parametrize("what", ["spec", "package"])
def test_rpmlint_has_nothing_to_say(package, what):
    lint(package if what == "package" else RPM / "auditship.spec")


def query(package, *what):
    return sh("rpm", "-qp", *what, package).splitlines()


def test_the_package_has_its_files_and_leaves_edits_of_configuration_alone(package):
    files = query(package, "--list")
    assert [f for f in FILES + CONFIGS if f not in files and f + ".gz" not in files] == [], "files that are missing"
    assert sorted(query(package, "--configfiles")) == CONFIGS, "configuration files"
    flags = query(package, "--queryformat", "[%{FILENAMES} %{FILEFLAGS:fflags}\\n]")
    assert sorted(f.split()[0] for f in flags if f.endswith("cn")) == CONFIGS, "%config(noreplace)"


def test_the_state_directory_is_the_users_alone(package):
    state = next(line for line in query(package, "--queryformat", "[%{FILENAMES} %{FILEMODES:perms} %{FILEUSERNAME}\\n]")
                 if line.startswith("/var/lib/auditship "))
    assert state.split()[1:] == ["drwx------", "auditship"], "state directory"


def test_the_package_requires_what_it_was_linked_with_and_what_its_scriptlets_call(package):
    found = "\n".join(query(package, "--requires"))
    for name in ("libcurl.so", "libyaml-cpp.so", "libzstd.so", "libcrypto.so", "libisal.so", "libc.so", "shadow-utils"):
        assert name in found, f"{name} is not required: {found}"
    assert "ca-certificates" in query(package, "--recommends"), "certificate authorities are not recommended"


def test_the_scriptlets_run_where_no_systemd_runs_and_make_the_user_once(work, package):
    """As installing, upgrading and removing call them; none fails."""
    root = work / "root"
    unpack(debian_base(), root)
    text = {tag: "\n".join(query(package, "--queryformat", f"%{{{tag}}}\\n")) for tag in ("PREIN", "POSTIN", "PREUN", "POSTUN")}
    sh("chroot", root, "groupadd", "--system", "systemd-journal")  # as systemd's package does
    for tag, argument in (("PREIN", 1), ("POSTIN", 1), ("PREIN", 2), ("POSTIN", 2), ("PREUN", 1), ("POSTUN", 1), ("PREUN", 0),
                          ("POSTUN", 0)):
        assert "(none)" not in text[tag] and text[tag].strip(), f"no scriptlet {tag}"
        sh("chroot", root, "sh", "-e", "-c", text[tag], "scriptlet", argument)
    passwd = [line for line in (root / "etc/passwd").read_text().splitlines() if line.startswith("auditship:")]
    assert len(passwd) == 1, "users made"
    assert passwd[0].endswith(":/var/lib/auditship:/sbin/nologin") or passwd[0].endswith(":/var/lib/auditship:/usr/sbin/nologin"), passwd[0]
    groups = sh("chroot", root, "id", "-nG", "auditship").split()
    assert {"adm", "systemd-journal"} <= set(groups), f"groups of the user: {groups}"
