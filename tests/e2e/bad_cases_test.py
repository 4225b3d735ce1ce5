"""What goes wrong at the target in practice: bad_cases_test.py [fake] [plain] [secured]; without words, all three.

Each case: one line with a stable code and a hint, not one a retry; a metric; and once it is mended, without a restart of
the agent, every document is there once. fake: what a real server does not do on demand, by a gate before the fake one.
plain, secured: OpenSearch 2.19.4, without and with its security plug-in.
"""
import hashlib
import hmac
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, quote

from gate import Authority, Gate
from harness import AGENT, NODE, FakeServer, OpenSearch, check, command, equal, http, http_json, main
from secured import Secured, password_of
from trial import SECRET, WRONG, Input, Mounted, Trial, no_secret

VERSION = "2.19.4"
NO_MANAGER = (503, b'{"error":{"root_cause":[],"type":"cluster_manager_not_discovered_exception","reason":null},"status":503}')


FORBIDDEN = (403, b'{"message":"The security token included in the request is expired"}')


def sink_to(url, **more):
    return {"type": "opensearch", "opensearch": {"hosts": [url], **more}}


def ids_of(ask, target):
    """All of the indices of a target; one search, as scrolls are few."""
    ask("POST", f"/{target}-*/_refresh")
    found = ask("POST", f"/{target}-*/_search", {"size": 10_000, "_source": False})
    equal(found["_shards"]["failed"], 0, f"failed shards of {target}")
    return [hit["_id"] for hit in found["hits"]["hits"]]


def aws_signature(method, target, headers, body, secret):
    """After the public description, by another hand than the agent's."""
    path, _, query = target.partition("?")
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(query, keep_blank_values=True))
    digest = hashlib.sha256(body).hexdigest()
    signed = {k.lower(): v for k, v in headers.items()}
    equal(signed["x-amz-content-sha256"], digest, "digest of the body")
    names = ["host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"]
    canonical = "\n".join([method, quote(path, safe="/-_.~"), "&".join(f"{k}={v}" for k, v in pairs),
                           "".join(f"{name}:{signed[name]}\n" for name in names), ";".join(names), digest])
    stamp = signed["x-amz-date"]
    scope = [stamp[:8], "eu-north-1", "es", "aws4_request"]
    key = b"AWS4" + secret.encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest()])
    return hmac.new(key, text.encode(), "sha256").hexdigest()


# --- by a gate before the fake server --------------------------------------------------------------

class Fake:
    def __init__(self, work, given):
        self.work, self.given = work / "fake", given
        self.work.mkdir()
        self.ours, self.theirs = Authority(self.work, "ours"), Authority(self.work, "theirs")
        self.good = self.ours.issue("good")

    def case(self, name, code, pair=None, client_ca=None, provoke=None, mend=None, others=(), **sink):
        """pair: the gate's certificate at first; provoke and mend get the gate."""
        with FakeServer() as server, Gate(int(server.url.rsplit(":")[-1])) as gate:
            gate.use(pair or self.good, client_ca)
            options = {"tls": {"ca_file": str(self.ours.file), **sink.pop("tls", {})}, **sink}
            with Trial(self.work, name, self.given, sink_to(gate.url, **options), lambda: [i.split()[1] for i in server.ids()]) as trial:
                trial.meet(code, (lambda: provoke(gate)) if provoke else None)
                mend(gate)
                trial.recover()
                totals = server.totals()
                equal((totals["created"], totals["malformed"]), (len(self.given.ids), 0), f"{name}: created")
                return gate, trial.verify(code, others)

    def certificates(self):
        self.case("expired certificate", "opensearch-tls-expired", self.ours.issue("expired", days=-1), mend=lambda g: g.use(self.good))
        self.case("wrong host name", "opensearch-tls-host-name", self.ours.issue("other", "DNS:other.example"), mend=lambda g: g.use(self.good))

    def client_certificate(self):
        """The pair is replaced as Kubernetes does it, while the agent runs."""
        def pair(authority):
            certificate, key = authority.issue("client")
            return {"tls.crt": certificate.read_bytes(), "tls.key": key.read_bytes()}

        files = Mounted(self.work / "client", **pair(self.theirs))
        self.case("client certificate refused", "opensearch-tls-refused", client_ca=self.ours.file,
                  mend=lambda gate: files.swap(**pair(self.ours)), tls={"certificate_file": files["tls.crt"], "key_file": files["tls.key"]})

    def answers(self):
        def no_manager(gate):
            gate.answer = NO_MANAGER

        def a_manager(gate):
            gate.answer = None

        def cut(gate):
            gate.cut = 3

        self.case("no cluster manager", "opensearch-no-cluster-manager", provoke=no_manager, mend=a_manager)
        self.case("connection lost in the answer", "opensearch-connection-lost", provoke=cut, mend=lambda gate: None)

    def password_file(self):
        """It vanishes, and comes back with another password: that one is sent then."""
        files = Mounted(self.work / "secret", password=WRONG + "\n")
        gate, _ = self.case("password file gone", "opensearch-secret-unreadable", username="shipper", password_file=files["password"],
                            provoke=lambda gate: files.swap(), mend=lambda gate: files.swap(password=SECRET + "\n"))
        sent = {head[2].get("Authorization") for head in gate.heads}
        equal(len(sent), 2, f"passwords sent: {sent}")

    def late_files(self):
        """Not there when the agent starts: lines are read all the same."""
        files = Mounted(self.work / "late", password="", ca="")
        for name, key, code, content in (("password", "password_file", "opensearch-secret-unreadable", SECRET + "\n"),
                                         ("ca", "ca_file", "opensearch-tls-file", self.ours.file.read_bytes())):
            files.swap()
            given = {"username": "shipper", key: files[name]} if name == "password" else {"tls": {key: files[name]}}
            self.case(f"{name} file not there yet", code, mend=lambda gate, n=name, c=content: files.swap(**{n: c}), **given)

    def signed(self):
        """Signature Version 4: each request's signature is computed again here; new keys are used without a restart."""
        def keys(name):
            return {"access": name + "\n", "secret": SECRET + name + "\n", "session": "session-of-" + name + "\n"}

        files = Mounted(self.work / "aws", **keys("AKIDFIRST"))
        gate, _ = self.case("keys of Amazon's service", "opensearch-forbidden", provoke=lambda gate: setattr(gate, "answer", FORBIDDEN),
                            mend=lambda gate: (files.swap(**keys("AKIDSECOND")), setattr(gate, "answer", None)),
                            others=("opensearch-alias-unreadable",), aws_sigv4={
                                "region": "eu-north-1", "access_key_file": files["access"], "secret_key_file": files["secret"],
                                "session_token_file": files["session"]})
        used = set()
        for method, path, headers, body in gate.heads:
            name, signature = re.fullmatch(
                r"AWS4-HMAC-SHA256 Credential=(\w+)/\d{8}/eu-north-1/es/aws4_request, "
                r"SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=([0-9a-f]{64})", headers["Authorization"]).groups()
            equal(signature, aws_signature(method, path, headers, body, SECRET + name), f"signature of {method} {path}")
            used.add(name)
        equal(used, {"AKIDFIRST", "AKIDSECOND"}, "keys used")

    def run(self):
        self.signed()
        self.certificates()
        self.client_certificate()
        self.answers()
        self.password_file()
        self.late_files()


