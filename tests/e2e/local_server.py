"""What the HTTP servers that stand between agent and target in tests have in common. Standard library only."""
import http.server
import socketserver
import threading


class LocalServer(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Serves on 127.0.0.1 in threads of its own until it is left as a context."""
    daemon_threads = True

    def __init__(self, port, handler):
        super().__init__(("127.0.0.1", port), handler)
        self.context = None  # of TLS; None: plain
        self.heads = []      # (method, target, headers, …) of each request that it saw
        self.lock = threading.Lock()

    def start(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __exit__(self, *unused):
        self.shutdown()
        self.server_close()

    @property
    def url(self):
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        pass  # connections end in every way here


class QuietHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *unused):
        pass
