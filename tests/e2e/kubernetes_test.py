"""The Kubernetes manifests: what they ask for, and that it is enough: the program itself runs as the pod would.

With AUDITSHIP_LONG=1 also helm (built from the Go module proxy): the committed manifests are the chart's own output, and
each file decodes strictly into the Kubernetes API types (tests/kubernetes). Probes: kubernetes_probes_test.py."""
import json
import os
import re
import shutil
import subprocess

import pytest

from harness import AGENT, LONG, ROOT, documents, file_sink, is_derived, kill, read_summary, wait_until, write_config
from kubernetes_files import KUBERNETES, MANIFESTS, load, log_file, read
from skips import Allowed, LeftOut
from trial import Mounted

HELM = "helm.sh/helm/v3/cmd/helm@v3.15.4"
OPERATOR_KINDS = ("PodMonitor", "ServiceMonitor", "PrometheusRule")
ADM, SYSLOG, OTHER = 4, 104, 65534


@pytest.fixture(scope="module")
def all_of():
    """{kind: manifest}"""
    return load(MANIFESTS)


def test_the_pod_asks_for_little(all_of):
    pod = all_of["DaemonSet"]["spec"]["template"]["spec"]
    context = pod["securityContext"]
    assert (context["runAsUser"], context["runAsGroup"], context["supplementalGroups"]) == (0, 0, [ADM]), "uid, gid, groups"
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}, "seccomp"
    assert [c["name"] for c in pod["containers"]] == ["auditship"], "containers"
    container = pod["containers"][0]
    assert container["securityContext"] == {"privileged": False, "allowPrivilegeEscalation": False,
                                         "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}, (
        "container")
    assert not any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC", "initContainers")), "host namespaces"
    assert pod["automountServiceAccountToken"] == False, "token"
    assert pod["tolerations"] == [{"operator": "Exists"}], "tolerations: every node"
    assert "priorityClassName" in pod and "affinity" not in pod, "priority and affinity"
    mounts = {m["name"]: m for m in container["volumeMounts"]}
    for volume in pod["volumes"]:
        mount = mounts.pop(volume["name"])
        if "hostPath" in volume:
            assert volume["hostPath"]["type"] == "DirectoryOrCreate", f"{volume['name']} is a directory"
            assert mount["mountPath"] == volume["hostPath"]["path"], "same path inside"
        assert "subPath" not in mount, f"{volume['name']}: a subPath does not follow changes"
        assert mount.get("readOnly", False) == (volume["name"] != "state"), f"{volume['name']} is read-only"
    assert mounts == {}, "mounts without a volume"
    for probe, path in (("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
        assert container[probe]["httpGet"] == {"path": path, "port": "status"}, probe
    assert "memory" in container["resources"]["limits"] and "cpu" not in container["resources"]["limits"], "limits"


def test_the_manifests_agree_with_each_other_and_with_conf(all_of):
    kustomization = read((MANIFESTS / "kustomization.yaml"))
    listed = {read((MANIFESTS / name))["kind"] for name in kustomization["resources"]}
    assert listed == set(all_of) - set(OPERATOR_KINDS), "kinds of the kustomization"
    labels = all_of["DaemonSet"]["spec"]["template"]["metadata"]["labels"]
    selectors = [all_of["DaemonSet"]["spec"]["selector"], all_of["NetworkPolicy"]["spec"]["podSelector"],
                 all_of["PodMonitor"]["spec"]["selector"]]
    for selector in selectors:
        assert selector["matchLabels"].items() <= labels.items() and selector["matchLabels"], f"{selector} selects other pods"
    assert all_of["NetworkPolicy"]["spec"]["policyTypes"] == ["Ingress", "Egress"], "policyTypes"
    for name in ("kubeaudit.yaml", "authlog.yaml"):
        ours = (ROOT / "conf" / "filters" / name).read_text()
        assert (KUBERNETES / "chart" / "files" / "filters" / name).read_text() == ours, f"the chart's copy of {name}"
        assert re.sub(r"\s+\n", "\n", all_of["ConfigMap"]["data"][name]).strip() == re.sub(r"\s+\n", "\n", ours).strip(), (
            f"{name} of the ConfigMap is not conf's: run packaging/kubernetes/generate")


def test_the_config_map_is_taken_once_somebody_has_named_the_cluster(work, all_of):
    etc = work / "etc"
    (etc / "filters").mkdir(parents=True)
    volume = next(v for v in all_of["DaemonSet"]["spec"]["template"]["spec"]["volumes"] if "configMap" in v)
    for item in volume["configMap"]["items"]:
        text = all_of["ConfigMap"]["data"][item["key"]]
        (etc / item["path"]).write_text(text.replace("/etc/auditship-secrets/", str(work) + "/"))
    (work / "password").write_text("secret")
    container = all_of["DaemonSet"]["spec"]["template"]["spec"]["containers"][0]
    assert next(v for v in container["env"] if v["name"] == "CLUSTER_NAME")["value"] == "", "CLUSTER_NAME as delivered"
    for name, wanted in (("", 1), ("prod", 0)):
        done = subprocess.run([AGENT, "check", "--config", etc / "auditship.yaml"], capture_output=True, text=True,
                              env={**os.environ, "CLUSTER_NAME": name, "POD_IP": "10.0.0.9"}, timeout=60)
        assert done.returncode == wanted, f"check with CLUSTER_NAME={name!r}: {done.stdout}{done.stderr}"


def as_the_pod(groups, *command):
    """uid 0 with no capability at all, and an empty bounding set: what the container's settings make."""
    return subprocess.run(["setpriv", "--reuid", "0", "--regid", "0", groups, "--no-new-privs", "--inh-caps=-all",
                           "--ambient-caps=-all", "--bounding-set=-all", *command], capture_output=True, text=True, timeout=60)


def test_root_without_capabilities_reads_the_logs_of_a_node(work):
    if os.geteuid() != 0:
        pytest.skip("only root can make root's files")
    work.chmod(0o755)
    private, public = work / "audit", work / "log"
    private.mkdir(mode=0o700)
    public.mkdir(mode=0o755)
    readable = {
        "root-0600": log_file(private, "audit.log", 0, 0, 0o600),
        "root-0700": log_file(private, "odd.log", 0, 0, 0o700),
        "syslog-adm-0640": log_file(public, "auth.log", SYSLOG, ADM, 0o640),
    }
    other = log_file(public, "other.log", OTHER, OTHER, 0o600)
    caps = as_the_pod("--groups=4", "grep", "-E", "^Cap(Prm|Eff|Bnd)", "/proc/self/status").stdout.split()
    assert caps[1::2] == ["0" * 16] * 3, "permitted, effective, bounding"
    config = write_config(work, {"authlog": list(readable.values())}, file_sink(work / "out"), "pod")
    done = as_the_pod("--groups=4", AGENT, "run", "--once", "--config", config)
    assert done.returncode == 0, f"exit code: {done.stdout}{done.stderr}"
    lines = read_summary(done.stdout)["authlog"]["lines"]
    seen = {d["log.file.path"] for _, d in documents(work / "out", "authlog")}
    assert seen == {str(p) for p in readable.values()}, "files that were read"
    assert lines == sum(not is_derived(d) for _, d in documents(work / "out", "authlog")), "documents"
    # That it is the group that helps, and that the rest of the rights is really gone:
    for groups, path in (("--clear-groups", readable["syslog-adm-0640"]), ("--groups=4", other)):
        assert as_the_pod(groups, "cat", path).returncode != 0, f"{path} is read with {groups}: nothing is proven"


def test_changes_of_the_volume_take_effect_and_broken_rules_are_refused(work):
    """Rule files and the map of key owners."""
    log = log_file(work, "followed.log", 0, 0, 0o600)
    settings = json.loads(write_config(work, {"authlog": [log]}, file_sink(work / "followed-out"), "followed").read_text())
    settings["streams"]["authlog"]["filters"] = "filters/authlog.yaml"
    settings["ssh_key_owners"] = [{"map": "key-owners.yaml"}]

    def files(rules, person):
        return {"auditship.yaml": json.dumps(settings),
                "filters/authlog.yaml": f"apiVersion: auditship/v1\nkind: FilterRules\nrules: {rules}\n",
                "key-owners.yaml": json.dumps({"ssh_key_owners": [{"name": person, "fingerprints": ["SHA256:" + "A" * 43]}]})}
    volume = Mounted(work / "volume", **files("[]", "Anna"))
    said = work / "followed.err"
    with said.open("w") as errors:
        agent = subprocess.Popen([AGENT, "run", "--config", volume["auditship.yaml"]], stderr=errors)
    try:
        wait_until(lambda: "administrators-loaded" in said.read_text(), "the first map", 20)
        assert "rules-loaded" not in said.read_text(), "rules were read again without a change"
        volume.swap(**files('[{name: cron, action: drop, fields: {process.name: [cron]}}]', "Berta"))
        wait_until(lambda: "rules-loaded" in said.read_text(), "the changed rules", 20)
        wait_until(lambda: said.read_text().count("administrators-loaded") == 2, "the changed map", 30)
        volume.swap(**files("[{name: cron, action: maybe}]", "Berta"))
        wait_until(lambda: "rules-broken" in said.read_text(), "the refusal of broken rules", 20)
        assert said.read_text().count("rules-loaded") == 1, "rules in force by a change"
        assert agent.poll() is None, "broken rules ended the agent"
    finally:
        kill(agent)


def test_what_the_containerfile_puts_into_the_image_runs_in_it_and_finds_zones_of_time(work):
    image = work / "image"
    subprocess.run([ROOT / "packaging" / "container" / "collect", AGENT, image], check=True, timeout=60)
    log_file(image / "var" / "log", "auth.log", 0, 0, 0o600)
    done = subprocess.run(["chroot", image, "/usr/bin/auditship", "parse", "--stream", "authlog", "--time-zone",
                           "Europe/Stockholm", "/var/log/auth.log"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"exit code in the image: {done.stderr}"
    assert len(done.stdout.splitlines()) > 50, "hardly any document"
    size = sum(f.stat().st_size for f in image.rglob("*") if f.is_file() and not f.is_symlink())
    print(f"image: {size / 1e6:.1f} MB")
    assert size < 100e6, f"the image is not small: {size} bytes"


@pytest.fixture(scope="module")
def tools():
    """helm, and what decodes strictly."""
    if not LONG:
        raise LeftOut("helm and strict decoding, which AUDITSHIP_LONG=1 adds")
    go = shutil.which("go")
    version = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True).stdout if go else ""
    if not go or tuple(map(int, re.findall(r"\d+", version)[:2])) < (1, 22):
        raise Allowed("building helm takes Go 1.22 or newer, which Debian 12 does not have")
    into = ROOT / "build" / "tools"
    environment = {**os.environ, "GOBIN": str(into), "GOFLAGS": "-p=2"}
    if not (into / "helm").exists():
        subprocess.run([go, "install", HELM], check=True, env=environment, timeout=900)
    subprocess.run([go, "build", "-o", into / "strict", "."], check=True, env=environment, timeout=900,
                   cwd=ROOT / "tests" / "kubernetes")
    return into / "helm", into / "strict"


def strictly(strict, files, good=True):
    done = subprocess.run([strict, *files], capture_output=True, text=True, timeout=60)
    assert (done.returncode == 0) == good, f"strict decoding: {done.stdout}"


def service_is_found(documents_of):
    """The ServiceMonitor selects the Service, which selects the pods; neither is there unless asked for."""
    kinds = {d["kind"]: d for d in documents_of}
    service, monitor, pods = kinds["Service"], kinds["ServiceMonitor"], kinds["DaemonSet"]["spec"]["template"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items(), "labels of the Service"
    assert service["spec"]["selector"].items() <= pods["metadata"]["labels"].items(), "selector of the Service"
    assert monitor["spec"]["endpoints"][0]["port"] == service["spec"]["ports"][0]["name"], "port of the Service"
    assert not {"Service", "ServiceMonitor"} & set(load(MANIFESTS)), "a ServiceMonitor that nobody asked for"


def test_the_committed_manifests_are_what_the_chart_makes(work, tools):
    helm, _ = tools
    subprocess.run([KUBERNETES / "generate", "--helm", helm, "--into", work / "again"], check=True, timeout=120)
    names = sorted(p.name for p in MANIFESTS.glob("*.yaml"))
    assert sorted(p.name for p in (work / "again").glob("*.yaml")) == names, "files that are generated"
    for name in names:
        assert (work / "again" / name).read_bytes() == (MANIFESTS / name).read_bytes(), f"{name} is not the chart's output"


def test_the_committed_manifests_decode_strictly_and_a_misspelt_one_does_not(work, tools):
    _, strict = tools
    typed = [p for p in MANIFESTS.glob("*.yaml") if p.name != "kustomization.yaml" and read(p)["kind"] not in OPERATOR_KINDS]
    strictly(strict, typed)
    broken = work / "broken.yaml"
    broken.write_text((MANIFESTS / "daemonset.yaml").read_text().replace("enableServiceLinks", "enableServiceLink"))
    strictly(strict, [broken], good=False)


def test_the_chart_wants_a_name_of_the_cluster(tools):
    helm, _ = tools
    done = subprocess.run([helm, "template", "x", KUBERNETES / "chart", "--kube-version", "1.29.0"], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode != 0 and "clusterName is required" in done.stderr, f"no name, no error: {done.stderr}"


@pytest.fixture(scope="module")
def made(shared, tools):
    """What the chart makes of many values: files."""
    helm, _ = tools
    values = shared / "values.json"
    values.write_text(json.dumps({
        "clusterName": "c1", "credentials": {"data": {"password": 12345}}, "seLinuxOptions": {"type": "container_logreader_t"},
        "filters": {"authlog.yaml": "apiVersion: auditship/v1\nkind: FilterRules\nrules: []\n"},
        "files": {"key-owners.yaml": "ssh_key_owners:\n  - {name: Anna, fingerprints: []}\n"},
        "logDirectories": ["/var/log", "/var/log/", "/srv/audit"], "serviceMonitor": {"enabled": True}, "networkPolicy": {"egress": []}}))
    subprocess.run([helm, "template", "x.y", KUBERNETES / "chart", "--kube-version", "1.29.0", "--values", values,
                    "--output-dir", shared / "values"], check=True, capture_output=True, timeout=60)
    return sorted((shared / "values").rglob("*.yaml"))


def test_what_the_chart_makes_of_values_decodes_strictly(made, tools):
    _, strict = tools
    assert "secret.yaml" in [p.name for p in made], "no Secret although credentials were given"
    strictly(strict, [p for p in made if p.name != "servicemonitor.yaml"])


def test_the_chart_follows_its_values(made):
    documents_of = [read(p) for p in made]
    service_is_found(documents_of)
    kinds = {d["kind"]: d for d in documents_of}
    assert kinds["ConfigMap"]["data"]["key-owners.yaml"] == "ssh_key_owners:\n  - {name: Anna, fingerprints: []}\n", "a further file"
    assert kinds["NetworkPolicy"]["spec"]["ingress"][0]["from"] == [{"namespaceSelector": {}}], "who may scrape, with a monitor"
    assert "." not in kinds["Service"]["metadata"]["name"], "a Service's name has no dot"
    paths = [v["hostPath"]["path"] for v in kinds["DaemonSet"]["spec"]["template"]["spec"]["volumes"] if v["name"].startswith("logs-")]
    assert paths == ["/var/log", "/srv/audit"], "log directories, each once"
    volume = next(v for v in kinds["DaemonSet"]["spec"]["template"]["spec"]["volumes"] if "configMap" in v)
    assert {"key": "key-owners.yaml", "path": "key-owners.yaml"} in volume["configMap"]["items"], f"it is not mounted: {volume}"
