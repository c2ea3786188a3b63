"""The sandbox as a whole: the systems, the dial, the inbox and the server, and which request goes where."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Self
from urllib.parse import urlencode

from portal.sandbox import control, faults
from portal.sandbox.aviv import Aviv
from portal.sandbox.faults import Dial, Fault
from portal.sandbox.inbox import BODY_BYTES, Inbox, Received
from portal.sandbox.marketing_lab import MarketingLab
from portal.sandbox.messages import Answer, Refusal, Request
from portal.sandbox.pictures.system import Pictures
from portal.sandbox.seeki import environments
from portal.sandbox.server import Server
from portal.sandbox.systems import Attentive, Bounded, Exchange, System
from portal.sandbox.ts_immo import TsImmo
from portal.sandbox.ts_immo.account import Account
from portal.sandbox.ts_immo.clerk import Clerk
from portal.sandbox.ts_immo.stock import Estate
from portal.sandbox.websites import Websites, founding
from portal.sandbox.websites.doors import Doors


class Sandbox:
    """All simulated systems on one loopback port; 0 takes a free one. Serves between `with` and its end."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        estates: int = 120,
        contacts: int = 0,
        leads: int = 60,
        latency: float = 0,
        clerk: float = 0,
        seed: int = 1,
        websites: Path | None = None,
        http_port: int = 0,
        https_port: int = 0,
    ) -> None:
        """`estates` in each account of Ts-Immo, `contacts` ready in each of marketing-lab, `leads` in each of AVIV;
        `latency` in milliseconds before every answer of a system; `clerk` in seconds before every step of Ts-Immo's
        support, which answers nobody with 0.

        `websites` is the folder for the certificate of the authority that https callers of the agencies'
        websites have to trust; without it no website is served.
        Raises `ValueError` for a host that is not loopback, `OSError` for a port in use.
        """
        self.server = Server(host, port, self.respond, self._bound)
        shown = f"[{host}]" if ":" in host else host
        self.host = shown
        self.url = f"http://{shown}:{self.server.server_port}"
        self.latency = latency / 1_000
        self.ts_immo = TsImmo(url=self.url, estates=estates, seed=seed)
        self.marketing_lab = MarketingLab(contacts=contacts, seed=seed)
        self.aviv = Aviv(url=self.url, estates=self._listed, leads=leads, seed=seed)
        self.seeki, self.seeki_staging = environments()
        self.clerk = Clerk(self.ts_immo.accounts, seed)
        self._clerk_delay = clerk
        pictures = Pictures(self.ts_immo.accounts)
        self.websites = Websites(self.ts_immo.accounts, pictures, lambda: self.dial.current())
        self.systems: tuple[System, ...] = (
            self.ts_immo,
            pictures,
            self.marketing_lab,
            self.aviv,
            self.seeki,
            self.seeki_staging,
            self.websites,
        )
        self.dial = Dial(faults.KINDS | {name: kind for s in self.systems for name, kind in s.kinds.items()})
        self.inbox = Inbox()
        self.doors: Doors | None = None
        if websites:
            founding.found(self.account("martin"), self.websites)
            try:
                self.doors = Doors(self.websites, self.visit, host, (http_port, https_port), websites)
            except OSError:
                self.server.server_close()
                raise
        self._servers = [self.server, *(self.doors.servers if self.doors else ())]
        self._threads = [Thread(target=server.serve_forever, args=(0.02,)) for server in self._servers]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        self.clerk.start(self._clerk_delay)
        return self

    def __exit__(self, *exception: object) -> None:
        for server in self._servers:
            server.stop()
        for thread in self._threads:
            thread.join()
        self.aviv.close()
        self.clerk.stop()

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
        site: str = "",
        times: int | None = None,
        value: str | float = "",
    ) -> None:
        """Turns the dial: see `faults.Fault` for the fields, `faults.KINDS` for the kinds.

        `site` is the domain of one of the websites, whose pages then misbehave, or those below `path`.
        """
        if site:
            path = f"//{site}{path or '/*'}"
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
        return self._serve(system, request) if system else control.respond(self, request)

    def visit(self, scheme: str, request: Request) -> Answer:
        """The answer of a website, whose name is in the Host header."""
        addressed = self.websites.addressed(request, scheme)
        return self.websites.asset(addressed) or self._serve(self.websites, addressed)

    def _serve(self, system: System, request: Request) -> Answer:
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
        below = (s for s in self.systems if s is not self.websites)
        return next((s for s in below if path == s.base or path.startswith(f"{s.base}/")), None)

    def _bound(self, path: str) -> int | None:
        system = self._system(path)
        return system.most_bytes(path) if isinstance(system, Bounded) else None

    def _listed(self, slug: str) -> list[Estate]:
        account = self.ts_immo.accounts.get(slug)
        return account.estates if account else []

    def _answer(self, system: System, request: Request) -> tuple[str, str, Answer]:
        """Operation, kind of fault, and the answer."""
        if self.latency and system.name != Pictures.name:
            self.server.stopping.wait(self.latency)
        try:
            route, names = system.router.match(request, system.base)
        except Refusal as refusal:
            return "", "", system.refusal(refusal)

        def handle() -> Answer:
            return route.handler(request, system.account_for(request), **names)

        work = _refusing(system, handle)
        fault = self.dial.take(route, request.path)
        if fault is None:
            return route.operation, "", work()
        exchange = Exchange(request, system, route, names, work, self.server.stopping.wait)
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
