"""AVIV's webhook subscriptions and what it tells of its own notifications."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .aviv_answers import raw_json
from .aviv_fields import EVENT_FIELDS, LENGTHS, SUBSCRIPTION_FIELDS, read_fields
from .reading import text

_id = text(LENGTHS["subscription_id"])


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where AVIV sends word of new leads. `status` is ACTIVE or INACTIVE; its key never comes back."""

    subscription_id: str
    url: str
    status: str
    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """One notification that AVIV sent, or tried to. The shape is unpublished: `raw` has all of it."""

    at: datetime | None
    status: str
    status_code: int | None
    lead_id: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class WebhookAudit:
    """`last_success_at` is None where no notification ever arrived. Events are newest first."""

    last_success_at: datetime | None
    events: tuple[WebhookEvent, ...]


def parse_subscription(value: Any) -> Subscription | None:
    """None for what has no id."""
    found = _id(value.get("subscriptionId")) if type(value) is dict else None
    return Subscription(found, **read_fields(SUBSCRIPTION_FIELDS, value)) if found else None


def parse_event(value: Any) -> WebhookEvent:
    return WebhookEvent(raw=raw_json(value) or b"", **read_fields(EVENT_FIELDS, value))