# --- OpenSearch ------------------------------------------------------------------------------------

class Plain:
    def __init__(self, work, given, node):
        self.work, self.given, self.node = work / "plain", given, node
        self.work.mkdir()

    def ask(self, method, path, body=None):
        return http_json(method, self.node.url + path, body)

    def index(self, target, number=1, write=True, **body):
        alias = {target: {"is_write_index": True} if write else {}}
        self.ask("PUT", f"/{target}-{number:06}", {"mappings": {"dynamic": False}, **body, "aliases": alias})

    def ids(self, target):
        return lambda: ids_of(self.ask, target)

    def case(self, target, code, provoke=None, mend=None, others=(), grows=True):
        with Trial(self.work, target, self.given, sink_to(self.node.url), self.ids(target), target) as trial:
            trial.meet(code, provoke, grows)
            mend()
            trial.recover()
            return trial.verify(code, others)

    def settings(self, target, value):
        self.ask("PUT", f"/{target}-000001/_settings", {"index.blocks.read_only_allow_delete": value})

    def aliases(self):
        name = "no-write-index"
        for number in (1, 2):
            self.index(name, number, write=False)
        self.case(name, "opensearch-no-write-index", mend=lambda: self.ask("POST", "/_aliases", {"actions": [
            {"add": {"index": f"{name}-000002", "alias": name, "is_write_index": True}}]}))
        name = "no-alias"
        self.case(name, "opensearch-alias-missing", mend=lambda: self.index(name))

    def blocks(self):
        name = "closed"
        self.index(name)
        self.case(name, "opensearch-index-closed", lambda: self.close(name), lambda: self.ask("POST", f"/{name}-000001/_open"))
        name = "flood-stage"
        self.index(name)
        self.case(name, "opensearch-disk-full", lambda: self.settings(name, True), lambda: self.settings(name, None))

    def close(self, name):
        self.ask("POST", f"/{name}-000001/_flush")
        self.ask("POST", f"/{name}-000001/_close")

    def old_template(self):
        """An index as another template made it: documents are repaired, and told of; the next index takes them whole."""
        name = "old-template"
        self.index(name, mappings={"dynamic": False, "properties": {"user": {"type": "keyword"}}})
        with Trial(self.work, name, self.given, sink_to(self.node.url), self.ids(name), name) as trial:
            half = len(self.given.lines) // 2
            trial.write(self.given.lines[:half])
            trial.start()
            trial.wait(lambda: len(trial.ids()) == half, "the first half")
            check(trial.failures("opensearch-mapping-conflict") >= half, "no metric of the conflict")
            self.roll(name)
            trial.write(self.given.lines[half:])
            trial.recover()
            trial.verify("opensearch-mapping-conflict")

    def roll(self, name):
        """To an index that takes our documents; as `setup` and a rollover do."""
        self.ask("PUT", f"/{name}-000002", {"mappings": {"dynamic": False}})
        self.ask("POST", "/_aliases", {"actions": [
            {"add": {"index": f"{name}-000001", "alias": name, "is_write_index": False}},
            {"add": {"index": f"{name}-000002", "alias": name, "is_write_index": True}}]})

    def field_limit(self):
        """What no repair can help goes to the dead letters, and from there to an index that takes it."""
        name = "field-limit"
        self.index(name, mappings={"dynamic": True}, settings={"index.mapping.total_fields.limit": 5})
        with Trial(self.work, name, self.given, sink_to(self.node.url), self.ids(name), name) as trial:
            trial.meet("opensearch-mapping-full", grows=False)
            data = trial.work / "data"
            trial.wait(lambda: len(command("dead-letter", "show", "--data-dir", data).splitlines()) == len(self.given.ids), "letters")
            trial.end()
            equal(trial.ids(), [], "documents in an index without room for fields")
            trial.verify("opensearch-mapping-full", ("dead-letter",))
            self.roll(name)
            said = command("dead-letter", "replay", "--config", trial.config)
            check(f"{len(self.given.ids)} delivered" in said, said)
            equal(sorted(trial.ids()), self.given.ids, f"{name}: documents after the replay, each once")

    def killed(self):
        """The node dies while bulks are under way, and comes back."""
        name, given = "killed", Input(self.work / "large", 4_000_000)
        self.index(name)
        with Trial(self.work, name, given, sink_to(self.node.url), self.ids(name), name) as trial:
            trial.write(given.lines)
            trial.start()
            trial.wait(lambda: self.node.count(name) > 0, "documents")
            subprocess.run([NODE, "kill", "--data", self.node.data], check=True)
            trial.wait(lambda: trial.failures("opensearch-unreachable") > 1, "failures")
            check(trial.metric("auditship_buffered_documents") > 0, "everything had arrived before the kill: nothing was tested")
            done = subprocess.run([NODE, "start", "--version", VERSION, "--port", str(self.node.port), "--data", self.node.data],
                                  capture_output=True, text=True, timeout=120)
            check(done.returncode == 0, f"the node does not come back: {done.stderr}")
            trial.recover()
            trial.verify("opensearch-unreachable", ("opensearch-connection-lost", "opensearch-unavailable", "opensearch-no-cluster-manager",
                                                    "opensearch-shard-unavailable", "opensearch-http-404"))

    def run(self):
        self.aliases()
        self.blocks()
        self.old_template()
        self.field_limit()
        self.killed()


