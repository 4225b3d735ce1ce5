"""What goes wrong at the target in practice, by a real OpenSearch: each case as bad_cases_test.py says."""
import subprocess

import pytest

from harness import command, http, http_json
from opensearch_node import NODE
from trial import Input, Trial, ids_of, sink_to


class Target:
    """The node, and the cases against it; each has an alias of its own, named like it."""

    def __init__(self, work, given, node):
        self.work, self.given, self.node = work, given, node

    def ask(self, method, path, body=None):
        return http_json(method, self.node.url + path, body)

    def index(self, target, number=1, write=True, **body):
        alias = {target: {"is_write_index": True} if write else {}}
        self.ask("PUT", f"/{target}-{number:06}", {"mappings": {"dynamic": False}, **body, "aliases": alias})

    def ids(self, target):
        return lambda: ids_of(self.ask, target)

    def case(self, target, code, provoke=None, mend=None, others=(), grows=True):
        with self.trial(target) as trial:
            trial.meet(code, provoke, grows)
            mend()
            trial.recover()
            return trial.verify(code, others)

    def trial(self, name, given=None):
        return Trial(self.work, name, given or self.given, sink_to(self.node.url), self.ids(name), name)

    def block(self, target, value):
        self.ask("PUT", f"/{target}-000001/_settings", {"index.blocks.read_only_allow_delete": value})

    def roll(self, name):
        """To an index that takes our documents; as `setup` and a rollover do."""
        self.ask("PUT", f"/{name}-000002", {"mappings": {"dynamic": False}})
        self.ask("POST", "/_aliases", {"actions": [
            {"add": {"index": f"{name}-000001", "alias": name, "is_write_index": False}},
            {"add": {"index": f"{name}-000002", "alias": name, "is_write_index": True}}]})


@pytest.fixture
def target(work, given, node):
    http("PUT", node.url + "/_cluster/settings", {"persistent": {"action.auto_create_index": False}})
    return Target(work, given, node)


def test_an_alias_without_a_write_index_is_told(target):
    name = "no-write-index"
    for number in (1, 2):
        target.index(name, number, write=False)
    target.case(name, "opensearch-no-write-index", mend=lambda: target.ask("POST", "/_aliases", {"actions": [
        {"add": {"index": f"{name}-000002", "alias": name, "is_write_index": True}}]}))


def test_an_alias_that_is_not_there_is_told(target):
    target.case("no-alias", "opensearch-alias-missing", mend=lambda: target.index("no-alias"))


def test_a_closed_index_is_told(target):
    name = "closed"
    target.index(name)

    def close():
        target.ask("POST", f"/{name}-000001/_flush")
        target.ask("POST", f"/{name}-000001/_close")
    target.case(name, "opensearch-index-closed", close, lambda: target.ask("POST", f"/{name}-000001/_open"))


def test_a_full_disk_of_the_target_is_told(target):
    name = "flood-stage"
    target.index(name)
    target.case(name, "opensearch-disk-full", lambda: target.block(name, True), lambda: target.block(name, None))


def test_documents_are_repaired_for_the_index_of_an_older_template_and_the_next_takes_them_whole(target, given):
    name = "old-template"
    target.index(name, mappings={"dynamic": False, "properties": {"user": {"type": "keyword"}}})
    with target.trial(name) as trial:
        half = len(given.lines) // 2
        trial.write(given.lines[:half])
        trial.start()
        trial.wait(lambda: len(trial.ids()) == half, "the first half")
        assert trial.failures("opensearch-mapping-conflict") >= half, "no metric of the conflict"
        target.roll(name)
        trial.write(given.lines[half:])
        trial.recover()
        trial.verify("opensearch-mapping-conflict")


def test_what_no_repair_can_help_is_a_dead_letter_until_an_index_takes_it(target, given):
    name = "field-limit"
    target.index(name, mappings={"dynamic": True}, settings={"index.mapping.total_fields.limit": 5})
    with target.trial(name) as trial:
        trial.meet("opensearch-mapping-full", grows=False)
        data = trial.work / "data"
        trial.wait(lambda: len(command("dead-letter", "show", "--data-dir", data).splitlines()) == len(given.ids), "letters")
        trial.end()
        assert trial.ids() == [], "documents in an index without room for fields"
        trial.verify("opensearch-mapping-full", ("dead-letter",))
        target.roll(name)
        said = command("dead-letter", "replay", "--config", trial.config)
        assert f"{len(given.ids)} delivered" in said, said
        trial.has_all("documents after the replay, each once")


def test_a_node_that_dies_while_bulks_are_under_way_costs_no_document(target, work):
    name, given, node = "killed", Input(work / "large", 4_000_000), target.node
    target.index(name)
    with target.trial(name, given) as trial:
        trial.write(given.lines)
        trial.start()
        trial.wait(lambda: node.count(name) > 0, "documents")
        subprocess.run([NODE, "kill", "--data", node.data], check=True)
        trial.wait(lambda: trial.failures("opensearch-unreachable") > 1, "failures")
        assert trial.metric("auditship_buffered_documents") > 0, "everything had arrived before the kill: nothing was tested"
        done = subprocess.run([NODE, "start", "--version", node.version, "--port", str(node.port), "--data", node.data],
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"the node does not come back: {done.stderr}"
        trial.recover()
        trial.verify("opensearch-unreachable", ("opensearch-connection-lost", "opensearch-unavailable", "opensearch-no-cluster-manager",
                                                "opensearch-shard-unavailable", "opensearch-http-404"))
