"""`auditship setup` against an OpenSearch with its security plug-in: the roles that it makes, and what they cannot do."""
import json
import subprocess
from types import SimpleNamespace

import pytest

from harness import AGENT, run_once, write_config
from secured import add_user, password_of
from setup_command import older_component, recordings, run_setup


@pytest.fixture(scope="module")
def node(secured_node):
    return secured_node


@pytest.fixture(scope="module")
def roles(shared, node):
    """Made by an administrator who lends setup a password for it; then what setup said, and a configuration of the shipper."""
    found = recordings()
    files = {"kubeaudit": found["kubeaudit"][:4], "authlog": found["authlog"][:2]}
    config = write_config(shared, files, node.sink(shared, "agentship"))
    (shared / "admin.password").write_text("admin-password\n")
    as_admin = ["--only", "roles", "--username", "admin", "--password-file", shared / "admin.password"]
    said = [run_setup(config, *as_admin), run_setup(config, *as_admin), run_setup(config, expect=1)]
    return SimpleNamespace(files=files, config=config, said=said)


@pytest.fixture(scope="module")
def as_setup(roles, shared, node):
    """Options by which setup is who may set up. The users of the roles are made."""
    add_user(node, "agentship", "auditship-shipper")
    add_user(node, "agentsetup", "auditship-setup")
    (shared / "setup.password").write_text(password_of("agentsetup") + "\n")
    return ["--username", "agentsetup", "--password-file", shared / "setup.password"]


@pytest.fixture(scope="module")
def installed(roles, as_setup):
    """What setup said to the shipper, who may not set up, and to who may."""
    return SimpleNamespace(refused=run_setup(roles.config, expect=1), said=run_setup(roles.config, *as_setup))


@pytest.fixture(scope="module")
def shipped(roles, installed, node):
    """Recordings in the indices, by the shipper."""
    summary = run_once(roles.config)
    indices = {name: next(iter(node.admin("GET", f"/_alias/{name}"))) for name in roles.files}
    return SimpleNamespace(files=roles.files, config=roles.config, summary=summary, indices=indices)


def test_roles_are_made_once_and_a_user_that_does_not_exist_is_told(roles):
    first, second, as_nobody = roles.said
    assert "roles: 2 changed" in first, first
    assert "roles: nothing to do" in second, second
    assert "answered 401" in as_nobody, "a user that does not exist"


def test_the_role_of_setup_is_enough_for_setup_and_that_of_the_shipper_is_not(roles, as_setup, installed):
    assert "answered 403" in installed.refused and "auditship-setup" in installed.refused, installed.refused
    said = installed.said
    assert "indices: 2 changed" in said and "roles: skipped" in said and password_of("agentsetup") not in said, said
    assert " changed" not in run_setup(roles.config, *as_setup), "the second run changes something"
    assert "not due" in run_setup(roles.config, "--rollover", *as_setup), "rollover by the setup role"


def test_the_role_of_the_shipper_is_enough_to_ship(shipped, node):
    node.admin("POST", "/_refresh")
    assert set(shipped.summary) == {"kubeaudit", "authlog"}, "streams"
    for stream, row in shipped.summary.items():
        wanted = row["documents"] + row["derived"]
        assert (row["dead letters"], row["shipped"]) == (0, wanted), f"{stream}: refused, shipped"
        assert node.admin("GET", f"/{shipped.indices[stream]}/_count")["count"] == wanted, f"{stream}: in the index"


