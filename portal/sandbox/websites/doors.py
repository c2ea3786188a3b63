"""The two ports of the websites. At the https one each name gets its certificate, sound or as the dial wants it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from portal.sandbox.messages import Answer, Request
from portal.sandbox.server import Handler, Server
from portal.sandbox.websites.system import Websites

HANDSHAKE_SECONDS = 10
Visit = Callable[[str, Request], Answer]


class OnceOnly(Handler):
    """One request a connection, so that each meets the certificate of the moment."""

    protocol_version = "HTTP/1.0"


class TlsServer(Server):
    """`context_for(name)` is asked at every handshake; the name is empty for callers that give none."""

    def __init__(
        self,
        host: str,
        port: int,
        respond: Callable[[Request], Answer],
        context_for: Callable[[str], ssl.SSLContext],
    ) -> None:
        super().__init__(host, port, respond)

        def choose(connection: Any, name: str | None, _: ssl.SSLContext) -> None:
            connection.context = context_for((name or "").lower())

        self._context = context_for("")
        self._context.sni_callback = choose

    def finish_request(self, request: Any, client_address: Any) -> None:
        """The handshake happens in the connection's own thread: a silent caller holds up nobody."""
        request.settimeout(HANDSHAKE_SECONDS)
        with self._context.wrap_socket(request, server_side=True, do_handshake_on_connect=False) as wrapped:
            self.follow(wrapped)
            try:
                wrapped.do_handshake()
                OnceOnly(wrapped, client_address, self)
            finally:
                self.forget(wrapped)


class Doors:
    """Both servers, and how the portal finds them although no name service knows the websites."""

    def __init__(
        self, websites: Websites, visit: Visit, host: str, ports: tuple[int, int], folder: Path
    ) -> None:
        """`ports` for http and https, 0 takes a free one. Raises `OSError` for a port in use."""
        self._websites = websites
        self.http = Server(host, ports[0], partial(visit, "http"))
        try:
            self.https = TlsServer(host, ports[1], partial(visit, "https"), websites.context_for)
        except OSError:
            self.http.server_close()
            raise
        self.servers: tuple[Server, ...] = (self.http, self.https)
        self._host = f"[{host}]" if ":" in host else host
        self.ca_file = websites.authority.write(folder)

    def addresses(self, further: Iterable[str] = ()) -> dict[str, str]:
        """`https://www.agence-martin.example` → `127.0.0.1:8843`, and so on for every website and scheme."""
        domains = sorted({*self._websites.domains(), *further})
        doors = (("https", self.https.server_port), ("http", self.http.server_port))
        return {f"{s}://{domain}": f"{self._host}:{port}" for domain in domains for s, port in doors}

    def setting(self, further: Iterable[str] = ()) -> str:
        """The same on one line, as the portal's SITE_ADDRESSES has it."""
        return ",".join(f"{origin}={place}" for origin, place in self.addresses(further).items())

    def local_address(self, domain: str) -> str:
        """For a browser on this machine, which finds every name below `localhost` by itself."""
        return f"http://{domain}.localhost:{self.http.server_port}/"
