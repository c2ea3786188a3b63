"""The websites as a system of the sandbox: who is at which name, what is asked of it, and its certificate."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from threading import Lock
from urllib.parse import urlsplit

from portal.sandbox.faults import Fault
from portal.sandbox.messages import Answer, Refusal, Request
from portal.sandbox.pictures.system import Pictures
from portal.sandbox.routing import Router
from portal.sandbox.ts_immo.account import Account
from portal.sandbox.websites import estates, kinds, pages, theme
from portal.sandbox.websites.authority import DAYS, Authority
from portal.sandbox.websites.routes import ROUTES, SCHEME, SiteRouter
from portal.sandbox.websites.website import SYSTEM, Website

LOCAL = ".localhost"
"""Behind a website's name: the same site for a browser on this machine, without name service and https."""
PARKED = "parking.example"
"""On the certificate for names at which there is no website."""
PICTURE = re.compile(rf"{estates.FOLDER}/(?P<estate_id>[^/]+)/(?P<name>[^/]+)")


class Websites:
    """Every domain that was activated at Ts-Immo or added here. What was deactivated stays as it was last."""

    name = SYSTEM
    base = "//"
    kinds = kinds.KINDS

    def __init__(
        self, accounts: Mapping[str, Account], pictures: Pictures, faults: Callable[[], list[Fault]]
    ) -> None:
        self.router: Router = SiteRouter(ROUTES)
        self.authority = Authority()
        self._distrusted = Authority("Unknown CA")
        self._accounts, self._pictures, self._faults = accounts, pictures, faults
        self._added: dict[str, Account] = {}
        self._contexts: dict[tuple[Authority, str, float], ssl.SSLContext] = {}
        self._lock = Lock()

    def add(self, domain: str, account: Account) -> Website:
        """A website that nobody had to activate."""
        self._added[domain] = account
        return Website(domain, account, account.fill(domain))

    def site(self, domain: str) -> Website | None:
        for account in list(self._accounts.values()):
            if self._added.get(domain) is account or domain in account.sites:
                return Website(domain, account, account.fill(domain))
        return None

    def domains(self) -> list[str]:
        activated = [domain for account in list(self._accounts.values()) for domain in list(account.sites)]
        return sorted({*self._added, *activated})

    def addressed(self, request: Request, scheme: str) -> Request:
        """The request with the website's name in its path, `//domain/path`, and the port that it came to."""
        try:
            host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        except ValueError:
            host = ""
        if host.endswith(LOCAL):
            host, scheme = host.removesuffix(LOCAL), "https"
        headers = {**request.headers, SCHEME: scheme}
        return replace(request, path=f"//{host}{request.path}", headers=headers)

    def asset(self, request: Request) -> Answer | None:
        """Style sheets and pictures: neither delayed, logged nor spoilt; None for everything else."""
        website = self.site(_domain(request))
        path = request.path.removeprefix(f"//{_domain(request)}")
        if website is None:
            return None
        if style := theme.STYLES.get(path):
            return Answer(200, style.encode(), "text/css; charset=utf-8")
        if found := PICTURE.fullmatch(path):
            try:
                return self._pictures.picture(request, None, website.account.slug, **found.groupdict())
            except Refusal as refusal:
                return self.refusal(refusal)
        return None

    def account_for(self, request: Request) -> Website:
        website = self.site(_domain(request))
        if website is None:
            raise Refusal(404, "no website")
        return website

    def caller(self, request: Request) -> str:
        website = self.site(_domain(request))
        return website.name if website else ""

    def refusal(self, refusal: Refusal) -> Answer:
        return pages.error(refusal.status, str(refusal.message))

    def secrets(self) -> list[str]:
        return []

    def context_for(self, name: str) -> ssl.SSLContext:
        """The certificate for a name; a fault of the dial shows here, whatever its `times`."""
        fault = next((f for f in self._faults() if _spoils(f, name)), None)
        authority = self._distrusted if fault and fault.kind == kinds.UNTRUSTED else self.authority
        shown, days = (name if self.site(name) else PARKED), float(DAYS)
        if fault and fault.kind in kinds.CERTIFICATES:
            other, days = kinds.CERTIFICATES[fault.kind](fault)
            shown = other or shown
        with self._lock:
            key = (authority, shown, days)
            if key not in self._contexts:
                self._contexts[key] = authority.context(shown, days)
            return self._contexts[key]


def _domain(request: Request) -> str:
    return request.path.removeprefix("//").partition("/")[0]


def _spoils(fault: Fault, name: str) -> bool:
    fits = not fault.path or fnmatchcase(f"//{name}/", fault.path)
    return fits and (fault.kind == kinds.UNTRUSTED or fault.kind in kinds.CERTIFICATES)
