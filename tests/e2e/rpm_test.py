"""The RPM package: spec and package by rpmlint, its files, users and scriptlets. With AUDITSHIP_LONG=1 only: it builds one.

Here it is built on Debian, which shows the spec to be whole; its scriptlets run in a root of Debian's."""
import os
import shutil
import subprocess

from debian import debian_base, unpack
from harness import LONG, ROOT, Skip, check, equal, main

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
    check(expect is None or done.returncode == expect, f"{command} exited {done.returncode}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def lint(path):
    said = sh("rpmlint", "-r", RPM / "auditship.rpmlintrc", path, expect=None)
    check("checked;" in said, f"rpmlint did not run: {said}")
    # One file of filters serves spec and package, so that each leaves some unused.
    found = [line for line in said.splitlines() if (": E: " in line or ": W: " in line) and "unused-rpmlintrc" not in line]
    print(f"rpmlint, {path.name}:", found or "nothing to say")
    equal(found, [], "findings of rpmlint")


def query(package, *what):
    return sh("rpm", "-qp", *what, package).splitlines()


def requires(package):
    """What it was linked with, and what its scriptlets call."""
    found = "\n".join(query(package, "--requires"))
    for name in ("libcurl.so", "libyaml-cpp.so", "libzstd.so", "libcrypto.so", "libisal.so", "libc.so", "shadow-utils"):
        check(name in found, f"{name} is not required: {found}")
    check("ca-certificates" in query(package, "--recommends"), "certificate authorities are not recommended")


def scriptlets_run(package, root):
    """On a system where no systemd runs, as installing, upgrading and removing call them; none fails. The user is made once."""
    text = {tag: "\n".join(query(package, "--queryformat", f"%{{{tag}}}\\n")) for tag in ("PREIN", "POSTIN", "PREUN", "POSTUN")}
    sh("chroot", root, "groupadd", "--system", "systemd-journal")  # as systemd's package does
    for tag, argument in (("PREIN", 1), ("POSTIN", 1), ("PREIN", 2), ("POSTIN", 2), ("PREUN", 1), ("POSTUN", 1), ("PREUN", 0), ("POSTUN", 0)):
        check("(none)" not in text[tag] and text[tag].strip(), f"no scriptlet {tag}")
        sh("chroot", root, "sh", "-e", "-c", text[tag], "scriptlet", argument)
    passwd = [line for line in (root / "etc/passwd").read_text().splitlines() if line.startswith("auditship:")]
    equal(len(passwd), 1, "users made")
    check(passwd[0].endswith(":/var/lib/auditship:/sbin/nologin") or passwd[0].endswith(":/var/lib/auditship:/usr/sbin/nologin"), passwd[0])
    groups = sh("chroot", root, "id", "-nG", "auditship").split()
    check({"adm", "systemd-journal"} <= set(groups), f"groups of the user: {groups}")


def test(work):
    if not LONG:
        raise Skip("builds a package: only with AUDITSHIP_LONG=1", allowed=True)
    for tool in ("rpmbuild", "rpmlint"):
        check(shutil.which(tool), f"{tool} is not installed")
    lint(RPM / "auditship.spec")
    sh(RPM / "build", "--nodeps", work / "rpm")
    package = next(p for p in (work / "rpm").glob("auditship-[0-9]*.rpm") if not p.name.endswith(".src.rpm"))
    print(f"{package.name}: {package.stat().st_size / 1e6:.1f} MB")
    lint(package)
    files = query(package, "--list")
    equal([f for f in FILES + CONFIGS if f not in files and f + ".gz" not in files], [], "files that are missing")
    equal(sorted(query(package, "--configfiles")), CONFIGS, "configuration files")
    flags = query(package, "--queryformat", "[%{FILENAMES} %{FILEFLAGS:fflags}\\n]")
    equal(sorted(f.split()[0] for f in flags if f.endswith("cn")), CONFIGS, "%config(noreplace)")
    state = next(line for line in query(package, "--queryformat", "[%{FILENAMES} %{FILEMODES:perms} %{FILEUSERNAME}\\n]")
                 if line.startswith("/var/lib/auditship "))
    equal(state.split()[1:], ["drwx------", "auditship"], "state directory")
    requires(package)
    unpack(debian_base(), work / "root")
    scriptlets_run(package, work / "root")


main(test)
