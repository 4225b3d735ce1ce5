"""The Kubernetes manifests: what they ask for, and that it is enough: the program itself runs as the pod would.

kubernetes_test.py [probes]. With AUDITSHIP_LONG=1 also helm (built from the Go module proxy): the committed manifests are the chart's own output, and
each file decodes strictly into the Kubernetes API types (tests/kubernetes)."""
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error

from harness import (AGENT, DATA, LONG, ROOT, Skip, check, documents, equal, file_sink, free_port, http, is_derived, kill,
                     main, read_summary, skip, wait_until, write_config)
from trial import Mounted

try:
    import yaml
except ImportError:
    yaml = None
KUBERNETES = ROOT / "packaging" / "kubernetes"
MANIFESTS = KUBERNETES / "manifests"
HELM = "helm.sh/helm/v3/cmd/helm@v3.15.4"
OPERATOR_KINDS = ("PodMonitor", "ServiceMonitor", "PrometheusRule")
ADM, SYSLOG, OTHER = 4, 104, 65534


def load(directory):
    found = {}
    for path in sorted(directory.glob("*.yaml")):
        if path.name != "kustomization.yaml":
            document = yaml.safe_load(path.read_text())
            check(document["kind"] not in found, f"two files of kind {document['kind']}")
            found[document["kind"]] = document
    return found


