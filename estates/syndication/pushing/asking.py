"""Asking Seeki what became of imports, several at once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from estates.remotes.errors import RemoteError
from estates.remotes.seeki import ItemStatus, SeekiClient
from estates.remotes.seeki_codes import Cure, Progress, cure_of
from estates.syndication.models import Listing

logger = logging.getLogger(__name__)

AT_ONCE = 10
MOST_RETRIES = 3
"""Questions to take an import up again, by its id; after them the listing is sent again."""


@dataclass(frozen=True)
class Heard:
    """What came of the question about one listing; `retried` where Seeki was asked to take the import up again."""

    listing: Listing
    status: ItemStatus | None = None
    error: RemoteError | None = None
    retried: bool = False


def ask(client: SeekiClient, listings: Sequence[Listing]) -> list[Heard]:
    """One answer for each listing, in their order. Errors are among them, not raised."""
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="asking") as pool:
        return list(pool.map(lambda listing: _ask(client, listing), listings))


def _ask(client: SeekiClient, listing: Listing) -> Heard:
    try:
        status = client.status(listing.import_item_id)
    except RemoteError as error:
        return Heard(listing, error=error)
    if not _may_be_taken_up(listing, status):
        return Heard(listing, status)
    try:
        return Heard(listing, client.retry(listing.import_item_id), retried=True)
    except RemoteError as error:
        logger.info("listing %s is not taken up again: %s", listing.pk, error)
        return Heard(listing, status)


def _may_be_taken_up(listing: Listing, status: ItemStatus) -> bool:
    lost = status.state == Progress.FAILED and cure_of(status.code) == Cure.RETRY_BY_ID
    return lost and listing.wanted and listing.tries < MOST_RETRIES
