"""The fault dial: which calls misbehave, in which way, and how often."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from fnmatch import fnmatchcase
from threading import Lock

from portal.sandbox import wire
from portal.sandbox.bomb import gzip_bomb
from portal.sandbox.messages import HTML, Answer, Refusal
from portal.sandbox.routing import Route
from portal.sandbox.systems import Exchange

MAINTENANCE = b"<!doctype html><title>Maintenance</title><h1>The site is being improved</h1>"
Kind = Callable[["Fault", Exchange], Answer]


@dataclass(slots=True)
class Fault:
    """One setting of the dial. Empty fields match everything; `path` is a glob on the whole path;
    `times` None means until cleared; `value` is the kind's own: seconds, milliseconds or a location.
    """

    kind: str
    operation: str = ""
    method: str = ""
    path: str = ""
    times: int | None = None
    value: str = ""

    def matches(self, route: Route, path: str) -> bool:
        return (
            self.operation in ("", route.operation)
            and self.method in ("", route.method)
            and (not self.path or fnmatchcase(path, self.path))
        )

    def number(self, default: float) -> float:
        """`value` as a finite, not negative number, else the default."""
        try:
            number = float(self.value)
        except ValueError:
            return default
        return number if math.isfinite(number) and number >= 0 else default


class Dial:
    """The faults in force. Each matching call uses up one of the first fault that fits."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds = kinds
        self._faults: list[Fault] = []
        self._lock = Lock()

    def set(self, fault: Fault) -> None:
        """Raises `ValueError` for an unknown kind or a count below one."""
        if fault.kind not in self.kinds:
            raise ValueError(f"unknown fault {fault.kind!r}; known: {', '.join(sorted(self.kinds))}")
        if fault.times is not None and fault.times < 1:
            raise ValueError("times must be at least 1")
        if "\r" in fault.value or "\n" in fault.value:
            raise ValueError("value must be one line")
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def current(self) -> list[Fault]:
        with self._lock:
            return [replace(fault) for fault in self._faults]

    def take(self, route: Route, path: str) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.matches(route, path):
                    if fault.times is not None:
                        fault.times -= 1
                        if not fault.times:
                            self._faults.remove(fault)
                    return fault
        return None


def throttled(fault: Fault, exchange: Exchange) -> Answer:
    seconds = math.ceil(fault.number(30))
    return _with_header(_refused(429, "Rate limit exceeded", exchange), "Retry-After", str(seconds))


def throttled_until(fault: Fault, exchange: Exchange) -> Answer:
    until = formatdate(time.time() + fault.number(30), usegmt=True)
    return _with_header(_refused(429, "Rate limit exceeded", exchange), "Retry-After", until)


def refusing(status: int, message: str | list[str]) -> Kind:
    def refuse(fault: Fault, exchange: Exchange) -> Answer:
        return exchange.system.refusal(Refusal(status, message))

    return refuse


def html_200(fault: Fault, exchange: Exchange) -> Answer:
    return Answer(200, MAINTENANCE, HTML)


def not_json(fault: Fault, exchange: Exchange) -> Answer:
    return Answer(200, b"OK: {estates; not ready}")


def truncated_json(fault: Fault, exchange: Exchange) -> Answer:
    answer = exchange.work()
    return replace(answer, body=answer.body[: max(1, len(answer.body) // 2)])


def redirect(fault: Fault, exchange: Exchange) -> Answer:
    return Answer(302, b"", "", {"Location": fault.value or "https://elsewhere.invalid/"})


def bombed(fault: Fault, exchange: Exchange) -> Answer:
    return Answer(200, gzip_bomb(), headers={"Content-Encoding": "gzip"})


def slow(fault: Fault, exchange: Exchange) -> Answer:
    exchange.pause(fault.number(2_000) / 1_000)
    return exchange.work()


def endless(fault: Fault, exchange: Exchange) -> Answer:
    return Answer(deliver=wire.dripping)


def dropped(fault: Fault, exchange: Exchange) -> Answer:
    return Answer(0, deliver=wire.dropped)


def lost(fault: Fault, exchange: Exchange) -> Answer:
    exchange.work()
    return Answer(0, deliver=wire.dropped)


def late(fault: Fault, exchange: Exchange) -> Answer:
    """Done at once, but said so only when the caller may have left."""
    answer = exchange.work()
    exchange.pause(fault.number(2_000) / 1_000)
    return answer


def done_500(fault: Fault, exchange: Exchange) -> Answer:
    """Done, and then said to have failed."""
    exchange.work()
    return _refused(500, "Internal server error", exchange)


def length_longer(fault: Fault, exchange: Exchange) -> Answer:
    return replace(exchange.work(), deliver=wire.promised_too_much)


def length_shorter(fault: Fault, exchange: Exchange) -> Answer:
    return replace(exchange.work(), deliver=wire.promised_too_little)


def _refused(status: int, message: str, exchange: Exchange) -> Answer:
    return exchange.system.refusal(Refusal(status, message))


def _with_header(answer: Answer, name: str, value: str) -> Answer:
    return replace(answer, headers={**answer.headers, name: value})


KINDS: dict[str, Kind] = {
    "throttled": throttled,
    "throttled_until": throttled_until,
    "error_500": refusing(500, "Internal server error"),
    "unavailable_503": refusing(503, "Service temporarily unavailable"),
    "wrong_key": refusing(401, "Invalid or missing API key"),
    "forbidden": refusing(403, "Your plan does not include this call"),
    "not_found": refusing(404, "Resource not found"),
    "message_list": refusing(400, ["One or more fields are invalid", "Please check your request"]),
    "message_string": refusing(400, "One or more fields are invalid"),
    "html_200": html_200,
    "not_json": not_json,
    "truncated_json": truncated_json,
    "length_longer": length_longer,
    "length_shorter": length_shorter,
    "redirect": redirect,
    "gzip_bomb": bombed,
    "endless": endless,
    "slow": slow,
    "dropped": dropped,
    "lost": lost,
    "late": late,
    "done_500": done_500,
}
