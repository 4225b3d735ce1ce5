"""A real OpenSearch; see tests/e2e/opensearch-node. With users and roles: secured.py."""
import json
import subprocess

from harness import ROOT, free_port, http, http_json
from skips import Allowed

NODE = ROOT / "tests" / "e2e" / "opensearch-node"


def every_hit(ask, name, source=False):
    """Every document of the indices of a stream. ask: as http_json, with a path."""
    ask("POST", f"/{name}-*/_refresh")
    page = ask("POST", f"/{name}-*/_search?scroll=1m", {"size": 2000, "_source": source, "sort": ["_doc"]})
    found = []
    while page["hits"]["hits"]:
        found += page["hits"]["hits"]
        page = ask("POST", "/_search/scroll", {"scroll": "1m", "scroll_id": page["_scroll_id"]})
    return found


class OpenSearch:
    def __init__(self, work, version):
        self.version, self.data, self.port = version, work / f"node-{version}", free_port()
        started = subprocess.run([NODE, "start", "--version", version, "--port", str(self.port), "--data", self.data],
                                 capture_output=True, text=True, timeout=600)
        if started.returncode == 77:  # the launcher knows what CI=true allows: 3.x where there is no JDK for it
            raise Allowed(started.stderr.strip().splitlines()[-1])
        assert started.returncode == 0, f"no node: {started.stderr}"
        self.url = f"http://127.0.0.1:{self.port}"
        print("OpenSearch", http_json("GET", self.url)["version"]["number"], "runs")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        subprocess.run([NODE, "stop", "--data", self.data], check=False)

    def set_up(self, *streams):
        """One index and its write alias a stream; the product's own template where there is one."""
        for name in streams:
            template = ROOT / "conf" / "opensearch" / f"{name}.template.json"
            body = (json.loads(template.read_text()) if template.exists() else
                    {"index_patterns": [f"{name}*"], "template": {"mappings": {
                        "dynamic": False, "properties": {"@timestamp": {"type": "date"}}}}})
            body["priority"] = 100
            http("PUT", f"{self.url}/_index_template/test-{name}", body)
            http("PUT", f"{self.url}/{name}-000001", {"aliases": {name: {"is_write_index": True}}})

    def count(self, name):
        http("POST", f"{self.url}/{name}-*/_refresh")
        return http_json("GET", f"{self.url}/{name}-*/_count")["count"]

    def hits(self, name, source=False):
        return every_hit(lambda method, path, body=None: http_json(method, self.url + path, body), name, source)

    def ids(self, name):
        return sorted(f"{hit['_index']} {hit['_id']}" for hit in self.hits(name))
