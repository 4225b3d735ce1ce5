"""The Containerfile, built by buildah on a root that debootstrap makes in place of the published base image, and the image run as
the pod runs it. With AUDITSHIP_LONG=1 only."""
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from debian import debian_base, needs, sh
from harness import AGENT, DATA, LONG, ROOT
from skips import Allowed


class Buildah:
    """Storage of its own, without any daemon, mount or network of its own."""

    def __init__(self, work):
        settings = work / "storage.conf"
        settings.write_text(f'[storage]\ndriver = "vfs"\nrunroot = "{work}/run"\ngraphroot = "{work}/graph"\n')
        self.environment = {**os.environ, "CONTAINERS_STORAGE_CONF": str(settings), "BUILDAH_ISOLATION": "chroot"}

    def __call__(self, *words, expect=0):
        return sh("buildah", *words, expect=expect, env=self.environment).stdout.strip()


def base_image(buildah, work):
    """What `FROM debian` would be: the same system, from the same archive."""
    (work / "base").mkdir()
    shutil.copy(debian_base(), work / "base" / "root.tar")
    (work / "base" / "Containerfile").write_text("FROM scratch\nADD root.tar /\n")
    buildah("bud", "--quiet", "--tag", "localhost/debian", work / "base")
    return "localhost/debian"


@pytest.fixture(scope="module")
def buildah(shared):
    if not LONG:
        raise Allowed("builds an image: only with AUDITSHIP_LONG=1")
    needs("debootstrap", "buildah")
    return Buildah(shared)


@pytest.fixture(scope="module")
def image(shared, buildah):
    try:
        base = base_image(buildah, shared)
    except AssertionError as why:
        raise Allowed(f"buildah does not work on this machine: {why}") from why
    buildah("bud", "--quiet", "--pull=never", "--build-arg", f"BASE={base}", "--file", ROOT / "packaging" / "container" / "Containerfile",
            "--tag", "localhost/auditship", ROOT)  # as its first lines say; .dockerignore leaves build directories out
    return "localhost/auditship"


@pytest.fixture(scope="module")
def container(buildah, image):
    return buildah("from", "--pull=never", image)


def test_the_image_says_who_runs_what(buildah, image):
    config = json.loads(buildah("inspect", "--type", "image", image))["OCIv1"]["config"]
    assert (config["User"], config["Entrypoint"]) == ("0:0", ["/usr/bin/auditship"]), "user, entry point"
    assert config["Cmd"] == ["run", "--config", "/etc/auditship/auditship.yaml"], "arguments"


def test_the_program_in_the_image_is_this_one(buildah, container):
    version = sh(AGENT, "version").stdout.strip()
    assert buildah("run", container, "--", "/usr/bin/auditship", "version") == version, "version in the image"


def test_the_image_runs_as_the_pod_does(buildah, container, work):
    """Configuration and logs are mounted read-only, state is not."""
    for name in ("etc", "log", "state"):
        (work / name).mkdir()
    shutil.copy(DATA / "authlog" / "debian13-rfc3339.log", work / "log" / "auth.log")
    (work / "etc" / "auditship.yaml").write_text(json.dumps({
        "cluster": {"name": "image"}, "node": {"name": "pod"}, "backfill": "all", "time_zone": "Europe/Stockholm",
        "streams": {"kubeaudit": {"enabled": False}, "authlog": {"filters": "none"}}}))
    mounts = [word for name, at, mode in (("etc", "/etc/auditship", "ro"), ("log", "/var/log", "ro"), ("state", "/var/lib/auditship", "rw"))
              for word in ("--volume", f"{work / name}:{at}:{mode}")]
    said = buildah("run", *mounts, "--cap-drop", "all", container, "--", "/usr/bin/auditship", "run", "--once", "--config",
                   "/etc/auditship/auditship.yaml")
    written = [line for path in (work / "state").rglob("*.ndjson") for line in path.read_bytes().splitlines()]
    lines = len((work / "log" / "auth.log").read_bytes().splitlines())
    assert len(written) >= lines > 100, f"{lines} lines became {len(written)} documents: {said}"


def test_nothing_but_the_program_is_in_the_image(buildah, container):
    buildah("run", container, "--", "/usr/bin/auditship", "version")
    shell = subprocess.run(["buildah", "run", container, "--", "/bin/sh", "-c", "true"], env=buildah.environment, capture_output=True)
    assert shell.returncode != 0, "there is a shell in the image"
    size = sum(f.lstat().st_size for f in Path(buildah("mount", container)).rglob("*") if f.is_file() and not f.is_symlink())
    print(f"image: {size / 1e6:.1f} MB")
    assert size < 100e6, f"the image is not small: {size} bytes"
