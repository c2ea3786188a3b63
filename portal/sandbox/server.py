"""HTTP/1.1 on loopback: keep-alive, one thread for each connection, bounded bodies."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock
from typing import Any
from urllib.parse import parse_qsl

from portal.sandbox.messages import Answer, Refusal, Request, json_answer
from portal.sandbox.wire import Wire, whole

BODY_LIMIT = 128 * 1024 * 1024
"""Three files of 25 MB in Base64, and some more."""
QUERY_FIELDS = 200
MOST_SKIPPED = 1_000_000_000
PIECE = 1_000_000
Bound = Callable[[str], int | None]


class Server(ThreadingHTTPServer):
    """Passes every request to `respond`; `stop` ends idle and dripping connections too."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(
        self,
        host: str,
        port: int,
        respond: Callable[[Request], Answer],
        bound: Bound = lambda path: None,
    ) -> None:
        """`bound` names the longest body at a path whose system refuses longer ones itself.

        Raises `ValueError` for a host that is not this machine's loopback, `OSError` for a port in use.
        """
        require_loopback(host)
        self.bound = bound
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.respond = respond
        self.stopping = Event()
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__((host, port), Handler)

    def server_bind(self) -> None:
        # HTTPServer's own looks the host's name up, which may take seconds where there is no resolver.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def process_request(self, request: Any, client_address: Any) -> None:
        self.follow(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.forget(request)
        super().shutdown_request(request)

    def follow(self, connection: socket.socket) -> None:
        """`stop` will end this connection, unless it is forgotten before."""
        with self._lock:
            self._open.add(connection)

    def forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up or distrusts us is everyday life here; anything else is a defect and is shown."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError, ssl.SSLError)):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        with self._lock:
            for connection in self._open:
                try:
                    # Not its own method: a TLS socket's pulls the session from under the thread that reads.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was faster
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    server: Server

    def answer(self) -> None:
        keep_alive = not self.close_connection
        wire = Wire(
            self.connection, self.server.stopping, head_only=self.command == "HEAD", keep_alive=keep_alive
        )
        try:
            answer = self.server.respond(self._request())
        except Refusal as refusal:
            # The body was not read: the next request on this connection could not be found.
            wire.keep_alive = False
            answer = json_answer({"statusCode": refusal.status, "message": refusal.message}, refusal.status)
        (answer.deliver or whole)(wire, answer)
        self.close_connection = not wire.keep_alive

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def _request(self) -> Request:
        path, _, query = self.path.partition("?")
        body = self._body(path)
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=QUERY_FIELDS)
        except ValueError:
            raise Refusal(400, "Too many parameters") from None
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, path, tuple(pairs), headers, body)

    def _body(self, path: str) -> bytes:
        if "Transfer-Encoding" in self.headers:
            raise Refusal(411, "Content-Length required")
        declared = self.headers.get("Content-Length", "0")
        if not (declared.isascii() and declared.isdigit()):
            raise Refusal(400, "Bad Content-Length")
        bound, length = self.server.bound(path), int(declared[:20])
        if length > (BODY_LIMIT if bound is None else MOST_SKIPPED):
            raise Refusal(413, "Request entity too large")
        if bound is not None and length > bound:
            self._skip(length)
            return b""
        body = self.rfile.read(int(declared)) if int(declared) else b""
        if len(body) < int(declared):
            raise ConnectionAbortedError("The caller left in the middle of a body")
        return body

    def _skip(self, length: int) -> None:
        """Reads a body and forgets it: the caller gets to read the refusal, and the connection stays usable."""
        while length > 0:
            got = len(self.rfile.read(min(length, PIECE)))
            if not got:
                raise ConnectionAbortedError("The caller left in the middle of a body")
            length -= got

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the inbox is the log."""


def require_loopback(host: str) -> None:
    """Raises `ValueError` unless the host is `localhost` or a loopback address."""
    if host == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ValueError(f"the sandbox listens on loopback only, not on {host!r}")
