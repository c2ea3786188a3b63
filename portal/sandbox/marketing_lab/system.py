"""marketing-lab as a system of the sandbox: accounts and their keys, error format, routes."""

from __future__ import annotations

import hmac

from portal.sandbox.marketing_lab.account import Account
from portal.sandbox.marketing_lab.calls import KEY_NAME, ROUTES, body_of
from portal.sandbox.marketing_lab.oddities import KINDS
from portal.sandbox.marketing_lab.programmes import LYON, RIVIERA, Region
from portal.sandbox.messages import Answer, Refusal, Request, json_answer
from portal.sandbox.routing import Router
from portal.sandbox.systems import stranger

FIRST_ID, IDS_APART = 1_045, 1_000_000


class MarketingLab:
    """Two demo accounts, and as many more as a test creates."""

    name = "marketing_lab"
    base = "/marketing-lab/api/v1"
    kinds = KINDS

    def __init__(self, *, contacts: int, seed: int) -> None:
        """`contacts` wait in each account at the start."""
        self.seed = seed
        self.router = Router(ROUTES)
        self.accounts: dict[str, Account] = {}
        self._add("martin", "Agence Martin", "mlab_demo_martin_c81e4b", LYON, contacts)
        self._add("riviera", "Riviera Patrimoine", "mlab_demo_riviera_7d20fa", RIVIERA, contacts)

    def create_account(self, slug: str, *, key: str = "", contacts: int = 0) -> Account:
        """A further account, around Lyon. Raises `ValueError` when the slug or the key is taken."""
        key = key or f"mlab_test_{slug}_{self.seed:06x}"
        if slug in self.accounts or any(account.key == key for account in self.accounts.values()):
            raise ValueError(f"account {slug!r} or its key exists already")
        return self._add(slug, slug.title(), key, LYON, contacts)

    def _add(self, slug: str, name: str, key: str, regions: tuple[Region, ...], contacts: int) -> Account:
        first_id = FIRST_ID + IDS_APART * len(self.accounts)
        self.accounts[slug] = Account(slug, name, key, regions, first_id, self.seed, contacts)
        return self.accounts[slug]

    def account_for(self, request: Request) -> Account:
        sent = _sent(request).encode()
        for account in list(self.accounts.values()):
            if hmac.compare_digest(account.key.encode(), sent):
                return account
        raise Refusal(401, "Invalid API Key")

    def caller(self, request: Request) -> str:
        try:
            return self.account_for(request).name
        except Refusal:
            return stranger(_sent(request))

    def refusal(self, refusal: Refusal) -> Answer:
        return json_answer({"valid": False, "error": refusal.message}, refusal.status)

    def secrets(self) -> list[str]:
        return [account.key for account in self.accounts.values()]


def _sent(request: Request) -> str:
    """The key of the header or, without one, of the body, where the document names no other name for it."""
    key = request.headers.get(KEY_NAME) or body_of(request).get(KEY_NAME)
    return key if isinstance(key, str) and key.isascii() else ""
