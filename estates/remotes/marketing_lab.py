"""The client of marketing-lab, the contact provider of new developments. Calls cite marketing-lab.txt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from .answers import Reply
from .base import RemoteClient
from .marketing_lab_answers import (
    ContactBatch,
    Programme,
    Region,
    parse_batch,
    parse_programme,
    parse_region,
)
from .marketing_lab_fields import items_of

READY_LIMIT, PULLED_LIMIT = 200, 500
"""The most contacts of one answer; that of a pull is unstated, and taken to be that of a reading."""
PULLED_DAYS = 30

OPERATIONS = {
    "regions": "getRegions",
    "programmes": "getProgrammes",
    "read_contacts": "readContacts",
    "pull_contacts": "pullContacts",
    "pulled_contacts": "getPulledContacts",
}
T = TypeVar("T")


def _holds_items(answer: Any) -> bool:
    return items_of(answer) is not None


class MarketingLabClient(RemoteClient):
    """marketing-lab's five operations, all a POST to one address. What only reads takes `retries`.

    `{"valid": false}` raises with any status. The document gives 401 and 400 to a wrong key and an unknown
    operation without saying which to which: the words tell a wrong key.
    """

    system = "marketing-lab"
    key_header = "x-api-key"
    refusal_flags = ("valid",)
    key_words = frozenset({"invalid api key"})
    # What was pulled is not said again in better words: one stray byte must not cost two hundred contacts.
    lenient = True

    def regions(self, *, retries: int = 0) -> tuple[Region, ...]:
        """marketing-lab.txt, Fetch Regions. Malformed if an item has no id."""
        return self._all(self._ask("regions", retries), parse_region)

    def programmes(self, *, retries: int = 0) -> tuple[Programme, ...]:
        """marketing-lab.txt, Fetch Programmes. Malformed if an item has no id."""
        return self._all(self._ask("programmes", retries), parse_programme)

    def read_contacts(self, *, retries: int = 0) -> ContactBatch:
        """marketing-lab.txt, Read Contacts: at most 200 that are ready to be pulled. Changes nothing."""
        return self._batch(self._ask("read_contacts", retries))

    def pull_contacts(self) -> ContactBatch:
        """marketing-lab.txt, Pull Contacts: hands contacts over, and never again by this call.

        It is sent once. After any error but Unauthorised and Refused the remote may have marked contacts as
        pulled that arrived nowhere: `pulled_contacts` has them for 30 days, among the last 500.
        """
        return self._batch(self._ask("pull_contacts", 0))

    def pulled_contacts(self, *, retries: int = 0) -> ContactBatch:
        """marketing-lab.txt, Get Pulled Contacts: at most 500 of the last 30 days, in an unstated order."""
        return self._batch(self._ask("pulled_contacts", retries))

    def _ask(self, operation: str, retries: int) -> Reply:
        body = {"operation": OPERATIONS[operation]}
        return self.call(operation, "POST", "", json=body, retries=retries, expect=_holds_items)

    def _batch(self, reply: Reply) -> ContactBatch:
        return parse_batch(items_of(reply.json) or [], reply.body)

    def _all(self, reply: Reply, parse: Callable[[Any], T | None]) -> tuple[T, ...]:
        parsed = [parse(item) for item in items_of(reply.json) or []]
        known = tuple(item for item in parsed if item is not None)
        if len(known) < len(parsed):
            raise self._replies.malformed(reply, "An item in the list has no usable id")
        return known
