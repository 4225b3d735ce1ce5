"""What all packages carry: manual pages, completion, one version number, and an installation that is complete."""
import os
import re
import shutil
import subprocess

from harness import AGENT, ROOT, check, equal, main

PACKAGING = ROOT / "packaging"
COMMANDS = [("run",), ("parse",), ("check",), ("status",), ("buffer", "ls"), ("buffer", "show"), ("buffer", "verify"),
            ("dead-letter", "ls"), ("dead-letter", "show"), ("dead-letter", "replay"), ("reconcile",), ("explain",), ("keys",), ("setup",),
            ("version",)]


def sh(*command, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=60, **options)
    check(done.returncode == 0, f"{command} exited {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout, done.stderr


def one_version():
    version = sh(AGENT, "version")[0].split()[1]
    for name, pattern in (("man/auditship.1", r'"auditship ([0-9.]+)"'), ("man/auditship.yaml.5", r'"auditship ([0-9.]+)"'),
                          ("deb/debian/changelog", r"^auditship \(([0-9.]+)\)"), ("rpm/auditship.spec", r"^Version: +([0-9.]+)"),
                          ("kubernetes/chart/Chart.yaml", r"^version: ([0-9.]+)"),
                          ("kubernetes/chart/Chart.yaml", r"^appVersion: ([0-9.]+)"),
                          ("container/Containerfile", r"auditship:([0-9.]+)")):
        found = re.findall(pattern, (PACKAGING / name).read_text(), re.M)
        check(found and found[0] == version, f"{name}: version {found}, expected {version}")


def manuals():
    if not shutil.which("man"):
        print("not run: man --warnings, as man-db is not installed")
        return
    for page in (PACKAGING / "man").iterdir():
        _, warnings = sh("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page,
                         env={**os.environ, "LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "80"})
        equal(warnings, "", f"warnings about {page.name}")
    text = (PACKAGING / "man" / "auditship.1").read_text().replace("\\-", "-")
    for command in COMMANDS:
        check(all(re.search(rf"\b{word}\b", text) for word in command), f"auditship(1) does not name {command}")


def keys_of_the_manual():
    """Every key of the documented table is in auditship.yaml(5) by its last name."""
    table = re.findall(r"^\| (`[^|]+) \|", (ROOT / "docs" / "configuration.md").read_text().split("## Rule files")[0], re.M)
    keys = {key.split(".")[-1] for cell in table for key in re.findall(r"`([\w.]+)`", cell)}
    check(len(keys) > 20, f"hardly any key in docs/configuration.md: {keys}")
    text = (PACKAGING / "man" / "auditship.yaml.5").read_text()
    missing = {key for key in keys if key not in text} - {"ca_file", "certificate_file", "key_file", "server_name", "verify"}
    equal(missing, set(), "keys that auditship.yaml(5) does not name")


def completion():
    """It offers just the options that each command has."""
    script = PACKAGING / "completion" / "auditship.bash"
    for command in COMMANDS:
        said = sh(AGENT, *command, "--help")[0]
        options = set(re.findall(r"^ +(?:-\w,)?(--[\w-]+)", said, re.M))
        words = " ".join(["auditship", *command, "--"])
        offered = sh("bash", "-c", f"source {script}; COMP_WORDS=({words}); COMP_CWORD={len(command) + 1}; _auditship; "
                     "printf '%s\\n' \"${COMPREPLY[@]}\"")[0].split()
        equal(set(offered) | {"--help"}, options | {"--help"}, f"options offered for {command}")


def installation(work):
    """is-configured, as ExecCondition= calls it; and what the unit names is installed where it says."""
    check_it = PACKAGING / "systemd" / "is-configured"
    clean = {k: v for k, v in os.environ.items() if k != "CLUSTER_NAME"}
    conf = ROOT / "conf" / "auditship.yaml"
    own = work / "own.yaml"
    own.write_text(conf.read_text().replace("${CLUSTER_NAME}", "prod"))
    commented = work / "commented.yaml"
    commented.write_text("cluster:\n  name: prod   # instead of ${CLUSTER_NAME}\n")
    for path, variables, wanted in ((commented, {}, 0), (conf, {}, 1), (conf, {"CLUSTER_NAME": "x"}, 0), (own, {}, 0), (work / "none", {}, 1)):
        done = subprocess.run([check_it, path], env={**clean, **variables}, capture_output=True, text=True)
        equal(done.returncode, wanted, f"is-configured {path} {variables}: {done.stdout}")
        check(bool(done.stdout) == bool(wanted), f"words of is-configured: {done.stdout!r}")
    rules = (ROOT / "CMakeLists.txt").read_text()
    for name in ("conf/auditship.yaml", "conf/filters", "auditship.service", "is-configured", "auditship.bash", "auditship.1",
                 "packaging/grafana", "alerts.yaml"):
        check(re.search(rf"^install\(.*{re.escape(name)}", rules, re.M), f"no install rule for {name}")


def opensearch_files(work):
    """What `auditship setup` brings is installed where it looks for it, all of it."""
    sh("cmake", "--install", AGENT.parent, "--prefix", work / "root")
    installed = work / "root" / "share" / "auditship" / "opensearch"

    def files(directory):
        return {str(p.relative_to(directory)): p.read_bytes() for p in directory.rglob("*") if p.is_file()}

    wanted = files(ROOT / "conf" / "opensearch")
    check(sum(name.startswith("dashboards/") for name in wanted) > 4, f"no dashboards: {sorted(wanted)}")
    equal(files(installed), wanted, "installed files for OpenSearch")


def test(work):
    one_version()
    manuals()
    keys_of_the_manual()
    completion()
    installation(work)
    opensearch_files(work)


main(test)