# --- OpenSearch with its security plug-in ------------------------------------------------------------

class Guarded:
    def __init__(self, work, given, node):
        self.work, self.given, self.node = work / "guarded", given, node
        self.work.mkdir()

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
        check(len(done.stdout) > 100, f"setup --dry-run says nothing: {done.stdout}{done.stderr}")

    def run(self):
        writes = ("indices:data/write/bulk[s]", "indices:admin/aliases/get", "indices:data/read/mget[shard]", "indices:data/read/get")
        create = "indices:data/write/index"
        for name in ("wrong-ca", "wrong-password", "changed-password"):
            self.user(name, create, *writes)
        ca, good = str(self.node.ca), {"password": SECRET}
        authorities = Mounted(self.work / "ca", **{"ca.crt": Authority(self.work, "theirs").file.read_bytes()})
        self.case("wrong-ca", "opensearch-tls-untrusted", lambda: authorities.swap(**{"ca.crt": self.node.ca.read_bytes()}),
                  Mounted(self.work / "p1", **good)["password"], authorities["ca.crt"])
        wrong = Mounted(self.work / "p2", password=WRONG)
        self.case("wrong-password", "opensearch-unauthorized", lambda: wrong.swap(password=SECRET + "\n"), wrong["password"], ca)
        self.user("no-create", *writes)
        line = self.case("no-create", "opensearch-forbidden", lambda: self.role("no-create", create, *writes),
                         Mounted(self.work / "p3", **good)["password"], ca)
        check(re.search(r"the role lacks indices:data/write/\S+", line["error"]), f"the missing permission is not named: {line}")
        check("backend_roles" not in str(line), f"more than the permission is said: {line}")


def fake(work, given):
    Fake(work, given).run()


def plain(work, given):
    with OpenSearch(work, VERSION) as node:
        http("PUT", node.url + "/_cluster/settings", {"persistent": {"action.auto_create_index": False}})
        Plain(work, given, node).run()


def secured(work, given):
    with Secured(work, VERSION) as node:
        Guarded(work, given, node).run()


def test(work):
    """The parts side by side: most of the time they wait, for a node or for the next try."""
    given = Input(work / "given")
    parts = [part for part in (fake, plain, secured) if not sys.argv[1:] or part.__name__ in sys.argv[1:]]
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(part, work, given) for part in parts]
    for run in runs:
        run.result()


main(test)
