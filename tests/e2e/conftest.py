"""What every end-to-end test gets, and what a skip is.

An end-to-end test is a function of a *_test.py: `AUDITSHIP_BUILD=build/release pytest tests/e2e/drain_test.py`. It gets a
fresh directory, servers and agents by fixtures. A ctest entry is one run of pytest: its exit code is 0 if all its tests passed, 77 if
none failed and one was skipped. With CI=true a skip is a failure, but for those of skips.py.
"""
import os
import shutil
import tempfile
from pathlib import Path

import pytest

for helper in ("booted", "crashes", "debian", "fault_case", "harness", "kubernetes_files", "newer_format", "opensearch_node",
               "saved_objects", "secured", "setup_command", "trial"):
    pytest.register_assert_rewrite(helper)

from harness import AGENT, FakeServer, kill, start_agent  # noqa: E402 (after that)
from opensearch_node import OpenSearch  # noqa: E402
from secured import Secured  # noqa: E402
from skips import Allowed, LeftOut  # noqa: E402
from trial import Input  # noqa: E402

CI = os.environ.get("CI") == "true"
VERSIONS = ("2.19.4", "3.8.0")
SKIP_CODE = 77  # as tests/e2e.cmake tells ctest
SKIPPED, PASSED = pytest.StashKey(), pytest.StashKey()


# --- what is said, and how it ends ---------------------------------------------------------------

def pytest_runtest_logstart(nodeid, location):
    print(f"\n{nodeid.partition('::')[2]}:", flush=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.skipped:
        why = call.excinfo.value
        refused = CI and not isinstance(why, Allowed)
        print("NOT RUN:" if isinstance(why, LeftOut) else "SKIPPED:", " ".join(str(why).split()),
              *(["(with CI=true this is a failure)"] if refused else []), flush=True)
        if refused:
            report.outcome, report.longrepr = "failed", f"skipped, which CI=true does not allow: {why}"
        elif not isinstance(why, LeftOut):
            item.session.stash[SKIPPED] = True
    elif call.when == "call" and report.passed:
        item.session.stash[PASSED] = True
        print(f"passed in {call.duration:.1f} s", flush=True)


def pytest_report_teststatus(report):
    if report.when == "call" and report.passed:
        return "passed", "", "passed"  # said above
    return None


def pytest_collectreport(report):
    if report.skipped:
        pytest.exit(f"{report.nodeid} is skipped as a whole: a skip belongs to a test", returncode=1)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    skipped, passed = (session.stash.get(key, False) for key in (SKIPPED, PASSED))
    if exitstatus == pytest.ExitCode.OK and not session.config.option.collectonly and (skipped or not passed):
        session.exitstatus = SKIP_CODE


# --- options -------------------------------------------------------------------------------------

def pytest_addoption(parser):
    parser.addoption("--opensearch", action="append", metavar="VERSION", help=f"instead of {' and '.join(VERSIONS)}")


def pytest_generate_tests(metafunc):
    if "opensearch_version" in metafunc.fixturenames:
        metafunc.parametrize("opensearch_version", metafunc.config.getoption("--opensearch") or VERSIONS, scope="session")


# --- fixtures ------------------------------------------------------------------------------------

@pytest.fixture(scope="session", autouse=True)
def program():
    assert AGENT.exists(), f"{AGENT} is not built"


def fresh_directory(session):
    """It stays where something failed."""
    directory, failed = Path(tempfile.mkdtemp(prefix="auditship-e2e-")), session.testsfailed
    yield directory
    if session.testsfailed == failed:
        shutil.rmtree(directory, ignore_errors=True)
    else:
        print(f"failed; its files are in {directory}")


@pytest.fixture
def work(request):
    """A directory of the test."""
    yield from fresh_directory(request.session)


@pytest.fixture(scope="module")
def shared(request):
    """A directory of the tests of a file."""
    yield from fresh_directory(request.session)


@pytest.fixture(scope="session")
def given(request):
    """Lines, and the ids that become of them."""
    for directory in fresh_directory(request.session):
        yield Input(directory)


@pytest.fixture
def server():
    with FakeServer() as fake:
        yield fake


@pytest.fixture
def start():
    """Starts agents, which are killed at the end of the test."""
    agents = []

    def one_more(config):
        agents.append(start_agent(config))
        return agents[-1]
    yield one_more
    for agent in agents:
        kill(agent)


@pytest.fixture(scope="module")
def node(shared, opensearch_version):
    with OpenSearch(shared, opensearch_version) as real:
        yield real


@pytest.fixture(scope="module")
def secured_node(shared):
    """The security plug-in is published for this version."""
    with Secured(shared, VERSIONS[0]) as real:
        yield real
