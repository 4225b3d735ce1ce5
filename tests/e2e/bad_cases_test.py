"""What goes wrong at the target in practice, on demand: by a gate before the fake server. By a real one:
bad_cases_opensearch_test.py, bad_cases_secured_test.py.

Each case: one line with a stable code and a hint, not one a retry; a metric; and once it is mended, without a restart of
the agent, every document is there once.
"""
import hashlib
import hmac
import re
from types import SimpleNamespace
from urllib.parse import parse_qsl, quote

import pytest

from gate import Authority, Gate
from harness import FakeServer
from trial import SECRET, WRONG, Mounted, Trial, sink_to

NO_MANAGER = (503, b'{"error":{"root_cause":[],"type":"cluster_manager_not_discovered_exception","reason":null},"status":503}')
FORBIDDEN = (403, b'{"message":"The security token included in the request is expired"}')


def aws_signature(method, target, headers, body, secret):
    """After the public description, by another hand than the agent's."""
    path, _, query = target.partition("?")
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(query, keep_blank_values=True))
    digest = hashlib.sha256(body).hexdigest()
    signed = {k.lower(): v for k, v in headers.items()}
    assert signed["x-amz-content-sha256"] == digest, "digest of the body"
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


def keys_used(gate):
    """Of the requests, whose signatures are computed again here."""
    used = set()
    for method, path, headers, body in gate.heads:
        name, signature = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=(\w+)/\d{8}/eu-north-1/es/aws4_request, "
            r"SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=([0-9a-f]{64})",
            headers["Authorization"]).groups()
        assert signature == aws_signature(method, path, headers, body, SECRET + name), f"signature of {method} {path}"
        used.add(name)
    return used


@pytest.fixture(scope="module")
def authorities(shared):
    """Two, and a good certificate of the one whom the agent trusts."""
    ours, theirs = (Authority(shared, name) for name in ("ours", "theirs"))
    return SimpleNamespace(ours=ours, theirs=theirs, good=ours.issue("good"))


@pytest.fixture
def case(work, given, authorities):
    """Runs one. pair: the gate's certificate at first; provoke and mend get the gate. Returns the gate."""
    def run(name, code, pair=None, client_ca=None, provoke=None, mend=None, others=(), **sink):
        with FakeServer() as server, Gate(int(server.url.rsplit(":")[-1])) as gate:
            gate.use(pair or authorities.good, client_ca)
            options = {"tls": {"ca_file": str(authorities.ours.file), **sink.pop("tls", {})}, **sink}
            with Trial(work, name, given, sink_to(gate.url, **options), lambda: [i.split()[1] for i in server.ids()]) as trial:
                trial.meet(code, (lambda: provoke(gate)) if provoke else None)
                mend(gate)
                trial.recover()
                totals = server.totals()
                assert (totals["created"], totals["malformed"]) == (len(given.ids), 0), f"{name}: created"
                trial.verify(code, others)
                return gate
    return run


def test_requests_are_signed_for_amazon_and_new_keys_are_used_without_a_restart(case, work):
    def keys(name):
        return {"access": name + "\n", "secret": SECRET + name + "\n", "session": "session-of-" + name + "\n"}

    files = Mounted(work / "aws", **keys("AKIDFIRST"))
    gate = case("keys of Amazon's service", "opensearch-forbidden", provoke=lambda gate: setattr(gate, "answer", FORBIDDEN),
                mend=lambda gate: (files.swap(**keys("AKIDSECOND")), setattr(gate, "answer", None)),
                others=("opensearch-alias-unreadable",), aws_sigv4={
                    "region": "eu-north-1", "access_key_file": files["access"], "secret_key_file": files["secret"],
                    "session_token_file": files["session"]})
    assert keys_used(gate) == {"AKIDFIRST", "AKIDSECOND"}, "keys used"


def test_an_expired_certificate_of_the_target_is_told(case, authorities):
    case("expired certificate", "opensearch-tls-expired", authorities.ours.issue("expired", days=-1),
         mend=lambda gate: gate.use(authorities.good))


def test_a_certificate_for_another_host_is_told(case, authorities):
    case("wrong host name", "opensearch-tls-host-name", authorities.ours.issue("other", "DNS:other.example"),
         mend=lambda gate: gate.use(authorities.good))


def test_a_client_certificate_that_is_refused_is_told_and_a_new_pair_used(case, authorities, work):
    """The pair is replaced as Kubernetes does it, while the agent runs."""
    def pair(authority):
        certificate, key = authority.issue("client")
        return {"tls.crt": certificate.read_bytes(), "tls.key": key.read_bytes()}

    files = Mounted(work / "client", **pair(authorities.theirs))
    case("client certificate refused", "opensearch-tls-refused", client_ca=authorities.ours.file,
         mend=lambda gate: files.swap(**pair(authorities.ours)),
         tls={"certificate_file": files["tls.crt"], "key_file": files["tls.key"]})


def test_a_cluster_without_a_manager_is_told(case):
    case("no cluster manager", "opensearch-no-cluster-manager", provoke=lambda gate: setattr(gate, "answer", NO_MANAGER),
         mend=lambda gate: setattr(gate, "answer", None))


def test_a_connection_that_is_lost_in_the_answer_is_told(case):
    case("connection lost in the answer", "opensearch-connection-lost", provoke=lambda gate: setattr(gate, "cut", 3),
         mend=lambda gate: None)


def test_a_password_file_that_vanishes_is_told_and_the_next_password_sent(case, work):
    files = Mounted(work / "secret", password=WRONG + "\n")
    gate = case("password file gone", "opensearch-secret-unreadable", username="shipper", password_file=files["password"],
                provoke=lambda gate: files.swap(), mend=lambda gate: files.swap(password=SECRET + "\n"))
    sent = {head[2].get("Authorization") for head in gate.heads}
    assert len(sent) == 2, f"passwords sent: {sent}"


def test_a_password_file_that_comes_late_is_waited_for_and_lines_are_read(case, work):
    files = Mounted(work / "late", password="")
    files.swap()
    case("password file not there yet", "opensearch-secret-unreadable", username="shipper", password_file=files["password"],
         mend=lambda gate: files.swap(password=SECRET + "\n"))


def test_an_authority_file_that_comes_late_is_waited_for_and_lines_are_read(case, authorities, work):
    files = Mounted(work / "late", ca="")
    files.swap()
    case("ca file not there yet", "opensearch-tls-file", tls={"ca_file": files["ca"]},
         mend=lambda gate: files.swap(ca=authorities.ours.file.read_bytes()))
