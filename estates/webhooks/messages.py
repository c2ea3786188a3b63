"""What a message says: ids with a link, or the whole thing, by subscription."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from accounts.mail import public_url
from accounts.models import Agency
from estates.webhooks.kinds import SOURCES, TEST
from estates.webhooks.models import Delivery, Event, Subscription


def bodies(subscription: Subscription, deliveries: Sequence[Delivery]) -> dict[int, bytes]:
    """The message of each delivery, by its key, as JSON: `type`, `timestamp`, `data`."""
    things = _things(subscription.agency, deliveries) if subscription.whole else {}
    return {
        each.pk: orjson.dumps(_message(subscription, each.event, things), default=str) for each in deliveries
    }


def _message(
    subscription: Subscription, event: Event, things: Mapping[tuple[str, str], Any]
) -> dict[str, Any]:
    """Whole, `data.object` is the thing as the partner API shows it now, and null where it is no more."""
    data: dict[str, Any] = {"id": event.subject, **event.detail}
    noun = noun_of(event)
    if noun in SOURCES:
        data["url"] = public_url(SOURCES[noun].address(event.subject))
    if subscription.whole and event.type != TEST:
        data["object"] = things.get((noun, event.subject))
    return {"type": event.type, "timestamp": event.at.isoformat(), "data": data}


def _things(agency: Agency, deliveries: Sequence[Delivery]) -> dict[tuple[str, str], Any]:
    wanted: dict[str, set[str]] = defaultdict(set)
    for each in deliveries:
        wanted[noun_of(each.event)].add(each.event.subject)
    return {
        (noun, subject): thing
        for noun, subjects in wanted.items()
        if noun in SOURCES
        for subject, thing in SOURCES[noun].read(agency, sorted(subjects)).items()
    }


def noun_of(event: Event) -> str:
    return event.type.partition(".")[0]
