"""Callers of AVIV in the sandbox, and a listener for the webhooks that it sends."""

import http.server
import threading
import time

import pytest
import requests

from portal.sandbox import sandbox


@pytest.fixture
def box():
    with sandbox(estates=20, leads=0) as running:
        yield running


@pytest.fixture
def martin(box):
    return box.aviv.accounts["martin"]


class Caller(requests.Session):
    """Calls an environment with paths below its address."""

    def __init__(self, address, token):
        super().__init__()
        self.trust_env = False
        self.address = address
        if token:
            self.headers["Authorization"] = f"Bearer {token}"

    def request(self, method, url, **options):
        options.setdefault("timeout", 10)
        address = url if url.startswith("http") else self.address + url
        return super().request(method, address, **options)


@pytest.fixture
def caller():
    """`caller(account)` calls with its token, `caller(account, "x")` with another one."""
    opened = []

    def get(account, token=None):
        opened.append(Caller(account.address, account.token if token is None else token))
        return opened[-1]

    yield get
    for session in opened:
        session.close()


@pytest.fixture
def agency(caller, martin):
    return caller(martin)


@pytest.fixture
def week():
    now = int(time.time()) + 1
    return {"minDate": now - 7 * 86_400, "maxDate": now}


class Listener:
    """Where webhooks arrive: `heard` has header names in lower case, and the body, in order of arrival."""

    def __init__(self):
        self.heard, self.status = [], 200
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                listener.heard.append((self.path, headers, body))
                self.send_response(listener.status)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def listener():
    listening = Listener()
    yield listening
    listening.close()
