"""What all packages carry: manual pages, completion, one version number, and an installation that is complete."""
import os
import re
import shutil
import subprocess

import pytest

from harness import AGENT, ROOT
from skips import LeftOut

PACKAGING = ROOT / "packaging"
DELIVERED = (ROOT / "conf" / "auditship.yaml").read_text()
COMMANDS = [("run",), ("parse",), ("check",), ("status",), ("buffer", "ls"), ("buffer", "show"), ("buffer", "verify"),
            ("dead-letter", "ls"), ("dead-letter", "show"), ("dead-letter", "replay"), ("reconcile",), ("explain",), ("keys",), ("setup",),
            ("version",)]


def sh(*command, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=60, **options)
    assert done.returncode == 0, f"{command} exited {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout, done.stderr


def test_all_packages_have_the_version_of_the_program():
    version = sh(AGENT, "version")[0].split()[1]
    for name, pattern in (("man/auditship.1", r'"auditship ([0-9.]+)"'), ("man/auditship.yaml.5", r'"auditship ([0-9.]+)"'),
                          ("deb/debian/changelog", r"^auditship \(([0-9.]+)\)"), ("rpm/auditship.spec", r"^Version: +([0-9.]+)"),
                          ("kubernetes/chart/Chart.yaml", r"^version: ([0-9.]+)"),
                          ("kubernetes/chart/Chart.yaml", r"^appVersion: ([0-9.]+)"),
                          ("container/Containerfile", r"auditship:([0-9.]+)")):
        found = re.findall(pattern, (PACKAGING / name).read_text(), re.M)
        assert found and found[0] == version, f"{name}: version {found}, expected {version}"


def test_manual_pages_are_set_without_a_warning():
    if not shutil.which("man"):
        raise LeftOut("man --warnings, as man-db is not installed")
    for page in (PACKAGING / "man").iterdir():
        _, warnings = sh("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page,
                         env={**os.environ, "LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "80"})
        assert warnings == "", f"warnings about {page.name}"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_manual_names_each_command(command):
    text = (PACKAGING / "man" / "auditship.1").read_text().replace("\\-", "-")
    assert all(re.search(rf"\b{word}\b", text) for word in command), f"auditship(1) does not name {command}"


def test_the_manual_names_every_key_of_the_documented_table():
    """By its last name."""
    table = re.findall(r"^\| (`[^|]+) \|", (ROOT / "docs" / "configuration.md").read_text().split("## Rule files")[0], re.M)
    keys = {key.split(".")[-1] for cell in table for key in re.findall(r"`([\w.]+)`", cell)}
    assert len(keys) > 20, f"hardly any key in docs/configuration.md: {keys}"
    text = (PACKAGING / "man" / "auditship.yaml.5").read_text()
    missing = {key for key in keys if key not in text} - {"ca_file", "certificate_file", "key_file", "server_name", "verify"}
    assert missing == set(), "keys that auditship.yaml(5) does not name"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_completion_offers_just_the_options_of_a_command(command):
    script = PACKAGING / "completion" / "auditship.bash"
    said = sh(AGENT, *command, "--help")[0]
    options = set(re.findall(r"^ +(?:-\w,)?(--[\w-]+)", said, re.M))
    words = " ".join(["auditship", *command, "--"])
    offered = sh("bash", "-c", f"source {script}; COMP_WORDS=({words}); COMP_CWORD={len(command) + 1}; _auditship; "
                 "printf '%s\\n' \"${COMPREPLY[@]}\"")[0].split()
    assert set(offered) | {"--help"} == options | {"--help"}, f"options offered for {command}"


@pytest.mark.parametrize("words, variables, wanted", [
    ("cluster:\n  name: prod   # instead of ${CLUSTER_NAME}\n", {}, 0), (DELIVERED, {}, 1), (DELIVERED, {"CLUSTER_NAME": "x"}, 0),
    (DELIVERED.replace("${CLUSTER_NAME}", "prod"), {}, 0), (None, {}, 1)], ids=["commented", "delivered", "variable", "own", "no file"])
def test_is_configured_wants_a_name_of_the_cluster_and_says_so(work, words, variables, wanted):
    """As ExecCondition= calls it."""
    path = work / "auditship.yaml"
    if words is not None:
        path.write_text(words)
    clean = {k: v for k, v in os.environ.items() if k != "CLUSTER_NAME"}
    done = subprocess.run([PACKAGING / "systemd" / "is-configured", path], env={**clean, **variables}, capture_output=True, text=True)
    assert done.returncode == wanted, f"is-configured: {done.stdout}"
    assert bool(done.stdout) == bool(wanted), f"words of is-configured: {done.stdout!r}"


@pytest.mark.parametrize("name", ["conf/auditship.yaml", "conf/filters", "auditship.service", "is-configured", "auditship.bash",
                                  "auditship.1", "packaging/grafana", "alerts.yaml"])
def test_what_belongs_to_an_installation_has_an_install_rule(name):
    rules = (ROOT / "CMakeLists.txt").read_text()
    assert re.search(rf"^install\(.*{re.escape(name)}", rules, re.M), f"no install rule for {name}"


def test_what_setup_brings_is_installed_where_it_looks_for_it(work):
    sh("cmake", "--install", AGENT.parent, "--prefix", work / "root")
    installed = work / "root" / "share" / "auditship" / "opensearch"

    def files(directory):
        return {str(p.relative_to(directory)): p.read_bytes() for p in directory.rglob("*") if p.is_file()}

    wanted = files(ROOT / "conf" / "opensearch")
    assert sum(name.startswith("dashboards/") for name in wanted) > 4, f"no dashboards: {sorted(wanted)}"
    found = files(installed)
    assert set(found) == set(wanted), "installed files for OpenSearch"
    assert [name for name in wanted if found[name] != wanted[name]] == [], "files that are not as they were"
