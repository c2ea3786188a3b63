"""The ways in which an answer goes onto the socket: one right one, and the broken ones of the fault dial."""

from __future__ import annotations

import socket
from email.utils import formatdate
from http import HTTPStatus
from threading import Event

from portal.sandbox.messages import Answer

DRIP_SECONDS = 0.1
LENGTH_ERROR = 64


class Wire:
    """One connection while one request is answered; it is closed afterwards unless `keep_alive`."""

    def __init__(
        self, connection: socket.socket, stopping: Event, *, head_only: bool, keep_alive: bool
    ) -> None:
        self.connection = connection
        self.stopping = stopping
        self.head_only = head_only
        self.keep_alive = keep_alive

    def send(self, answer: Answer, length: int | None, body: bytes) -> None:
        """Head and body in one write; a `length` of None ends with the connection."""
        if length is None:
            self.keep_alive = False
        head = [f"HTTP/1.1 {answer.status} {reason(answer.status)}", f"Date: {formatdate(usegmt=True)}"]
        if answer.content_type:
            head.append(f"Content-Type: {answer.content_type}")
        if length is not None:
            head.append(f"Content-Length: {length}")
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        head.append("Connection: keep-alive" if self.keep_alive else "Connection: close")
        head_bytes = "\r\n".join(head).encode("latin-1") + b"\r\n\r\n"
        self.connection.sendall(head_bytes if self.head_only else head_bytes + body)


def reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def whole(wire: Wire, answer: Answer) -> None:
    wire.send(answer, len(answer.body), answer.body)


def promised_too_much(wire: Wire, answer: Answer) -> None:
    """Content-Length says more than comes; then the connection closes."""
    wire.keep_alive = False
    wire.send(answer, len(answer.body) + LENGTH_ERROR, answer.body)


def promised_too_little(wire: Wire, answer: Answer) -> None:
    """Content-Length says half of what comes."""
    wire.keep_alive = False
    wire.send(answer, len(answer.body) // 2, answer.body)


def dropped(wire: Wire, answer: Answer) -> None:
    """Not one byte; the connection closes."""
    wire.keep_alive = False


def dripping(wire: Wire, answer: Answer) -> None:
    """A byte every tenth of a second, without end: until the caller hangs up or the sandbox stops."""
    wire.send(answer, None, b"[")
    _for_ever(wire, b" ", DRIP_SECONDS)


def flooding(wire: Wire, answer: Answer) -> None:
    """The body over and over, as fast as it is read."""
    wire.send(answer, None, answer.body)
    _for_ever(wire, answer.body or b" ", 0)


def _for_ever(wire: Wire, piece: bytes, pause: float) -> None:
    while not wire.stopping.wait(pause):
        try:
            wire.connection.sendall(piece)
        except OSError:
            return