def test_a_stolen_credential_of_the_shipper_can_only_ship(shipped, node):
    index = shipped.indices["kubeaudit"]
    node.admin("PUT", "/other/_doc/1?refresh=true", {"secret": 1})
    first = node.admin("POST", f"/{index}/_search", {"size": 1})["hits"]["hits"][0]["_id"]
    who = "agentship"
    for method, path, body in (
            ("GET", "/other/_doc/1", None), ("POST", "/other/_search", {}), ("GET", "/_search", None),
            ("POST", f"/{index}/_search", {}), ("PUT", "/other/_doc/2", {}), ("DELETE", f"/{index}/_doc/{first}", None),
            ("POST", f"/{index}/_update/{first}", {"doc": {"a": 1}}), ("DELETE", f"/{index}", None),
            ("PUT", "/_index_template/auditship-kubeaudit", {"index_patterns": ["kubeaudit*"], "priority": 100}),
            ("PUT", "/_component_template/auditship-common", {"template": {}}), ("PUT", "/kubeaudit-000099", {}),
            ("PUT", f"/{index}/_mapping", {"properties": {"a": {"type": "text"}}}),
            ("PUT", f"/{index}/_settings", {"refresh_interval": "1s"}),
            ("POST", "/kubeaudit/_rollover", {}), ("POST", "/_aliases", {"actions": [{"remove_index": {"index": index}}]}),
            ("GET", "/_plugins/_security/api/internalusers", None)):
        node.refused(who, method, path, body)
    # Inside a bulk the refusal is per item.
    for action in ({"delete": {"_index": index, "_id": first}}, {"update": {"_index": index, "_id": first}},
                   {"create": {"_index": "other", "_id": "3"}}):
        lines = json.dumps(action) + "\n" + ("" if "delete" in action else '{"doc":{}}\n')
        status, answer = node.ask(who, "POST", "/_bulk", lines)
        assert status == 403 or next(iter(answer["items"][0].values()))["status"] == 403, f"{action}: {status} {answer}"
    status, answer = node.ask(who, "POST", "/_mget", {"docs": [{"_index": "other", "_id": "1"}]})
    assert status == 403 or "error" in answer["docs"][0], f"the shipper reads other indices: {answer}"
    assert node.admin("GET", f"/{index}/_doc/{first}")["found"] is True, "the document is still there"


def test_reconcile_looks_up_over_all_indices_of_the_alias(shipped, node):
    """The look-up in doubt, by id, after a rollover."""
    node.admin("POST", "/authlog/_rollover")
    done = subprocess.run([AGENT, "reconcile", "--config", shipped.config, "--stream", "authlog", *shipped.files["authlog"]],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"reconcile exited {done.returncode}: {done.stdout} {done.stderr}"


def test_the_role_of_setup_is_enough_to_roll_over_from_an_older_mapping(roles, as_setup, installed, node):
    node.admin("PUT", "/_component_template/auditship-kubeaudit", older_component("kubeaudit"))
    node.admin("POST", "/kubeaudit/_rollover")
    said = run_setup(roles.config, *as_setup)
    assert "alias kubeaudit: rolled over to" in said and "FAILED" not in said, said
    assert "rolled over" not in run_setup(roles.config, *as_setup), "rolled over again"


def test_dated_indices_come_into_being_by_the_shippers_own_bulks_with_our_templates(shipped, node, shared, work):
    files = shipped.files["authlog"]
    sink = node.sink(work, "agentdated")
    sink["opensearch"]["target_style"] = "dated"
    config = write_config(work, {"authlog": files}, sink, "dated")
    said = run_setup(config, "--only", "roles", "--username", "admin", "--password-file", shared / "admin.password")
    assert "role auditship-shipper-dated: created" in said, said
    add_user(node, "agentdated", "auditship-shipper-dated")
    row = run_once(config)["authlog"]
    assert (row["dead letters"], row["shipped"]) == (0, row["documents"] + row["derived"]), "dated: refused, shipped"
    dated = {index: body["mappings"] for index, body in node.admin("GET", "/authlog-*/_mapping").items()
             if len(index) == len("authlog-2026.11.23")}
    assert dated and all("ssh" in mapping["properties"] for mapping in dated.values()), f"no templates in {list(dated)}"
    said = run_setup(config, "--username", "agentsetup", "--password-file", shared / "setup.password")
    assert "as the templates" in said, said
    node.refused("agentdated", "POST", "/authlog-*/_search", {})
