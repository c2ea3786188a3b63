"""Ts-Immo as a system of the sandbox: accounts and their keys, error format, routes."""

from __future__ import annotations

import hmac
from http import HTTPStatus

from portal.sandbox.messages import Answer, Refusal, Request, json_answer
from portal.sandbox.routing import Router
from portal.sandbox.systems import stranger
from portal.sandbox.ts_immo import estate_calls, site_calls, support_calls
from portal.sandbox.ts_immo.account import Account
from portal.sandbox.ts_immo.drift import KINDS
from portal.sandbox.ts_immo.places import LYON, RIVIERA

KEY_HEADER = "x-ts-immo-key"


class TsImmo:
    """Two demo accounts, and as many more as a test creates."""

    name = "ts_immo"
    base = "/ts-immo/v1"
    kinds = KINDS

    def __init__(self, *, url: str, estates: int, seed: int) -> None:
        """`url` is the sandbox's own address; `estates` the number in each account."""
        self.url = url
        self.seed = seed
        self.router = Router((*estate_calls.ROUTES, *support_calls.ROUTES, *site_calls.ROUTES))
        self.accounts: dict[str, Account] = {}
        self._add(Account("martin", "Agence Martin", "tsi_demo_martin_4f7c2a", LYON, url, seed, estates))
        self._add(
            Account("riviera", "Riviera Patrimoine", "tsi_demo_riviera_9b1e5d", RIVIERA, url, seed, estates)
        )

    def create_account(self, slug: str, *, key: str = "", estates: int = 0) -> Account:
        """A further account, around Lyon. Raises `ValueError` when the slug or the key is taken."""
        key = key or f"tsi_test_{slug}_{self.seed:06x}"
        if slug in self.accounts or any(account.key == key for account in self.accounts.values()):
            raise ValueError(f"account {slug!r} or its key exists already")
        return self._add(Account(slug, slug.title(), key, LYON, self.url, self.seed, estates))

    def _add(self, account: Account) -> Account:
        self.accounts[account.slug] = account
        return account

    def account_for(self, request: Request) -> Account:
        sent = request.headers.get(KEY_HEADER, "").encode()
        for account in list(self.accounts.values()):
            if hmac.compare_digest(account.key.encode(), sent):
                return account
        raise Refusal(401, "Invalid or missing API key")

    def caller(self, request: Request) -> str:
        try:
            return self.account_for(request).name
        except Refusal:
            return stranger(request.headers.get(KEY_HEADER, ""))

    def refusal(self, refusal: Refusal) -> Answer:
        body = {
            "statusCode": refusal.status,
            "message": refusal.message,
            "error": HTTPStatus(refusal.status).phrase,
        }
        return json_answer(body, refusal.status)

    def secrets(self) -> list[str]:
        return [word for account in self.accounts.values() for word in (account.key, account.plugin_auth_key)]
