"""Another system that takes webhooks, on this machine."""

import json
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message(self):
        return json.loads(self.body)


class Receiver:
    """Answers 204, or what `answers` says for the next requests: a status, or a status, a text
    and headers."""

    def __init__(self):
        self.received, self.answers = [], deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hooks?of=portal"
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def handler_of(receiver):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append(Received(self.path, headers, body))
            answer = receiver.answers.popleft() if receiver.answers else 204
            status, text, headers = answer if isinstance(answer, tuple) else (answer, "", {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status // 100 == 3:
                self.send_header("Location", f"http://127.0.0.1:{receiver.port}/elsewhere")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *words):
            pass

    return Handler
