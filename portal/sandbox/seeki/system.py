"""One environment of Seeki as a system of the sandbox. Nothing of one is known in the other but the time."""

from __future__ import annotations

from collections.abc import Mapping

from portal.sandbox.messages import Answer, Refusal, Request
from portal.sandbox.routing import Router
from portal.sandbox.seeki.account import Account
from portal.sandbox.seeki.calls import ROUTES, most_bytes
from portal.sandbox.seeki.clock import Clock
from portal.sandbox.seeki.codes import (
    INVALID_KEY,
    MISSING_AUTHORIZATION,
    SUBSCRIPTION_INACTIVE,
    CodedRefusal,
    answer_of,
)
from portal.sandbox.seeki.spells import KINDS
from portal.sandbox.systems import stranger

NAMES = {"martin": "Agence Martin", "riviera": "Riviera Patrimoine"}


class Seeki:
    """`prefix` is what the environment's keys begin with, `keys` those of its agencies by slug."""

    kinds = KINDS

    def __init__(self, name: str, base: str, prefix: str, keys: Mapping[str, str], clock: Clock) -> None:
        self.name, self.base, self.prefix, self.clock = name, base, prefix, clock
        self.router = Router(ROUTES)
        self.accounts: dict[str, Account] = {}
        for slug, key in keys.items():
            self.create_account(slug, NAMES.get(slug, ""), key=key)

    def create_account(self, slug: str, name: str = "", *, key: str = "") -> Account:
        """Raises `ValueError` where the slug or the key exists."""
        key = key or f"{self.prefix}demo_{slug}_000000"
        if slug in self.accounts or key in self.secrets():
            raise ValueError(f"account {slug!r} exists already")
        self.accounts[slug] = Account(slug, name or slug.title(), key, self.clock)
        return self.accounts[slug]

    def most_bytes(self, path: str) -> int:
        """How long a body at this path is read; see `systems.Bounded`."""
        return most_bytes(path.removeprefix(self.base))

    def account_for(self, request: Request) -> Account:
        if "authorization" not in request.headers:
            raise CodedRefusal(401, MISSING_AUTHORIZATION, "No Authorization header was sent")
        account = self._holder(request)
        if account is None:
            raise CodedRefusal(401, INVALID_KEY, "The key was not found, has been revoked, or has expired")
        if not account.active:
            raise CodedRefusal(403, SUBSCRIPTION_INACTIVE, "The agency's subscription is not active")
        return account

    def caller(self, request: Request) -> str:
        account = self._holder(request)
        return account.name if account else stranger(_sent(request))

    def refusal(self, refusal: Refusal) -> Answer:
        return answer_of(refusal)

    def secrets(self) -> list[str]:
        return [account.key for account in list(self.accounts.values())]

    def _holder(self, request: Request) -> Account | None:
        sent = _sent(request)
        return next((account for account in list(self.accounts.values()) if account.key == sent), None)


def _sent(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key if scheme == "Bearer" else ""


def environments() -> tuple[Seeki, Seeki]:
    """Production and staging, with the keys of the demo and one clock."""
    clock = Clock()
    live = {"martin": "seeki_live_demo_martin_5ac91e", "riviera": "seeki_live_demo_riviera_e04f18"}
    trial = {"martin": "seeki_test_demo_martin_0d77b2"}
    return (
        Seeki("seeki", "/seeki/v1", "seeki_live_", live, clock),
        Seeki("seeki_staging", "/seeki-staging/v1", "seeki_test_", trial, clock),
    )
