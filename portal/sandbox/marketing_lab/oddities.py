"""Faults that only contacts can have. The work is done all the same: what was pulled is pulled."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from portal.sandbox.faults import Fault, Kind
from portal.sandbox.messages import Answer, json_answer
from portal.sandbox.systems import Exchange

OF_CONTACTS = ("read_contacts", "pull_contacts", "pulled_contacts")
MEGABYTE = 1_000_000
Items = list[dict[str, Any]]


def valid_false(fault: Fault, exchange: Exchange) -> Answer:
    """A refusal with status 200; `value` is what it says."""
    return json_answer({"valid": False, "error": fault.value or "Database unavailable"})


def spoiling(spoil: Callable[[Items], list[Any]]) -> Kind:
    """A kind that changes the contacts of an answer, if there are any, and leaves other operations alone."""

    def spoilt(fault: Fault, exchange: Exchange) -> Answer:
        answer = exchange.work()
        if exchange.route.operation not in OF_CONTACTS or answer.status != 200:
            return answer
        items = json.loads(answer.body)
        # As ASCII: half a character can only be written as an escape.
        return replace(answer, body=json.dumps(spoil(items)).encode()) if items else answer

    return spoilt


def without_id(items: Items) -> list[Any]:
    return [{name: value for name, value in items[0].items() if name != "action_id"}, *items[1:]]


def as_string(items: Items) -> list[Any]:
    return ["contact", *items[1:]]


def twice(items: Items) -> list[Any]:
    return [items[0], *items]


def wild(items: Items) -> list[Any]:
    """Every text that somebody may type, in the first contact."""
    typed = {
        "prospect_nom": "<b>Dupont</b>\0",
        "prospect_prenom": "=1+1 \ud83d",
        "prospect_telephone": "call me",
        "prospect_email": "jean at example.com",
    }
    return [items[0] | typed, *items[1:]]


def long_message(items: Items) -> list[Any]:
    return [items[0] | {"action_commentaire": "é" * (MEGABYTE // 2)}, *items[1:]]


def other_dates(items: Items) -> list[Any]:
    """Day first and without a zone, seconds since 1970, and ISO 8601, by turns."""
    ways: list[Callable[[datetime], Any]] = [
        lambda moment: f"{moment:%d/%m/%Y %H:%M}",
        lambda moment: int(moment.timestamp()),
        datetime.isoformat,
    ]
    moments = [datetime.fromisoformat(item["action_date"]) for item in items]
    return [
        item | {"action_date": ways[place % len(ways)](moment)}
        for place, (item, moment) in enumerate(zip(items, moments, strict=True))
    ]


KINDS: dict[str, Kind] = {
    "valid_false": valid_false,
    "contact_without_id": spoiling(without_id),
    "contact_is_a_string": spoiling(as_string),
    "contact_twice": spoiling(twice),
    "wild_contact": spoiling(wild),
    "long_message": spoiling(long_message),
    "other_dates": spoiling(other_dates),
}
