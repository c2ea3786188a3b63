"""A tiny Ts-Immo: answers every call with what the test has set, keeps the keys it was sent."""

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

NOTHING = {"data": [], "total": 0, "page": 1, "limit": 1}


class Remote:
    def __init__(self):
        self.keys = []
        self.status, self.body, self.pause = 200, NOTHING, 0
        self.clock, self.date = timedelta(), ""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.thread = Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def says(self, status, body):
        """`body` is JSON, or a function of the key that was sent."""
        self.status, self.body = status, body

    def accepts(self):
        self.says(200, NOTHING)

    def refuses(self):
        self.says(401, {"statusCode": 401, "message": "Invalid or missing API key"})

    def fails(self):
        self.says(500, {"statusCode": 500, "message": "Database on holiday"})

    def stop(self):
        """Nobody listens any more; may be repeated."""
        if not self.thread.is_alive():
            return
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def handler(self):
        remote = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                key = self.headers.get("X-TS-IMMO-KEY", "")
                remote.keys.append(key)
                time.sleep(remote.pause)
                body = remote.body(key) if callable(remote.body) else remote.body
                content = json.dumps(body).encode()
                self.send_response(remote.status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def date_time_string(self, timestamp=None):
                return remote.date or format_datetime(datetime.now(UTC) + remote.clock, usegmt=True)

            def log_message(self, *args):
                pass

        return Handler
