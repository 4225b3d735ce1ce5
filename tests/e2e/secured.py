"""A real OpenSearch with the security plug-in: TLS, users, roles."""
import base64
import json
import ssl
import subprocess
import urllib.error
import urllib.request

import pytest

from harness import free_port
from opensearch_node import NODE


def password_of(user):
    return "admin-password" if user == "admin" else "Zzz-7431-correct-horse"  # a name in it is refused


class Secured:
    def __init__(self, work, version):
        self.data = work / "secured"
        started = subprocess.run([NODE, "start", "--version", version, "--port", str(free_port()), "--data", self.data, "--security"],
                                 capture_output=True, text=True, timeout=600)
        if started.returncode == 77:
            pytest.skip(started.stderr.strip())
        assert started.returncode == 0, started.stderr
        self.url, self.ca = started.stdout.strip(), self.data / "config" / "ca.pem"
        self.tls = ssl.create_default_context(cafile=self.ca)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        subprocess.run([NODE, "stop", "--data", self.data], check=False)

    def ask(self, user, method, path, body=None):
        """(status, answer) as a user."""
        data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        request = urllib.request.Request(self.url + path, data, method=method, headers={
            "Content-Type": "application/json", "Authorization": "Basic " + base64.b64encode(f"{user}:{password_of(user)}".encode()).decode()})
        try:
            with urllib.request.urlopen(request, context=self.tls, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def admin(self, method, path, body=None):
        status, answer = self.ask("admin", method, path, body)
        assert status < 300, f"{method} {path}: {status} {answer}"
        return answer

    def sink(self, work, user):
        password = work / f"{user}.password"
        password.write_text(password_of(user) + "\n")
        return {"type": "opensearch", "opensearch": {"hosts": [self.url], "username": user, "password_file": str(password),
                                                     "tls": {"ca_file": str(self.ca)}}}

    def refused(self, user, method, path, body=None):
        status, answer = self.ask(user, method, path, body)
        assert status == 403, f"{user} may {method} {path}: {status} {answer}"


def add_user(node, user, role):
    node.admin("PUT", f"/_plugins/_security/api/internalusers/{user}", {"password": password_of(user)})
    node.admin("PUT", f"/_plugins/_security/api/rolesmapping/{role}", {"users": [user]})
