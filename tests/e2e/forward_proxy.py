"""A forward proxy: CONNECT and requests with a whole URL, with users, TLS to itself, and refusals on demand.

Standard library only.
"""
import base64
import contextlib
import http.client
import select
import socket
import ssl
from urllib.parse import urlsplit

from local_server import LocalServer, QuietHandler


class ForwardProxy(LocalServer):
    def __init__(self, port=0, pair=None):
        """pair: certificate and key, for an https:// proxy."""
        super().__init__(port, Handler)
        if pair:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*pair)
        self.user = None    # "NAME:PASSWORD", without which it answers 407
        self.refuse = None  # a status that it answers instead of passing on
        self.start()

    def methods(self):
        with self.lock:
            return {method for method, _, _ in self.heads}

    def finish_request(self, request, client_address):  # in the connection's own thread
        if self.context:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)


class Handler(QuietHandler):
    def page(self, status):
        text = b"<html>as a proxy says it</html>"
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
        self.end_headers()
        self.wfile.write(text)
        self.close_connection = True

    def may_pass(self):
        """Whether to go on; if not, it is answered."""
        proxy = self.server
        with proxy.lock:
            proxy.heads.append((self.command, self.path, dict(self.headers)))
        wanted = proxy.user and "Basic " + base64.b64encode(proxy.user.encode()).decode()
        status = proxy.refuse or (407 if wanted and self.headers.get("Proxy-Authorization") != wanted else None)
        if status:
            self.page(status)
        return status is None

    def do_CONNECT(self):
        if not self.may_pass():
            return
        host, _, port = self.path.rpartition(":")
        try:
            far = socket.create_connection((host.strip("[]"), int(port)), timeout=10)
        except OSError:
            self.page(502)
            return
        self.send_response(200, "Connection established")
        self.end_headers()
        self.close_connection = True
        with far, contextlib.suppress(OSError):
            self.join(far)

    def join(self, far):
        """Both ways, until one side ends."""
        near = self.connection
        while True:
            pending = isinstance(near, ssl.SSLSocket) and near.pending()
            ready = [near] if pending else select.select([near, far], [], [], 60)[0]
            for side in ready:
                data = side.recv(65536)
                if not data:
                    return
                (far if side is near else near).sendall(data)

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.may_pass():
            return
        where = urlsplit(self.path)
        headers = {k: v for k, v in self.headers.items() if not k.lower().startswith("proxy-")}
        try:
            link = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
            link.request(self.command, self.path[self.path.index("/", 8):], body, headers)
            reply = link.getresponse()
            text = reply.read()
        except OSError:
            self.page(502)
            return
        self.send_response(reply.status)
        for name in ("Content-Type", "Content-Encoding", "Retry-After"):
            if reply.getheader(name):
                self.send_header(name, reply.getheader(name))
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        link.close()

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = pass_on
