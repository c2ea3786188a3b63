"""What travels through the sandbox: a request, an answer, and the refusal that a handler raises."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.sandbox.wire import Wire

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


class Refusal(Exception):
    """A handler's "no": HTTP status and the words for the caller, a list or a string."""

    def __init__(self, status: int, message: str | list[str]) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Request:
    """One request as read from the socket; `path` still percent-encoded, header names in lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> object:
        """The body as JSON; raises `Refusal` 400 when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Refusal(400, f"Unexpected body, not JSON: {type(error).__name__}") from None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `deliver` replaces the plain way of sending it when the wire itself must misbehave."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    deliver: Callable[[Wire, Answer], None] | None = None


def json_answer(value: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value, ensure_ascii=False).encode())
