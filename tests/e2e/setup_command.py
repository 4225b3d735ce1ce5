"""auditship setup, and what is shipped after it."""
import json
import subprocess

from harness import AGENT, DATA, ROOT

CONF = ROOT / "conf" / "opensearch"


def run_setup(config, *options, expect=0, conf=CONF):
    done = subprocess.run([AGENT, "setup", "--config", config, "--conf-dir", conf, *options], capture_output=True, text=True, timeout=120)
    assert done.returncode == expect, f"setup {options} exited {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def recordings():
    """The files as they are: the agent only reads them."""
    files = {"kubeaudit": sorted((DATA / "kube-audit").rglob("*.log")) + sorted((DATA / "kube-audit").rglob("*.log.gz")),
             "authlog": sorted((DATA / "authlog").glob("*.log"))}
    assert all(len(found) > 5 for found in files.values()), f"recordings are missing: {files}"
    return files


def older_component(stream):
    """The component template of a stream as releases had it that wrote every name into the documents."""
    def make_older(properties):
        for name, mapping in properties.items():
            if mapping.get("type") == "alias":
                properties[name] = {"type": "keyword", "ignore_above": 1024}
            mapping.pop("copy_to", None)
            make_older(mapping.get("properties", {}))
    component = json.loads((CONF / "component_templates" / f"auditship-{stream}.json").read_text())
    make_older(component["template"]["mappings"]["properties"])
    return component
