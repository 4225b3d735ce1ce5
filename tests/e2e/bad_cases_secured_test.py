"""What goes wrong at the target in practice, by an OpenSearch with its security plug-in: each case as bad_cases_test.py says."""
import re
import subprocess

import pytest

from gate import Authority
from harness import AGENT
from secured import password_of
from trial import SECRET, WRONG, Mounted, Trial, ids_of, no_secret, sink_to

CREATE = "indices:data/write/index"
WRITES = ("indices:data/write/bulk[s]", "indices:admin/aliases/get", "indices:data/read/mget[shard]", "indices:data/read/get")


class Guarded:
    """The node, and the cases against it; each has a user, a role and an alias of its own, named like it."""

    def __init__(self, work, given, node):
        self.work, self.given, self.node = work, given, node
        self.ca = str(node.ca)

    def user(self, name, *actions):
        """A user whose role has just these actions on indices of its name."""
        self.role(name, *actions)
        self.node.admin("PUT", f"/_plugins/_security/api/internalusers/{name}", {"password": password_of(name)})
        self.node.admin("PUT", f"/_plugins/_security/api/rolesmapping/{name}", {"users": [name]})
        self.node.admin("PUT", f"/{name}-000001", {"mappings": {"dynamic": False}, "aliases": {name: {"is_write_index": True}}})

    def role(self, name, *actions):
        self.node.admin("PUT", f"/_plugins/_security/api/roles/{name}", {
            "cluster_permissions": ["indices:data/write/bulk", "indices:data/read/mget"],
            "index_permissions": [{"index_patterns": [f"{name}*"], "allowed_actions": list(actions)}]})

    def ids(self, name):
        return lambda: ids_of(self.node.admin, name)

    def case(self, name, code, mend, password, ca, provoke=None, others=()):
        sink = sink_to(self.node.url, username=name, password_file=password, tls={"ca_file": ca})
        with Trial(self.work, name, self.given, sink, self.ids(name), name) as trial:
            trial.meet(code, provoke)
            mend()
            trial.recover()
            self.dry_run(trial)
            return trial.verify(code, others)

    def dry_run(self, trial):
        """What it prints holds no secret; this user may hardly anything, so that there are errors, too."""
        done = subprocess.run([AGENT, "setup", "--dry-run", "--config", trial.config], capture_output=True, text=True, timeout=60)
        no_secret(done.stdout + done.stderr, "setup --dry-run")
        assert len(done.stdout) > 100, f"setup --dry-run says nothing: {done.stdout}{done.stderr}"


@pytest.fixture
def guarded(work, given, secured_node):
    return Guarded(work, given, secured_node)


def test_a_target_that_is_not_trusted_is_told_and_a_new_authority_file_used(guarded, work):
    guarded.user("wrong-ca", CREATE, *WRITES)
    files = Mounted(work / "ca", **{"ca.crt": Authority(work, "theirs").file.read_bytes()})
    guarded.case("wrong-ca", "opensearch-tls-untrusted", lambda: files.swap(**{"ca.crt": guarded.node.ca.read_bytes()}),
                 Mounted(work / "secret", password=SECRET)["password"], files["ca.crt"])


def test_a_wrong_password_is_told_and_the_next_one_used(guarded, work):
    guarded.user("wrong-password", CREATE, *WRITES)
    files = Mounted(work / "secret", password=WRONG)
    guarded.case("wrong-password", "opensearch-unauthorized", lambda: files.swap(password=SECRET + "\n"), files["password"], guarded.ca)


def test_a_permission_that_is_missing_is_named_and_no_more_is_said(guarded, work):
    guarded.user("no-create", *WRITES)
    line = guarded.case("no-create", "opensearch-forbidden", lambda: guarded.role("no-create", CREATE, *WRITES),
                        Mounted(work / "secret", password=SECRET)["password"], guarded.ca)
    assert re.search(r"the role lacks indices:data/write/\S+", line["error"]), f"the missing permission is not named: {line}"
    assert "backend_roles" not in str(line), f"more than the permission is said: {line}"
