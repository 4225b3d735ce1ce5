"""A gate before a server, which can be told to misbehave: TLS with any certificate, answers of its own, answers cut short.

Certificates come from Authority, by openssl. Standard library only.
"""
import contextlib
import http.client
import socket
import ssl
import subprocess

from local_server import LocalServer, QuietHandler


class Authority:
    """A CA, and what it signs. Each certificate is a pair of files (certificate, key)."""

    def __init__(self, directory, name):
        self.directory, self.name = directory, name
        directory.mkdir(exist_ok=True)
        self.file, self.key = directory / f"{name}.pem", directory / f"{name}-key.pem"
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "7", "-subj", f"/O=auditship tests/CN={name}",
                     "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", self.key, "-out", self.file)

    @staticmethod
    def openssl(*words):
        done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"openssl {words}: {done.stderr}")

    def issue(self, name, hosts="DNS:localhost,IP:127.0.0.1", days=7):
        """days=-1: expired yesterday."""
        base = self.directory / f"{self.name}-{name}"
        certificate, key, request, extensions = (base.with_suffix(s) for s in (".pem", ".key", ".csr", ".ext"))
        extensions.write_text(f"subjectAltName={hosts}\n")
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/O=auditship tests/CN={name}", "-keyout", key, "-out", request)
        self.openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.key, "-CAcreateserial",
                     "-days", days, "-out", certificate, "-extfile", extensions)
        return certificate, key


class Gate(LocalServer):
    """Passes everything on to backend, a port of 127.0.0.1, but for what it is told."""

    def __init__(self, backend):
        super().__init__(0, Handler)
        self.backend = backend
        self.answer = None        # (status, body): instead of passing on
        self.below = ""           # the path that leads to the backend, as /opensearch: beside it there is nothing
        self.cut = 0              # so many bulks are passed on, and their answers cut in the middle
        self.start()

    def use(self, pair, client_ca=None):
        """From the next connection on this certificate; with client_ca a client must have one of it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        if client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_ca)
        self.context = context

    def finish_request(self, request, client_address):  # in the connection's own thread
        if self.context:
            request = self.context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
            try:
                request.do_handshake()
            except OSError:  # the client did not like us, or we did not like it: it shall see our alert before the end
                plain = socket.socket(fileno=request.detach())
                plain.settimeout(5)
                with contextlib.suppress(OSError), plain:
                    plain.shutdown(socket.SHUT_WR)
                    while plain.recv(65536):
                        pass
                return
        super().finish_request(request, client_address)


class Handler(QuietHandler):
    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        gate = self.server
        with gate.lock:
            gate.heads.append((self.command, self.path, dict(self.headers), body))
            cut = gate.cut > 0 and "_bulk" in self.path
            gate.cut -= 1 if cut else 0
            answer = gate.answer
        if answer is None and not self.path.startswith(gate.below + "/"):
            answer = (404, b'{"error":"nothing is here"}')
        if answer is None:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "accept-encoding", "content-length")}
            link = http.client.HTTPConnection("127.0.0.1", gate.backend, timeout=60)
            link.request(self.command, self.path[len(gate.below):], body, headers)
            reply = link.getresponse()
            answer = (reply.status, reply.read())
            link.close()
        status, text = answer
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text[:len(text) // 2] if cut else text)
        self.close_connection = self.close_connection or cut

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = pass_on