def pod_asks_for_little(pod):
    context = pod["securityContext"]
    equal((context["runAsUser"], context["runAsGroup"], context["supplementalGroups"]), (0, 0, [ADM]), "uid, gid, groups")
    equal(context["seccompProfile"], {"type": "RuntimeDefault"}, "seccomp")
    equal([c["name"] for c in pod["containers"]], ["auditship"], "containers")
    container = pod["containers"][0]
    equal(container["securityContext"], {"privileged": False, "allowPrivilegeEscalation": False,
                                         "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}, "container")
    check(not any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC", "initContainers")), "host namespaces")
    equal(pod["automountServiceAccountToken"], False, "token")
    equal(pod["tolerations"], [{"operator": "Exists"}], "tolerations: every node")
    check("priorityClassName" in pod and "affinity" not in pod, "priority and affinity")
    mounts = {m["name"]: m for m in container["volumeMounts"]}
    for volume in pod["volumes"]:
        mount = mounts.pop(volume["name"])
        if "hostPath" in volume:
            equal(volume["hostPath"]["type"], "DirectoryOrCreate", f"{volume['name']} is a directory")
            equal(mount["mountPath"], volume["hostPath"]["path"], "same path inside")
        check("subPath" not in mount, f"{volume['name']}: a subPath does not follow changes")
        equal(mount.get("readOnly", False), volume["name"] != "state", f"{volume['name']} is read-only")
    equal(mounts, {}, "mounts without a volume")
    for probe, path in (("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
        equal(container[probe]["httpGet"], {"path": path, "port": "status"}, probe)
    check("memory" in container["resources"]["limits"] and "cpu" not in container["resources"]["limits"], "limits")


def manifests_agree(all_of):
    kustomization = yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text())
    listed = {yaml.safe_load((MANIFESTS / name).read_text())["kind"] for name in kustomization["resources"]}
    equal(listed, set(all_of) - set(OPERATOR_KINDS), "kinds of the kustomization")
    labels = all_of["DaemonSet"]["spec"]["template"]["metadata"]["labels"]
    selectors = [all_of["DaemonSet"]["spec"]["selector"], all_of["NetworkPolicy"]["spec"]["podSelector"],
                 all_of["PodMonitor"]["spec"]["selector"]]
    for selector in selectors:
        check(selector["matchLabels"].items() <= labels.items() and selector["matchLabels"], f"{selector} selects other pods")
    equal(all_of["NetworkPolicy"]["spec"]["policyTypes"], ["Ingress", "Egress"], "policyTypes")
    for name in ("kubeaudit.yaml", "authlog.yaml"):
        ours = (ROOT / "conf" / "filters" / name).read_text()
        equal((KUBERNETES / "chart" / "files" / "filters" / name).read_text(), ours, f"the chart's copy of {name}")
        check(re.sub(r"\s+\n", "\n", all_of["ConfigMap"]["data"][name]).strip() == re.sub(r"\s+\n", "\n", ours).strip(),
              f"{name} of the ConfigMap is not conf's: run packaging/kubernetes/generate")


def config_map_is_good(work, all_of):
    """The agent takes it, and refuses it as long as nobody has named the cluster."""
    etc = work / "etc"
    (etc / "filters").mkdir(parents=True)
    volume = next(v for v in all_of["DaemonSet"]["spec"]["template"]["spec"]["volumes"] if "configMap" in v)
    for item in volume["configMap"]["items"]:
        text = all_of["ConfigMap"]["data"][item["key"]]
        (etc / item["path"]).write_text(text.replace("/etc/auditship-secrets/", str(work) + "/"))
    (work / "password").write_text("secret")
    container = all_of["DaemonSet"]["spec"]["template"]["spec"]["containers"][0]
    equal(next(v for v in container["env"] if v["name"] == "CLUSTER_NAME")["value"], "", "CLUSTER_NAME as delivered")
    for name, wanted in (("", 1), ("prod", 0)):
        done = subprocess.run([AGENT, "check", "--config", etc / "auditship.yaml"], capture_output=True, text=True,
                              env={**os.environ, "CLUSTER_NAME": name, "POD_IP": "10.0.0.9"}, timeout=60)
        equal(done.returncode, wanted, f"check with CLUSTER_NAME={name!r}: {done.stdout}{done.stderr}")


def as_the_pod(groups, *command):
    """uid 0 with no capability at all, and an empty bounding set: what the container's settings make."""
    return subprocess.run(["setpriv", "--reuid", "0", "--regid", "0", groups, "--no-new-privs", "--inh-caps=-all",
                           "--ambient-caps=-all", "--bounding-set=-all", *command], capture_output=True, text=True, timeout=60)


def log_file(directory, name, owner, group, mode):
    path = directory / name
    shutil.copy(DATA / "authlog" / "debian13-rfc3339.log", path)
    os.chown(path, owner, group)
    path.chmod(mode)
    return path


def root_without_capabilities(work):
    if os.geteuid() != 0:
        skip("only root can make root's files")
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
    equal(caps[1::2], ["0" * 16] * 3, "permitted, effective, bounding")
    config = write_config(work, {"authlog": list(readable.values())}, file_sink(work / "out"), "pod")
    done = as_the_pod("--groups=4", AGENT, "run", "--once", "--config", config)
    equal(done.returncode, 0, f"exit code: {done.stdout}{done.stderr}")
    lines = read_summary(done.stdout)["authlog"]["lines"]
    seen = {d["log.file.path"] for _, d in documents(work / "out", "authlog")}
    equal(seen, {str(p) for p in readable.values()}, "files that were read")
    equal(lines, sum(not is_derived(d) for _, d in documents(work / "out", "authlog")), "documents")
    # That it is the group that helps, and that the rest of the rights is really gone:
    for groups, path in (("--clear-groups", readable["syslog-adm-0640"]), ("--groups=4", other)):
        check(as_the_pod(groups, "cat", path).returncode != 0, f"{path} is read with {groups}: nothing is proven")


def config_map_is_followed(work):
    """Rule files and the map of key owners take effect as the volume changes; broken ones are refused."""
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
        check("rules-loaded" not in said.read_text(), "rules were read again without a change")
        volume.swap(**files('[{name: cron, action: drop, fields: {process.name: [cron]}}]', "Berta"))
        wait_until(lambda: "rules-loaded" in said.read_text(), "the changed rules", 20)
        wait_until(lambda: said.read_text().count("administrators-loaded") == 2, "the changed map", 30)
        volume.swap(**files("[{name: cron, action: maybe}]", "Berta"))
        wait_until(lambda: "rules-broken" in said.read_text(), "the refusal of broken rules", 20)
        equal(said.read_text().count("rules-loaded"), 1, "rules in force by a change")
        check(agent.poll() is None, "broken rules ended the agent")
    finally:
        kill(agent)


def image_is_whole(work):
    """What the Containerfile puts into the image runs in it, and finds zones of time there."""
    image = work / "image"
    subprocess.run([ROOT / "packaging" / "container" / "collect", AGENT, image], check=True, timeout=60)
    log_file(image / "var" / "log", "auth.log", 0, 0, 0o600)
    done = subprocess.run(["chroot", image, "/usr/bin/auditship", "parse", "--stream", "authlog", "--time-zone",
                           "Europe/Stockholm", "/var/log/auth.log"], capture_output=True, text=True, timeout=60)
    equal(done.returncode, 0, f"exit code in the image: {done.stderr}")
    check(len(done.stdout.splitlines()) > 50, "hardly any document")
    size = sum(f.stat().st_size for f in image.rglob("*") if f.is_file() and not f.is_symlink())
    print(f"image: {size / 1e6:.1f} MB")
    check(size < 100e6, f"the image is not small: {size} bytes")


def answers_probes(work, rules):
    """status.listen, as the probes use it; and every metric that an alert asks for is there."""
    port = free_port()
    log = log_file(work, "probe.log", 0, 0, 0o600)
    config = write_config(work, {"authlog": [log]}, file_sink(work / "probe-out"), "probe")
    settings = json.loads(config.read_text())
    settings["status"] = {"listen": "${POD_IP}:" + str(port)}
    config.write_text(json.dumps(settings))
    agent = subprocess.Popen([AGENT, "run", "--config", config], stderr=subprocess.PIPE, text=True,
                             env={**os.environ, "POD_IP": "127.0.0.1"})

    def healthy():
        if agent.poll() is not None:
            raise AssertionError(f"the agent ended: {agent.stderr.read()}")
        try:
            return (http("GET", f"http://127.0.0.1:{port}/healthz") == b"ok\n" and
                    http("GET", f"http://127.0.0.1:{port}/readyz") == b"ready\n")
        except (urllib.error.URLError, ConnectionError):
            return False
    try:
        wait_until(healthy, "/healthz", 20)
        metrics = http("GET", f"http://127.0.0.1:{port}/metrics").decode()
    finally:
        kill(agent)
    known = set(re.findall(r"^# TYPE (auditship_\w+) ", metrics, re.M))
    asked = {name for rule in rules for name in re.findall(r"auditship_\w+", rule["expr"])}
    check(len(asked) > 5, f"hardly any metric is asked for: {asked}")
    equal(asked - known, set(), "metrics of alerts that the agent does not have")
    for rule in rules:
        check(rule["annotations"]["summary"] and rule["annotations"]["description"], f"{rule['alert']} says nothing")


def tools():
    go = shutil.which("go")
    version = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True).stdout if go else ""
    if not go or tuple(map(int, re.findall(r"\d+", version)[:2])) < (1, 22):
        raise Skip("building helm takes Go 1.22 or newer, which Debian 12 does not have", allowed=True)
    into = ROOT / "build" / "tools"
    environment = {**os.environ, "GOBIN": str(into), "GOFLAGS": "-p=2"}
    if not (into / "helm").exists():
        subprocess.run([go, "install", HELM], check=True, env=environment, timeout=900)
    subprocess.run([go, "build", "-o", into / "strict", "."], check=True, env=environment, timeout=900,
                   cwd=ROOT / "tests" / "kubernetes")
    return into / "helm", into / "strict"


def strictly(strict, files, good=True):
    done = subprocess.run([strict, *files], capture_output=True, text=True, timeout=60)
    equal(done.returncode == 0, good, f"strict decoding: {done.stdout}")


def service_is_found(documents_of):
    """The ServiceMonitor selects the Service, which selects the pods; neither is there unless asked for."""
    kinds = {d["kind"]: d for d in documents_of}
    service, monitor, pods = kinds["Service"], kinds["ServiceMonitor"], kinds["DaemonSet"]["spec"]["template"]
    check(monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items(), "labels of the Service")
    check(service["spec"]["selector"].items() <= pods["metadata"]["labels"].items(), "selector of the Service")
    equal(monitor["spec"]["endpoints"][0]["port"], service["spec"]["ports"][0]["name"], "port of the Service")
    check(not {"Service", "ServiceMonitor"} & set(load(MANIFESTS)), "a ServiceMonitor that nobody asked for")


def chart_by_helm(work):
    helm, strict = tools()
    subprocess.run([KUBERNETES / "generate", "--helm", helm, "--into", work / "again"], check=True, timeout=120)
    names = sorted(p.name for p in MANIFESTS.glob("*.yaml"))
    equal(sorted(p.name for p in (work / "again").glob("*.yaml")), names, "files that are generated")
    for name in names:
        check((work / "again" / name).read_bytes() == (MANIFESTS / name).read_bytes(), f"{name} is not the chart's output")
    typed = [p for p in MANIFESTS.glob("*.yaml") if p.name != "kustomization.yaml" and
             yaml.safe_load(p.read_text())["kind"] not in OPERATOR_KINDS]
    strictly(strict, typed)
    broken = work / "broken.yaml"
    broken.write_text((MANIFESTS / "daemonset.yaml").read_text().replace("enableServiceLinks", "enableServiceLink"))
    strictly(strict, [broken], good=False)
    without = subprocess.run([helm, "template", "x", KUBERNETES / "chart", "--kube-version", "1.29.0"], capture_output=True, text=True, timeout=60)
    check(without.returncode != 0 and "clusterName is required" in without.stderr, f"no name, no error: {without.stderr}")
    values = work / "values.json"
    values.write_text(json.dumps({
        "clusterName": "c1", "credentials": {"data": {"password": 12345}}, "seLinuxOptions": {"type": "container_logreader_t"},
        "filters": {"authlog.yaml": "apiVersion: auditship/v1\nkind: FilterRules\nrules: []\n"},
        "files": {"key-owners.yaml": "ssh_key_owners:\n  - {name: Anna, fingerprints: []}\n"},
        "logDirectories": ["/var/log", "/var/log/", "/srv/audit"], "serviceMonitor": {"enabled": True}, "networkPolicy": {"egress": []}}))
    subprocess.run([helm, "template", "x.y", KUBERNETES / "chart", "--kube-version", "1.29.0", "--values", values,
                    "--output-dir", work / "values"], check=True, capture_output=True, timeout=60)
    made = sorted((work / "values").rglob("*.yaml"))
    names = [p.name for p in made]
    check("secret.yaml" in names, "no Secret although credentials were given")
    documents_of = [yaml.safe_load(p.read_text()) for p in made]
    service_is_found(documents_of)
    kinds = {d["kind"]: d for d in documents_of}
    equal(kinds["ConfigMap"]["data"]["key-owners.yaml"], "ssh_key_owners:\n  - {name: Anna, fingerprints: []}\n", "a further file")
    equal(kinds["NetworkPolicy"]["spec"]["ingress"][0]["from"], [{"namespaceSelector": {}}], "who may scrape, with a monitor")
    check("." not in kinds["Service"]["metadata"]["name"], "a Service's name has no dot")
    paths = [v["hostPath"]["path"] for v in kinds["DaemonSet"]["spec"]["template"]["spec"]["volumes"] if v["name"].startswith("logs-")]
    equal(paths, ["/var/log", "/srv/audit"], "log directories, each once")
    volume = next(v for v in kinds["DaemonSet"]["spec"]["template"]["spec"]["volumes"] if "configMap" in v)
    check({"key": "key-owners.yaml", "path": "key-owners.yaml"} in volume["configMap"]["items"], f"it is not mounted: {volume}")
    strictly(strict, [p for p in made if p.name != "servicemonitor.yaml"])


def test_probes(work):
    answers_probes(work, [r for g in load(MANIFESTS)["PrometheusRule"]["spec"]["groups"] for r in g["rules"]])


def test_manifests(work):
    all_of = load(MANIFESTS)
    pod_asks_for_little(all_of["DaemonSet"]["spec"]["template"]["spec"])
    manifests_agree(all_of)
    config_map_is_good(work, all_of)
    root_without_capabilities(work)
    config_map_is_followed(work)
    image_is_whole(work)
    if LONG:
        chart_by_helm(work)
    else:
        print("not run: helm and strict decoding, which AUDITSHIP_LONG=1 adds")


def test(work):
    if yaml is None:
        skip("python3-yaml is not installed")
    (test_probes if sys.argv[1:] == ["probes"] else test_manifests)(work)


main(test)
