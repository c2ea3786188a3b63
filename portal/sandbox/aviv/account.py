"""One agency at AVIV, in one environment: its keys, its leads, its subscriptions."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from threading import RLock
from typing import Any

from portal.sandbox.aviv.documents import Lead
from portal.sandbox.aviv.leads import Leads
from portal.sandbox.aviv.letters import Subscription
from portal.sandbox.aviv.post import Post
from portal.sandbox.ts_immo.stock import Estate

TOKEN_SECONDS = 86_400


class Account:
    """`token` never ends; the client's id and secret and the intermediary's id are exchanged for ones that do.

    `webhooks` sends word of each new lead. `address` is where the environment's API answers.
    """

    def __init__(
        self, slug: str, name: str, address: str, seed: int, estates: Callable[[], list[Estate]], kind: str
    ) -> None:
        digest = blake2b(f"aviv:{kind}:{slug}".encode(), digest_size=9).hexdigest()
        self.slug, self.name, self.address = slug, name, address
        self.token = f"aviv_{kind}_{slug}_{digest[:6]}"
        self.client_id = f"client-{kind}-{slug}"
        self.client_secret = f"aviv_secret_{slug}_{digest[6:]}"
        self.intermediary_id = f"FR-{slug.upper()}-{int(digest[:4], 16):05d}"
        self.token_seconds = TOKEN_SECONDS
        self.tokens: dict[str, float] = {}
        self.leads = Leads(slug, seed, estates)
        self.webhooks = Post()
        self.subscriptions: dict[str, Subscription] = {}
        self.links_next = True
        self.lock = RLock()

    @property
    def credentials(self) -> dict[str, str]:
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "intermediary_id": self.intermediary_id,
        }

    def add_leads(self, count: int = 1, *, over_days: float = 0) -> list[str]:
        """Ids of new leads: of this second, which webhooks announce, or, silently, spread over past days."""
        new = self.leads.add(count, over_days)
        if not over_days:
            self.announce(new)
        return [lead.id for lead in new]

    def post_lead(self, sent: dict[str, Any]) -> str:
        [lead] = self.leads.add(1, sent=sent)
        self.announce([lead])
        return lead.id

    def announce(self, leads: list[Lead]) -> None:
        with self.lock:
            subscriptions = list(self.subscriptions.values())
        if any(subscription.status == "ACTIVE" for subscription in subscriptions):
            for lead in leads:
                self.webhooks.announce(subscriptions, lead.id, self.leads.document(lead))

    def erase(self, lead_id: str) -> None:
        """The person asks to be forgotten. Raises `KeyError` for an unknown id."""
        self.leads[lead_id].erased = True

    def live_until(self, lead_id: str, moment: datetime) -> None:
        """When the lead's time to live ends. Raises `KeyError` for an unknown id."""
        self.leads[lead_id].ttl = int(moment.timestamp())

    def issue_token(self) -> str:
        with self.lock:
            number = len(self.tokens)
            digest = blake2b(f"{self.client_secret}:{number}".encode(), digest_size=24).hexdigest()
            token = f"aviv_at_{self.slug}_{digest}"
            self.tokens[token] = time.time() + self.token_seconds
            return token

    def end_tokens(self) -> None:
        """All tokens issued so far are refused from now on, whatever was said of their end."""
        with self.lock:
            self.tokens = dict.fromkeys(self.tokens, 0.0)

    def accepts(self, token: str) -> bool:
        with self.lock:
            return token == self.token or self.tokens.get(token, 0) > time.time()

    def secrets(self) -> list[str]:
        with self.lock:
            keys = [subscription.api_key for subscription in self.subscriptions.values()]
            return [self.token, self.client_secret, *self.tokens, *keys]
