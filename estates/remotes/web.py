"""The web at addresses that people typed: no key of ours, no cookie, nothing but the public internet."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from ssl import cert_time_to_seconds
from typing import Self
from urllib.parse import urljoin, urlsplit

import requests
from requests_hardened.ip_filter import filter_host

from .body import pieces
from .certificates import certificate_end
from .deadline import Deadline, current_deadline
from .errors import Malformed, Reason, RemoteError, Unreachable
from .metrics import note_call
from .origins import DEFAULT_PORTS, Addresses, origin
from .replies import TRANSPORT
from .session import open_public_session
from .transport import transport_error

CONNECT_SECONDS = 5.0
REDIRECTS = {301, 302, 303, 307, 308}
ADDRESS_LIMIT = 2000
WEBSITES = "websites"
"""What all of them together are called as a remote system."""


@dataclass(frozen=True, slots=True)
class Hop:
    """An address that redirected, and the status with which it did."""

    url: str
    status: int


@dataclass(frozen=True, slots=True)
class Page:
    """The answer where the redirects ended. Any status is an answer.

    `headers` have lower-case names. `body` is decoded and ends at the size asked for; `cut` says that there was
    more. `seconds` run to the end of the body, redirects included. `tls_ends_at` is the end of the certificate.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool
    hops: tuple[Hop, ...]
    seconds: float
    tls_ends_at: datetime | None


class WebClient:
    """Reads pages; safe for many threads. For `addresses` see PublicAdapter; `ca_file` adds trusted authorities.

    It goes to http and https on their usual ports only, and to each address of a redirect as carefully as to the
    first. Resolving a name is up to the system's resolver and its own time-outs.
    """

    def __init__(self, agent: str, *, addresses: Addresses | None = None, ca_file: str = "") -> None:
        self._addresses = addresses or {}
        self._session = open_public_session(addresses, ca_file)
        self._session.headers["User-Agent"] = agent

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._session.close()

    def get(
        self,
        url: str,
        *,
        accept: str = "text/html",
        max_bytes: int = 2_000_000,
        seconds: float = 10.0,
        redirects: int = 5,
    ) -> Page:
        """The page at `url` within `seconds`; with `redirects=0` a redirect is an answer like any other.

        Raises Unreachable or Malformed with a `reason`, and `at`: the address, maybe of a redirect, that failed.
        """
        began, deadline, hops = time.monotonic(), Deadline(seconds), list[Hop]()
        token = current_deadline.set(deadline)
        try:
            while True:
                request = self._prepared(requests.Request("GET", url, headers={"Accept": accept}))
                with self._sent(request, deadline) as answer:
                    target = _target(answer) if redirects else None
                    if target is None:
                        page = _page(answer, max_bytes, tuple(hops), began)
                        note_call(WEBSITES, page.seconds, None)
                        return page
                if len(hops) == redirects:
                    raise Unreachable("One redirect leads to the next", reason=Reason.REDIRECTS)
                hops.append(Hop(request.url or "", answer.status_code))
                url = target
        except TRANSPORT as failure:
            error = transport_error(failure)
        except RemoteError as failure:
            error = failure
        finally:
            current_deadline.reset(token)
        note_call(WEBSITES, time.monotonic() - began, error)
        raise _located(error, url, redirected=bool(hops)).with_traceback(None)

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        max_bytes: int = 4_000,
        seconds: float = 15.0,
    ) -> Page:
        """Sends `body` once, and gives what is answered within `seconds`; a redirect is an answer like any other.

        Raises as `get` does.
        """
        began, deadline = time.monotonic(), Deadline(seconds)
        token = current_deadline.set(deadline)
        try:
            request = self._prepared(requests.Request("POST", url, headers=dict(headers), data=body))
            with self._sent(request, deadline) as answer:
                return _page(answer, max_bytes, (), began)
        except TRANSPORT as failure:
            error = transport_error(failure)
        except RemoteError as failure:
            error = failure
        finally:
            current_deadline.reset(token)
        raise _located(error, url, redirected=False).with_traceback(None)

    def certificate_ends_at(self, url: str, *, seconds: float = 3.0) -> datetime | None:
        """The end of the certificate at an https address, also of one that no client trusts; None for none."""
        asked = _, name, port = origin(url)
        try:
            found = self._addresses.get(asked) or (filter_host(name, port, allow_loopback=False), port)
            return certificate_end((found[0].strip("[]"), found[1]), name, seconds)
        except (*TRANSPORT, ValueError):
            return None

    def check(self, url: str) -> None:
        """Raises Malformed for what `get` and `post` would never reach; a name is not resolved for that."""
        try:
            asked = origin(self._prepared(requests.Request("GET", url)).url or "")
            if asked not in self._addresses and _is_numeric(asked[1]):
                filter_host(asked[1], asked[2], allow_loopback=False)
        except TRANSPORT as failure:
            raise transport_error(failure) from None

    def _prepared(self, asked: requests.Request) -> requests.PreparedRequest:
        if len(asked.url) > ADDRESS_LIMIT or not asked.url.lower().startswith(("http://", "https://")):
            raise Malformed("Not the address of a web page", reason=Reason.ADDRESS)
        request = self._session.prepare_request(asked)
        # What requests made of it is judged, for that is where it will go.
        if not self._may_go_to(request.url or ""):
            raise Malformed("Not the address of a web page", reason=Reason.ADDRESS)
        return request

    def _may_go_to(self, url: str) -> bool:
        try:
            asked = origin(url)
        except ValueError:
            return False
        usual = asked[2] in DEFAULT_PORTS.values() or asked in self._addresses
        return usual and "@" not in urlsplit(url).netloc

    def _sent(self, request: requests.PreparedRequest, deadline: Deadline) -> requests.Response:
        timeout = (min(CONNECT_SECONDS, deadline.left()), deadline.left())
        return self._session.send(request, stream=True, allow_redirects=False, timeout=timeout)


def _is_numeric(host: str) -> bool:
    """Also in the forms that only the system's resolver reads as numbers: `127.1`, `0x7f000001`."""
    try:
        return bool(socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST))
    except socket.gaierror:
        return False


def _target(answer: requests.Response) -> str | None:
    """Where a redirect leads. Raises Malformed when that is no address."""
    location = answer.headers.get("Location")
    if answer.status_code not in REDIRECTS or not location:
        return None
    # Servers write the bytes of UTF-8 into a header that is read as Latin-1.
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode()
    try:
        return urljoin(answer.url, location)
    except ValueError:
        raise Malformed("The redirect leads to no address", reason=Reason.REDIRECT) from None


def _page(answer: requests.Response, max_bytes: int, hops: tuple[Hop, ...], began: float) -> Page:
    certificate = getattr(answer.raw.connection, "certificate", {})
    ends = certificate.get("notAfter")
    body = bytearray()
    for piece in pieces(answer.raw, max_bytes + 1):
        body += piece
        if len(body) > max_bytes:
            break
    return Page(
        url=answer.url,
        status=answer.status_code,
        headers={name.lower(): value for name, value in answer.headers.items()},
        body=bytes(body[:max_bytes]),
        cut=len(body) > max_bytes,
        hops=hops,
        seconds=time.monotonic() - began,
        tls_ends_at=datetime.fromtimestamp(cert_time_to_seconds(ends), UTC) if ends else None,
    )


def _located(error: RemoteError, url: str, *, redirected: bool) -> RemoteError:
    error.at = url
    error.reason = error.reason or Reason.BROKEN
    if redirected and error.reason in (Reason.NOT_PUBLIC, Reason.ADDRESS):
        error.reason = Reason.REDIRECT
    return error
