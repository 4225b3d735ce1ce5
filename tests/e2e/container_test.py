"""The Containerfile, built by buildah on a root that debootstrap makes in place of the published base image, and the image run as
the pod runs it. With AUDITSHIP_LONG=1 only."""
import json
import os
import shutil
import subprocess
from pathlib import Path

from debian import debian_base, needs, sh
from harness import AGENT, DATA, LONG, ROOT, Skip, check, equal, main


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


def settings_of_the_image(buildah, image):
    config = json.loads(buildah("inspect", "--type", "image", image))["OCIv1"]["config"]
    equal((config["User"], config["Entrypoint"], config["Cmd"]),
          ("0:0", ["/usr/bin/auditship"], ["run", "--config", "/etc/auditship/auditship.yaml"]), "user, entry point, arguments")


def runs_as_the_pod(buildah, image, work):
    """Configuration and logs are mounted read-only, state is not; nothing but the program is there."""
    for name in ("etc", "log", "state"):
        (work / name).mkdir()
    shutil.copy(DATA / "authlog" / "debian13-rfc3339.log", work / "log" / "auth.log")
    (work / "etc" / "auditship.yaml").write_text(json.dumps({
        "cluster": {"name": "image"}, "node": {"name": "pod"}, "backfill": "all", "time_zone": "Europe/Stockholm",
        "streams": {"kubeaudit": {"enabled": False}, "authlog": {"filters": "none"}}}))
    container = buildah("from", "--pull=never", image)
    version = sh(AGENT, "version").stdout.strip()
    equal(buildah("run", container, "--", "/usr/bin/auditship", "version"), version, "version in the image")
    mounts = [word for name, at, mode in (("etc", "/etc/auditship", "ro"), ("log", "/var/log", "ro"), ("state", "/var/lib/auditship", "rw"))
              for word in ("--volume", f"{work / name}:{at}:{mode}")]
    said = buildah("run", *mounts, "--cap-drop", "all", container, "--", "/usr/bin/auditship", "run", "--once", "--config",
                   "/etc/auditship/auditship.yaml")
    written = [line for path in (work / "state").rglob("*.ndjson") for line in path.read_bytes().splitlines()]
    lines = len((work / "log" / "auth.log").read_bytes().splitlines())
    check(len(written) >= lines > 100, f"{lines} lines became {len(written)} documents: {said}")
    check(subprocess.run(["buildah", "run", container, "--", "/bin/sh", "-c", "true"], env=buildah.environment,
                         capture_output=True).returncode != 0, "there is a shell in the image")
    size = sum(f.lstat().st_size for f in Path(buildah("mount", container)).rglob("*") if f.is_file() and not f.is_symlink())
    print(f"image: {size / 1e6:.1f} MB")
    check(size < 100e6, f"the image is not small: {size} bytes")


def test(work):
    if not LONG:
        raise Skip("builds an image: only with AUDITSHIP_LONG=1", allowed=True)
    needs("debootstrap", "buildah")
    buildah = Buildah(work)
    try:
        base = base_image(buildah, work)
    except AssertionError as why:
        raise Skip(f"buildah does not work on this machine: {why}", allowed=True) from why
    image = "localhost/auditship"
    buildah("bud", "--quiet", "--pull=never", "--build-arg", f"BASE={base}", "--file", ROOT / "packaging" / "container" / "Containerfile",
            "--tag", image, ROOT)  # as its first lines say; .dockerignore leaves build directories out
    settings_of_the_image(buildah, image)
    runs_as_the_pod(buildah, image, work)


main(test)
