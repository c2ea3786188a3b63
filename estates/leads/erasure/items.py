"""Answers of remotes hold many people: taking some of them out, and leaving the others as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from estates.connections.models import Connection, System
from estates.jobs.models import Job
from estates.leads.erasure.hashes import Hasher, erased_among
from estates.leads.erasure.traces import named_ids
from estates.leads.models import Tombstone

ERASED = {"erased": True}
SURROGATE = re.compile("[\ud800-\udfff]")

IDENTITIES: Mapping[str, tuple[str, ...]] = {
    System.MARKETING_LAB: ("action_id",),
    System.AVIV: ("metadata", "leadId"),
}
"""Where in an item its system writes the number of the lead."""

IsTheirs = Callable[[Any, str | None], bool]
"""Whether an item, with its number or None, is about the erased."""


def without(body: str, system: str, is_theirs: IsTheirs) -> tuple[str, int] | None:
    """The answer with the items of the erased replaced, in place, and how many they were.

    A text that stands outside of all items is asked about like an item without a number. None where the body is
    no JSON, and items therefore cannot be told apart.
    """
    taken = [0]
    try:
        cleared = _cleared(json.loads(body), IDENTITIES.get(system, ("id",)), is_theirs, taken)
    except (ValueError, RecursionError):
        return None
    return (_dumped(cleared), taken[0]) if taken[0] else (body, 0)


def without_the_erased(connection: Connection, body: str) -> str:
    """What may be kept of an answer that has just come: nothing of those who were erased before.

    To be called before a `Batch` is stored. Remotes go on handing over people whom they have not erased.
    """
    graves = Tombstone.objects.for_agency(connection.agency)
    if not graves.exists():
        return body
    hasher, numbers, hashes = Hasher(connection.agency), set[str](), set[str]()

    def note(item: Any, number: str | None) -> bool:
        if number:
            numbers.add(number)
        else:
            hashes.update(hasher.in_text(_dumped(item)))
        return False

    without(body, connection.system, note)
    dead = graves.filter(connection=connection, remote_id__in=numbers).values_list("remote_id", flat=True)
    erased, dead_numbers = erased_among(connection.agency, hashes), set(dead)

    def is_theirs(item: Any, number: str | None) -> bool:
        if number:
            return number in dead_numbers
        return bool(erased) and not erased.isdisjoint(hasher.in_text(_dumped(item)))

    cleared = without(body, connection.system, is_theirs)
    return cleared[0] if cleared else body


def censored(job: Job, text: str) -> str:
    """What may be kept of what a remote said to a job: nobody who was erased. Registered with `estates.jobs`."""
    agency = job.agency
    graves = Tombstone.objects.for_agency(agency)
    if not graves.exists():
        return text
    given = job.params.get("connection")
    connection = (
        Connection.objects.for_agency(agency).filter(pk=given).first() if type(given) is int else None
    )
    if connection and without(text, connection.system, lambda item, number: False):
        return without_the_erased(connection, text)
    dead = graves.filter(remote_id__in=set(named_ids(text))).exists()
    return "" if dead or erased_among(agency, Hasher(agency).in_text(text)) else text


def _cleared(value: Any, identity: tuple[str, ...], is_theirs: IsTheirs, taken: list[int]) -> Any:
    """An object with a number is an item, and so is each element of a list of the answer."""
    if isinstance(value, list):
        return [_item(element, identity, is_theirs, taken) for element in value]
    if isinstance(value, str):
        return "" if _is_counted(is_theirs(value, None), taken) else value
    if isinstance(value, dict):
        if _number(value, identity) is not None:
            return _item(value, identity, is_theirs, taken)
        return {name: _cleared(part, identity, is_theirs, taken) for name, part in value.items()}
    return value


def _item(value: Any, identity: tuple[str, ...], is_theirs: IsTheirs, taken: list[int]) -> Any:
    return ERASED if _is_counted(is_theirs(value, _number(value, identity)), taken) else value


def _is_counted(is_theirs: bool, taken: list[int]) -> bool:
    taken[0] += is_theirs
    return is_theirs


def _number(value: Any, identity: tuple[str, ...]) -> str | None:
    for name in identity:
        value = value.get(name) if isinstance(value, dict) else None
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _dumped(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Lone surrogates can't be stored; as escapes, which they came as, they can.
    return json.dumps(value, separators=(",", ":")) if SURROGATE.search(text) else text
