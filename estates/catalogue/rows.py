"""From a parsed estate to a row of the catalogue."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

import orjson

from estates.catalogue.models import Estate, EstatePayload
from estates.catalogue.words import search_text
from estates.connections.models import Connection
from estates.remotes.ts_immo_estates import Estate as RemoteEstate

TABLE = Estate._meta.db_table
PAYLOADS = EstatePayload._meta.db_table

GIVEN = (
    "remote_id",
    "digest",
    "reference",
    "title",
    "type",
    "sub_type",
    "offer_type",
    "status",
    "price",
    "currency",
    "surface",
    "land_surface",
    "rooms",
    "bedrooms",
    "bathrooms",
    "address",
    "city",
    "postal_code",
    "region",
    "country",
    "latitude",
    "longitude",
    "featured",
    "is_project",
    "public_url",
    "updated_at",
)
"""Columns that hold what the remote's estate holds under the same name."""
COLUMNS = (
    *GIVEN,
    "images",
    "search_text",
    "created_at",
    "agency_id",
    "connection_id",
    "first_seen_at",
    "changed_at",
    "missed",
    "gone_at",
)
OVERWRITTEN = (*GIVEN[1:], "images", "search_text", "missed", "gone_at")
"""Columns that a later sync replaces. When an estate was created, or first seen, it has been told already."""

_given = attrgetter(*GIVEN)
_searched = attrgetter(
    "reference", "title", "type", "sub_type", "city", "postal_code", "region", "description"
)


class Row(NamedTuple):
    """An estate to be written: `values` in the order of `COLUMNS`, `body` its payload as JSON text."""

    estate: RemoteEstate
    values: tuple[Any, ...]
    body: str


def rows_of(estates: Iterable[RemoteEstate], connection: Connection, now: datetime) -> list[Row]:
    """The rows of estates that `connection` lists and that were read at `now`."""
    rest = (connection.agency_id, connection.pk, now, now, 0, None)
    return [
        Row(
            estate,
            (
                *_given(estate),
                orjson.dumps(estate.images).decode(),
                search_text(_searched(estate)),
                estate.created_at or now,
                *rest,
            ),
            estate.raw.decode(),
        )
        for estate in estates
    ]
