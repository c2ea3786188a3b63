"""What is kept of an estate's past."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from estates.catalogue.models import EstateChange
from estates.remotes.ts_immo_estates import Estate as RemoteEstate

Field = EstateChange.Field


class Before(NamedTuple):
    """What we hold of an estate before a sync writes to it."""

    remote_id: str
    pk: int
    digest: bytes
    price: Decimal | None
    status: str
    missed: int
    gone_at: datetime | None

    def differs(self, estate: RemoteEstate) -> bool:
        """Whether a sync that lists the estate like this has anything to write."""
        return self.is_news(estate) or bool(self.missed)

    def is_news(self, estate: RemoteEstate) -> bool:
        """Whether a person would call it a change: its payload is another one, or it is listed again."""
        return bytes(self.digest) != estate.digest or self.gone_at is not None


def changes(agency_id: int, before: Before, estate: RemoteEstate, at: datetime) -> list[EstateChange]:
    """The lines of history that the new payload of a known estate is worth, not saved yet."""
    told = {
        Field.PRICE: (written(before.price), written(estate.price)),
        Field.STATUS: (before.status, estate.status),
    }
    lines = [(field, was, now) for field, (was, now) in told.items() if was != now]
    if before.gone_at is not None:
        lines.append((Field.BACK, "", ""))
    return [
        EstateChange(agency_id=agency_id, estate_id=before.pk, at=at, field=field, before=was, after=now)
        for field, was, now in lines
    ]


def gone(agency_id: int, estate_id: int, at: datetime) -> EstateChange:
    return EstateChange(agency_id=agency_id, estate_id=estate_id, at=at, field=Field.GONE)


def written(price: Decimal | None) -> str:
    """A price as history writes it: two decimals, and nothing where there was none."""
    return "" if price is None else f"{price:.2f}"
