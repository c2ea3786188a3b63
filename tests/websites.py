"""Websites on loopback that behave as scripted: by host name, over http and https.

    with websites(folder) as web:
        site = web.site("www.agence-martin.example")
        site.answers("/", html("<p>Bonjour</p>"))
        client = WebClient("Tests", addresses=web.addresses, ca_file=web.ca_file)

Only hosts made by `site` are dialled here; any other name goes the way of the public internet. A path that nobody
scripted answers 404, `"*"` scripts them all.
"""

import contextlib
import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .certificates import Authority

Send = Callable[[bytes], None]


@dataclass(frozen=True)
class Answer:
    """`wait` seconds pass before it. With `by_hand` that function sends all there is, head included."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    by_hand: Callable[[Send], None] | None = None


@dataclass(frozen=True)
class Asked:
    scheme: str
    path: str
    headers: Mapping[str, str]
    method: str = "GET"
    body: bytes = b""


class Site:
    """One host. `https` and `http` may be taken away: then its connections are closed without a word."""

    def __init__(self, host: str, context: ssl.SSLContext) -> None:
        self.host = host
        self.context = context
        self.asked: list[Asked] = []
        self.https = self.http = True
        self._pages: dict[tuple[str, str], Answer] = {}

    def answers(self, path: str, answer: Answer, *, scheme: str = "") -> None:
        """Scripts a path, with its query, for one scheme or for both."""
        for each in [scheme] if scheme else ["http", "https"]:
            self._pages[each, path] = answer

    def answer(self, scheme: str, path: str) -> Answer:
        lost = Answer(404, b"<h1>Page introuvable</h1>", {"Content-Type": "text/html"})
        return self._pages.get((scheme, path)) or self._pages.get((scheme, "*")) or lost

    def paths(self, scheme: str = "https") -> list[str]:
        return [asked.path for asked in self.asked if asked.scheme == scheme]


def html(body: str, head: str = "", **answer: object) -> Answer:
    """A whole page."""
    page = f"<!doctype html><html><head><title>Agence</title>{head}</head><body>{body}</body></html>"
    return with_body(page.encode(), **{"content_type": "text/html; charset=utf-8", **answer})


def with_body(
    body: bytes,
    *,
    status: int = 200,
    content_type: str = "",
    headers: Mapping[str, str] | None = None,
    wait: float = 0.0,
) -> Answer:
    typed = {"Content-Type": content_type} if content_type else {}
    return Answer(status, body, {**typed, **(headers or {})}, wait)


def redirect(to: str, status: int = 301) -> Answer:
    return Answer(status, b"moved", {"Location": to})


def by_hand(*steps: bytes | float) -> Answer:
    """Sends bytes and sleeps seconds as listed, then ends the connection."""

    def send_all(send: Send) -> None:
        for step in steps:
            time.sleep(step) if isinstance(step, (int, float)) else send(step)

    return Answer(by_hand=send_all)


def endless(piece: bytes = b"<p>encore</p>" * 1000, *, pause: float = 0.0, head: bytes = b"") -> Answer:
    """A body, or with `head` whatever that begins, which never ends."""

    def send_on(send: Send) -> None:
        send(head or b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            send(piece)
            time.sleep(pause)

    return Answer(by_hand=send_on)


def bomb(size: int = 50_000_000) -> Answer:
    """A small compressed body of `size` bytes."""
    return Answer(200, gzip.compress(b"0" * size), {"Content-Type": "text/html", "Content-Encoding": "gzip"})


class Websites:
    """Holds the sites and their two servers."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.sites: dict[str, Site] = {}
        self._servers = {scheme: _Server(scheme, self.sites) for scheme in ("http", "https")}

    @property
    def ca_file(self) -> str:
        return str(self.authority.file)

    @property
    def addresses(self) -> dict[tuple[str, str, int], tuple[str, int]]:
        ports = {"http": 80, "https": 443}
        return {
            (scheme, host, ports[scheme]): ("127.0.0.1", server.server_port)
            for scheme, server in self._servers.items()
            for host in self.sites
        }

    @property
    def setting(self) -> str:
        """The same as the setting SITE_ADDRESSES reads it."""
        return ",".join(
            f"{scheme}://{host}={ip}:{port}" for (scheme, host, _), (ip, port) in self.addresses.items()
        )

    def site(
        self, host: str, *, days: float = 90, named: str = "", authority: Authority | None = None
    ) -> Site:
        """A site whose certificate ends in so many `days`, is for `named`, or is of another `authority`."""
        context = (authority or self.authority).context(named or host, days=days)
        self.sites[host] = Site(host, context)
        return self.sites[host]

    def close(self) -> None:
        for server in self._servers.values():
            server.stop()


@contextlib.contextmanager
def websites(folder: Path) -> Iterator[Websites]:
    web = Websites(folder)
    try:
        yield web
    finally:
        web.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, scheme: str, sites: Mapping[str, Site]) -> None:
        self.scheme, self.sites = scheme, sites
        self.open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.sni_callback = self._choose
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def server_bind(self) -> None:
        # HTTPServer's own looks the host's name up, which may take seconds where there is no resolver.
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address

    def _choose(self, sock: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        site = self.sites.get(name or "")
        if site is None or not site.https:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        sock.context = site.context
        return None

    def finish_request(self, request: socket.socket, client_address: object) -> None:
        self.open.add(request)
        with contextlib.suppress(OSError):
            if self.scheme == "https":
                request.settimeout(5)
                with self.context.wrap_socket(
                    request, server_side=True, suppress_ragged_eofs=True
                ) as wrapped:
                    wrapped.settimeout(None)
                    self.open.add(wrapped)
                    super().finish_request(wrapped, client_address)
            else:
                super().finish_request(request, client_address)

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        for sock in list(self.open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        site = self.server.sites.get(self.headers.get("Host", "").partition(":")[0])
        if site is None or not getattr(site, self.server.scheme):
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        site.asked.append(
            Asked(self.server.scheme, self.path, dict(self.headers.items()), self.command, body)
        )
        answer = site.answer(self.server.scheme, self.path)
        time.sleep(answer.wait)
        if answer.by_hand is not None:
            self.close_connection = True
            answer.by_hand(self.connection.sendall)
            return
        self.send_response_only(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
