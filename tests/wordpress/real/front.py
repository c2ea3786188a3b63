"""What a host puts before WordPress: https with a certificate, and http that leads there."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.parse import quote, urlencode

from portal.sandbox.messages import Answer, Request
from portal.sandbox.server import Server
from portal.sandbox.websites.authority import Authority
from portal.sandbox.websites.doors import TlsServer

KEPT = ("Location", "Link", "X-Robots-Tag", "X-Redirect-By")


@dataclass(frozen=True, slots=True)
class Front:
    """How the portal finds the site: `addresses` and `ca_file` are for SITE_ADDRESSES and SITE_CA_FILE;
    `places` says where which scheme is.
    """

    domain: str
    places: dict[str, str]
    ca_file: str

    @property
    def addresses(self) -> str:
        return ",".join(f"{scheme}://{self.domain}={place}" for scheme, place in self.places.items())


@contextmanager
def front(domain: str, port: int, folder: Path) -> Iterator[Front]:
    """Serves the WordPress that listens on the port."""
    authority = Authority()
    secure = authority.context(domain)

    def lead_on(request: Request) -> Answer:
        return Answer(301, b"", "", {"Location": f"https://{domain}{request.path}"})

    def pass_on(request: Request) -> Answer:
        return ask(port, request)

    servers = (
        TlsServer("127.0.0.1", 0, pass_on, lambda name: secure),
        Server("127.0.0.1", 0, lead_on),
    )
    threads = [Thread(target=server.serve_forever, args=(0.02,)) for server in servers]
    for thread in threads:
        thread.start()
    try:
        ports = [server.server_port for server in servers]
        places = {s: f"127.0.0.1:{port}" for s, port in zip(("https", "http"), ports, strict=True)}
        yield Front(domain, places, str(authority.write(folder)))
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.stop()
            thread.join()


def ask(port: int, request: Request) -> Answer:
    """WordPress' own answer to a visitor's request, who came by https."""
    query = f"?{urlencode(request.query)}" if request.query else ""
    headers = {"Host": request.headers.get("host", ""), "X-Forwarded-Proto": "https"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(request.method, quote(request.path, safe="/%") + query, headers=headers)
        answer = connection.getresponse()
        kept = {name: answer.headers[name] for name in KEPT if name in answer.headers}
        return Answer(answer.status, answer.read(), answer.headers.get("Content-Type", ""), kept)
    finally:
        connection.close()
