"""A webhook receiver on loopback, which keeps what is posted to it."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver(ThreadingHTTPServer):
    """`alerts` are the bodies so far; `answers` the statuses it gives next, 200 once used up.

    `delay` is how many seconds an answer takes, `header` one that each answer has.
    """

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/hook?token=t0ken-7f3a"
        self.alerts = []
        self.answers = []
        self.delay = 0
        self.header = b""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status == 200:
            self.server.alerts.append(json.loads(body))
        time.sleep(self.server.delay)
        self.send_response(status)
        self._headers_buffer += [self.server.header] * bool(self.server.header)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def receiving():
    """A Receiver that serves until the block ends."""
    receiver = Receiver()
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
