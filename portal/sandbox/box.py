"""The sandbox as a whole: the systems, the dial, the inbox and the server, and which request goes where."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from threading import Thread
from typing import Self
from urllib.parse import urlencode

from portal.sandbox import control, faults
from portal.sandbox.aviv import Aviv
from portal.sandbox.faults import Dial, Fault
from portal.sandbox.inbox import BODY_BYTES, Inbox, Received
from portal.sandbox.messages import Answer, Refusal, Request
from portal.sandbox.pictures.system import Pictures
from portal.sandbox.server import Server
from portal.sandbox.systems import Attentive, Exchange, System
from portal.sandbox.ts_immo import TsImmo
from portal.sandbox.ts_immo.account import Account
from portal.sandbox.ts_immo.stock import Estate


class Sandbox:
    """All simulated systems on one loopback port; 0 takes a free one. Serves between `with` and its end."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        estates: int = 120,
        leads: int = 60,
        latency: float = 0,
        seed: int = 1,
    ) -> None:
        """`estates` and `leads` in each account; `latency` in milliseconds before every answer of a system.

        Raises `ValueError` for a host that is not loopback, `OSError` for a port in use.
        """
        self.server = Server(host, port, self.respond)
        shown = f"[{host}]" if ":" in host else host
        self.host = shown
        self.url = f"http://{shown}:{self.server.server_port}"
        self.latency = latency / 1_000
        self.ts_immo = TsImmo(url=self.url, estates=estates, seed=seed)
        self.aviv = Aviv(url=self.url, estates=self._listed, leads=leads, seed=seed)
        self.systems: tuple[System, ...] = (self.ts_immo, Pictures(self.ts_immo.accounts), self.aviv)
        self.dial = Dial(faults.KINDS | {name: kind for s in self.systems for name, kind in s.kinds.items()})
        self.inbox = Inbox()
        self._thread = Thread(target=self.server.serve_forever, args=(0.02,), name="sandbox")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.server.stop()
        self._thread.join()
        self.aviv.close()

    def account(self, slug: str) -> Account:
        """A Ts-Immo account: `martin`, `riviera`, or one that was created. Raises `KeyError` otherwise."""
        return self.ts_immo.accounts[slug]

    def create_account(self, slug: str, *, key: str = "", estates: int = 0) -> Account:
        return self.ts_immo.create_account(slug, key=key, estates=estates)

    def fault(
        self,
        kind: str,
        *,
        operation: str = "",
        method: str = "",
        path: str = "",
        times: int | None = None,
        value: str | float = "",
    ) -> None:
        """Turns the dial: see `faults.Fault` for the fields, `faults.KINDS` for the kinds."""
        self.dial.set(Fault(kind, operation, method.upper(), path, times, str(value)))

    def clear_faults(self) -> None:
        self.dial.clear()

    @property
    def received(self) -> list[Received]:
        """Requests to the systems, oldest first; not those for pictures, nor those that drive the sandbox."""
        return [entry for entry in self.inbox if entry.system != Pictures.name]

    def respond(self, request: Request) -> Answer:
        """The answer to any request; what a system gets is logged."""
        system = self._system(request.path)
        if system is None:
            return control.respond(self, request)
        started = time.perf_counter()
        try:
            with system.attend(request) if isinstance(system, Attentive) else nullcontext():
                operation, fault, answer = self._answer(system, request)
        except Refusal as refusal:
            operation, fault, answer = "", "", system.refusal(refusal)
        if system.name != Pictures.name:
            milliseconds = (time.perf_counter() - started) * 1_000
            self._log(system, operation, fault, request, answer.status, milliseconds)
        return answer

    def _system(self, path: str) -> System | None:
        return next((s for s in self.systems if path == s.base or path.startswith(f"{s.base}/")), None)

    def _listed(self, slug: str) -> list[Estate]:
        account = self.ts_immo.accounts.get(slug)
        return account.estates if account else []

    def _answer(self, system: System, request: Request) -> tuple[str, str, Answer]:
        """Operation, kind of fault, and the answer."""
        if self.latency and system.name != Pictures.name:
            self.server.stopping.wait(self.latency)
        try:
            route, names = system.router.match(request.method, request.path.removeprefix(system.base))
        except Refusal as refusal:
            return "", "", system.refusal(refusal)

        def handle() -> Answer:
            return route.handler(request, system.account_for(request), **names)

        work = _refusing(system, handle)
        fault = self.dial.take(route, request.path)
        if fault is None:
            return route.operation, "", work()
        exchange = Exchange(request, system, route, work, self.server.stopping.wait)
        return route.operation, fault.kind, self.dial.kinds[fault.kind](fault, exchange)

    def _log(
        self, system: System, operation: str, fault: str, request: Request, status: int, milliseconds: float
    ) -> None:
        entry = Received(
            at=datetime.now(UTC),
            system=system.name,
            operation=operation,
            method=request.method,
            path=request.path,
            query=urlencode(request.query),
            account=system.caller(request),
            status=status,
            milliseconds=milliseconds,
            body=request.body[:BODY_BYTES],
            fault=fault,
        )
        self.inbox.add(entry)


def _refusing(system: System, work: Callable[[], Answer]) -> Callable[[], Answer]:
    def answered() -> Answer:
        try:
            return work()
        except Refusal as refusal:
            return system.refusal(refusal)

    return answered
