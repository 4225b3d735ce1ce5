"""Debian packages of this tree, and fresh Debian 12 roots to install them in. Takes root, and minutes."""
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from harness import AGENT, BUILD, ROOT

OLD = "0.0.9"  # the same sources under an older number
SAVED = ROOT / "build"
FRONTEND = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


def sh(*command, expect=0, timeout=1800, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=timeout, **options)
    assert expect is None or done.returncode == expect, f"{command} exited {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


def needs(*tools):
    for tool in tools:
        assert shutil.which(tool, path=FRONTEND["PATH"]), f"{tool} is not installed"
    if os.geteuid() != 0:
        pytest.skip("a root of its own takes root")


def version():
    """Of the program that is tested, and so of its package."""
    return sh(AGENT, "version").stdout.split()[1]


def digest_of_tree():
    """Of everything that a package is built from: tests are not built for it."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if inside.parts[0] not in ("build", "out", ".git", ".cache", "Testing", "tests") and path.is_file():
            digest.update(f"{inside} {path.stat().st_mode} ".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:20]


def packages():
    """The package under an older number, and as it is; each built once for this state of the sources. Those of older states go."""
    directory = BUILD / "packages" / digest_of_tree()
    for other in directory.parent.glob("*"):
        if other != directory:
            shutil.rmtree(other)
    return package(directory, OLD), package(directory, version())


def package(directory, number):
    if not any(directory.glob(f"auditship_{number}_*.deb")):
        options = {**os.environ, "DEB_BUILD_OPTIONS": "nocheck noautodbgsym parallel=2"}
        sh(ROOT / "packaging" / "deb" / "build", "--version", number, directory, env=options)
    found = list(directory.glob(f"auditship_{number}_*.deb"))
    assert len(found) == 1, "packages of one version"
    return found[0]


def fresh_root(root, package_file, more=()):
    """debootstrap's minimal system with what the package depends on, and more packages, but never the package."""
    depends = sh("dpkg-deb", "-f", package_file, "Depends").stdout
    names = sorted(set(re.findall(r"(?:^|, )([a-z0-9.+-]+)", depends)) | set(more))
    saved = SAVED / f"debian-root-{hashlib.sha256(' '.join(names).encode()).hexdigest()[:12]}.tar"
    unpack(saved if saved.exists() else debian_base(), root)
    if not saved.exists():
        policy(root, 101)
        sh("chroot", root, "apt-get", "install", "-q", "-y", "--no-install-recommends", *names, env=FRONTEND)
        pack(root, saved)
    return root


def debian_base():
    """A tar file of debootstrap's minimal system, made once."""
    saved = SAVED / "debian-base.tar"
    if not saved.exists():
        SAVED.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="auditship-debootstrap-") as private:
            root = Path(private) / "root"
            root.mkdir(mode=0o755)
            root.chmod(0o755)  # it becomes the / of a machine, where other users walk
            sh("debootstrap", "--variant=minbase", "bookworm", root, env=FRONTEND)
            pack(root, saved)
    return saved


def pack(root, into):
    sh("tar", "-C", root, "-cf", f"{into}.new", ".")
    os.replace(f"{into}.new", into)


def unpack(file, root):
    root.mkdir()
    sh("tar", "-C", root, "-xpf", file)


def install(machine, file):
    """By dpkg, as an operator does whose edits stay. machine: with a root directory, and run()."""
    shutil.copy(file, machine.root / "var/tmp")
    machine.run("dpkg", "--force-confold", "-i", f"/var/tmp/{file.name}")


def policy(root, code):
    """What invoke-rc.d is told: 101, start nothing; 0, as usual."""
    (root / "usr/sbin/policy-rc.d").write_text(f"#!/bin/sh\nexit {code}\n")
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
