"""One end in time for a whole call, down to the single read from the socket.

A time-out alone bounds the silence between two bytes, so an answer that drips could hold a worker for ever.
Here every wait on the socket gets what is left of the call: for the request, the headers, the body alike.
"""

from __future__ import annotations

import http.client
import io
import math
import socket
import time
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Deadline:
    """A moment `seconds` from now; `left()` raises TimeoutError once it has passed.

    Until then no piece of a body may take longer to send than `piece` seconds.
    """

    def __init__(self, seconds: float, piece: float = math.inf) -> None:
        self.end = time.monotonic() + seconds
        self.piece = piece

    def remaining(self) -> float:
        return self.end - time.monotonic()

    def left(self) -> float:
        remaining = self.remaining()
        if remaining <= 0:
            raise TimeoutError("The time for this call is over")
        return remaining


# urllib3 offers no way to hand a value to the connection that it picks from its pool.
current_deadline: ContextVar[Deadline | None] = ContextVar("current_deadline", default=None)


class _TimedReader(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: Deadline) -> None:
        self.raw, self.sock, self.deadline = raw, sock, deadline
        self.silence = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self.deadline.left()
        self.sock.settimeout(left if self.silence is None else min(left, self.silence))
        return self.raw.readinto(buffer)

    def close(self) -> None:
        self.raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        deadline = current_deadline.get()
        if deadline is not None:
            self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock, deadline))


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse

    def send(self, data: Any) -> None:
        deadline = current_deadline.get()
        if deadline is not None and self.sock is not None:
            # Until the answer begins a connection has the time-out of connecting: too short for a long body.
            self.sock.settimeout(min(deadline.left(), deadline.piece))
        super().send(data)


class _TimedTLSConnection(_TimedConnection, HTTPSConnection):
    certificate: dict[str, Any] = {}

    def connect(self) -> None:
        super().connect()
        # Read now: an answer that ends the connection takes the socket away before anybody could look.
        self.certificate = self.sock.getpeercert() or {}  # type: ignore[union-attr]


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedTLSPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTLSConnection


class TimedAdapter(HTTPAdapter):
    """Its connections keep `current_deadline`."""

    def __init__(self, *, pool_size: int = 10) -> None:
        super().__init__(pool_connections=2, pool_maxsize=pool_size)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _TimedPool, "https": _TimedTLSPool}
