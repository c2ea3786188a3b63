"""AVIV as a system of the sandbox: two environments, their accounts, tokens and manners."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from portal.sandbox.aviv import lead_calls, payloads, subscription_calls, token_calls
from portal.sandbox.aviv.account import Account
from portal.sandbox.aviv.drift import KINDS
from portal.sandbox.aviv.manners import Manners
from portal.sandbox.messages import Answer, Refusal, Request
from portal.sandbox.routing import Route, Router
from portal.sandbox.ts_immo.stock import Estate

OAUTH_PATH = "/oauth/token"
HISTORY_DAYS = 30
AGENCIES = {"martin": "Agence Martin", "riviera": "Riviera Patrimoine"}
SUBSCRIPTIONS, SUBSCRIPTION = "/webhook/subscriptions", "/webhook/subscriptions/{subscription_id}"
OPERATIONS: tuple[tuple[str, str, str, Callable[..., Answer]], ...] = (
    ("create_lead", "POST", "/leads", lead_calls.create_lead),
    ("leads", "GET", "/leads", lead_calls.leads),
    ("lead", "GET", "/leads/{lead_id}", lead_calls.lead),
    ("create_subscription", "POST", SUBSCRIPTIONS, subscription_calls.create_subscription),
    ("subscriptions", "GET", SUBSCRIPTIONS, subscription_calls.subscriptions),
    ("change_subscription", "PUT", SUBSCRIPTION, subscription_calls.change_subscription),
    ("delete_subscription", "DELETE", SUBSCRIPTION, subscription_calls.delete_subscription),
    ("audit", "GET", f"{SUBSCRIPTION}/audit", subscription_calls.audit),
)


class Environment:
    """Production or sandbox: nothing of one is known in the other. `prefix` is its path below the system's."""

    def __init__(self, prefix: str, address: str, kind: str) -> None:
        self.prefix, self.address, self.kind = prefix, address, kind
        self.accounts: dict[str, Account] = {}
        self.manners = Manners()

    def add(self, slug: str, name: str, seed: int, estates: Callable[[], list[Estate]]) -> None:
        self.accounts[slug] = Account(slug, name, self.address, seed, estates, self.kind)

    def routes(self) -> list[Route]:
        return [Route(name, method, self.prefix + path, call) for name, method, path, call in OPERATIONS]


class Aviv:
    """`production` and `trial` (AVIV's own sandbox) with two agencies each, and as many more as a test creates."""

    name = "aviv"
    base = "/aviv"
    kinds = KINDS

    def __init__(
        self, *, url: str, estates: Callable[[str], list[Estate]], leads: int = 0, seed: int = 1
    ) -> None:
        """`estates(slug)` are an agency's listings; `leads` of the last 30 days are in each production account."""
        self.seed = seed
        self._estates = estates
        self.production = self._environment(url, "/seeker-leads/v1", "demo")
        self.trial = self._environment(url, "/sandbox/seeker-leads/v1", "trial")
        self.environments = (self.production, self.trial)
        self.token_url = f"{url}{self.base}{OAUTH_PATH}"
        token = Route("token", "POST", OAUTH_PATH, token_calls.token)
        self.router = Router([token, *self.production.routes(), *self.trial.routes()])
        for slug, name in AGENCIES.items():
            self.create_account(slug, name, leads=leads)

    @property
    def url(self) -> str:
        return self.production.address

    @property
    def accounts(self) -> dict[str, Account]:
        return self.production.accounts

    @property
    def manners(self) -> Manners:
        return self.production.manners

    def create_account(self, slug: str, name: str = "", *, leads: int = 0) -> Account:
        """An agency in both environments; returns production's. Raises `ValueError` where it exists."""
        if slug in self.production.accounts:
            raise ValueError(f"account {slug!r} exists already")
        for environment in self.environments:
            environment.add(slug, name or slug.title(), self.seed, lambda: self._estates(slug))
        account = self.production.accounts[slug]
        if leads:
            account.add_leads(leads, over_days=HISTORY_DAYS)
        return account

    def close(self) -> None:
        for account in self._all():
            account.webhooks.close()

    def attend(self, request: Request) -> AbstractContextManager[None]:
        """From a call's arrival to its answer; the token has a host of its own, without the rule."""
        environment = self._environment_of(request)
        return environment.manners.call() if environment else nullcontext()

    def account_for(self, request: Request) -> Any:
        environment = self._environment_of(request)
        if environment is None:
            return self
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        for account in list(environment.accounts.values()):
            if scheme == "Bearer" and account.accepts(sent):
                return account
        raise Refusal(401, "Invalid or missing bearer token")

    def caller(self, request: Request) -> str:
        if self._environment_of(request) is None:
            return self._applicant(request)
        try:
            return str(self.account_for(request).name)
        except Refusal:
            return "unknown token" if request.headers.get("authorization") else "no token"

    def refusal(self, refusal: Refusal) -> Answer:
        return payloads.problem(refusal)

    def secrets(self) -> list[str]:
        return [secret for account in self._all() for secret in account.secrets()]

    def _all(self) -> list[Account]:
        return [account for environment in self.environments for account in environment.accounts.values()]

    def _environment(self, url: str, prefix: str, kind: str) -> Environment:
        return Environment(prefix, f"{url}{self.base}{prefix}", kind)

    def _environment_of(self, request: Request) -> Environment | None:
        path = request.path.removeprefix(self.base)
        return next((e for e in self.environments if path.startswith(f"{e.prefix}/")), None)

    def _applicant(self, request: Request) -> str:
        try:
            asked = json.loads(request.body)
        except ValueError:
            return "unknown client"
        found = asked.get("client_id") if isinstance(asked, dict) else None
        return next((account.name for account in self._all() if account.client_id == found), "unknown client")
