"""Subscriptions to webhooks in the shape that AVIV's have, with what AVIV's has no word for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema

from estates.webhooks.models import Delivery, Subscription

EventName = Literal[
    "lead.created",
    "lead.updated",
    "lead.erased",
    "estate.created",
    "estate.changed",
    "estate.gone",
    "site.state",
    "ticket.comment",
    "job.failed",
]
StatusName = Literal["ACTIVE", "INACTIVE"]
SubscriptionId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$")]
SECRET = "whsec_TWZLUTlyOEdLWXFyVHdqVVBEOElMUFpJbzJMYUxhU3c="  # noqa: S105  # of nobody
"""An example of one."""
SHOWN = {
    Delivery.State.DELIVERED: "SUCCESS",
    Delivery.State.WAITING: "PENDING",
    Delivery.State.FAILED: "FAILED",
}


class Strict(Schema):
    model_config = {"extra": "forbid"}


class SubscriptionIn(Strict):
    """AVIV's webhookSubscriptionAddRequest, and what AVIV's has no word for."""

    url: str = Field(max_length=500, description="On https", examples=["https://example.com/webhook"])
    apiKey: str | None = Field(
        None,
        min_length=8,
        max_length=200,
        description="Sent along with every message as X-API-Key. It never comes back.",
        examples=["12345-abcd-67890-xyz"],
    )
    status: StatusName = "ACTIVE"
    events: list[EventName] = Field(
        ["lead.created"],
        min_length=1,
        description="Each needs the key's scope to read such a thing",
        examples=[["lead.created", "lead.updated"]],
    )
    whole: bool = Field(
        False, description="The thing itself comes along, as this API shows it; else its id and a link"
    )


class SubscriptionChange(Strict):
    """What is left out stays as it is."""

    url: str | None = Field(None, max_length=500, examples=["https://example.com/webhook"])
    apiKey: str | None = Field(None, min_length=8, max_length=200, examples=["12345-abcd-67890-xyz"])
    status: StatusName | None = None
    events: list[EventName] | None = Field(None, min_length=1)
    whole: bool | None = None


class SubscriptionAdd(SubscriptionIn):
    secret: str | None = Field(
        None,
        max_length=120,
        description="To sign messages with, by Standard Webhooks: whsec_ and 24 to 64 bytes in base 64. "
        "Without it one is made.",
        examples=[SECRET],
    )


class SubscriptionOut(Schema):
    subscriptionId: str = Field(examples=["D2IOuPcAq9s3sZ1pt3jW7w"])
    url: str = Field(examples=["https://example.com/webhook"])
    status: StatusName
    createdAt: datetime
    updatedAt: datetime
    events: list[EventName]
    whole: bool
    failingSince: datetime | None = Field(description="Since when no message was taken")
    disabledAt: datetime | None = Field(description="When the portal gave up: any PUT is a new start")


class SubscriptionMade(SubscriptionOut):
    secret: str | None = Field(
        None,
        description="Shown in this answer alone: not when the same call is answered again",
        examples=[SECRET],
    )


class SubscriptionList(Schema):
    metadata: dict[str, int] = Field(examples=[{"count": 1}])
    items: list[SubscriptionOut]


class AuditQuery(Strict):
    limit: int = Field(20, ge=1, le=100, description="Messages at most")


class Told(Schema):
    """A message and its latest try. `statusCode` is the receiver's, null where it did not answer."""

    messageId: str = Field(description="The header webhook-id", examples=["msg_4bQm2vT1kYx0aZ7c9LrWdA"])
    type: str = Field(examples=["lead.created"])
    id: str = Field(description="What it is about", examples=["4711"])
    timestamp: datetime
    status: Literal["SUCCESS", "PENDING", "FAILED"]
    statusCode: int | None
    tries: int


class Audit(Schema):
    lastSuccessTimestamp: datetime | None
    recentEvents: list[Told] = Field(description="Newest first, of the last thirty days")


class Window(Strict):
    since: datetime = Field(examples=["2026-11-28T09:30:00Z"])
    until: datetime = Field(examples=["2026-11-28T17:30:00Z"])
    failedOnly: bool = Field(
        True, description="Only what has not arrived; else everything that is not about to be sent already"
    )


class Replayed(Schema):
    messages: int = Field(description="How many are in line again")


class Renewed(Schema):
    secret: str | None = Field(
        description="Shown in this answer alone; the old one signs for a day more", examples=[SECRET]
    )


def shown(subscription: Subscription) -> dict[str, Any]:
    return {
        "subscriptionId": subscription.public_id,
        "url": subscription.url,
        "status": subscription.status,
        "createdAt": subscription.created_at,
        "updatedAt": subscription.updated_at,
        "events": subscription.events,
        "whole": subscription.whole,
        "failingSince": subscription.failing_since,
        "disabledAt": subscription.disabled_at,
    }


def told(delivery: Delivery) -> dict[str, Any]:
    latest = next(iter(delivery.attempts.all()), None)
    return {
        "messageId": f"msg_{delivery.event.public_id}",
        "type": delivery.event.type,
        "id": delivery.event.subject,
        "timestamp": delivery.event.at,
        "status": SHOWN[Delivery.State(delivery.state)],
        "statusCode": latest.status if latest else None,
        "tries": delivery.tries,
    }
