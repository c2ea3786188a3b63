"""Subscriptions to webhooks, and one letter's way to whoever subscribed: to loopback only."""

from __future__ import annotations

import hmac
import http.client
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from portal.sandbox.server import require_loopback
from portal.sandbox.ts_immo.stock import stamp

SECONDS = 10
EVENTS = 100


@dataclass(slots=True)
class Subscription:
    id: str
    url: str
    api_key: str
    status: str
    created_at: str = field(default_factory=lambda: stamp(datetime.now(UTC)))
    updated_at: str = ""
    last_success: str | None = None
    events: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=EVENTS))

    def shown(self) -> dict[str, Any]:
        """All but the key, which never comes back."""
        return {
            "subscriptionId": self.id,
            "url": self.url,
            "status": self.status,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at or self.created_at,
        }


@dataclass(frozen=True, slots=True)
class Letter:
    """One notification on its way: to whom, about which lead, with which key."""

    subscription: Subscription
    lead_id: str
    body: bytes
    key: str


def send(letter: Letter, key_header: str, signed: bool) -> int:
    """The status of the answer; 0 where there was none, or where the address is not loopback."""
    headers = {"Content-Type": "application/json", "User-Agent": "aviv-webhooks"}
    if key_header == "x-api-key":
        headers["x-api-key"] = letter.key
    else:
        headers["Authorization"] = f"Bearer {letter.key}" if key_header == "bearer" else letter.key
    if signed:
        headers["X-Signature"] = hmac.new(letter.key.encode(), letter.body, sha256).hexdigest()
    parts = urlsplit(letter.subscription.url)
    try:
        require_loopback(parts.hostname or "")
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
        try:
            target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
            connection.request("POST", target, letter.body, headers)
            return connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError):
        return 0


def note(letter: Letter, status: int) -> None:
    now, arrived = stamp(datetime.now(UTC)), 200 <= status < 300
    event = {"timestamp": now, "status": "SUCCESS" if arrived else "FAILURE", "leadId": letter.lead_id}
    letter.subscription.events.appendleft(event | {"statusCode": status or None})
    if arrived:
        letter.subscription.last_success = now
