"""Estates as Ts-Immo hands them over: typed columns with the whole payload beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import orjson

from .ts_immo_columns import COLUMNS

ID_LIMIT = 64
RAW_OPTIONS = orjson.OPT_SORT_KEYS


@dataclass(slots=True, frozen=True)
class Estate:
    """One estate. Where nothing was readable texts are "", lists empty; numbers, places and dates None.

    Surfaces are in m²; `price` is in `currency`. `raw` is the estate's JSON with sorted keys, and `digest`
    the 16 bytes of its BLAKE2b: equal digests mean that nothing changed.
    """

    remote_id: str
    raw: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    reference: str = ""
    title: str = ""
    description: str = field(default="", repr=False)
    type: str = ""
    sub_type: str = ""
    offer_type: str = ""
    status: str = ""
    price: Decimal | None = None
    currency: str = ""
    surface: Decimal | None = None
    land_surface: Decimal | None = None
    rooms: int | None = None
    bedrooms: int | None = None
    bathrooms: int | None = None
    city: str = ""
    postal_code: str = ""
    country: str = ""
    region: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    featured: bool = False
    is_project: bool = False
    public_url: str = ""
    images: tuple[str, ...] = ()
    amenities: tuple[str, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(slots=True, frozen=True)
class UnreadableEstate:
    """An item that is no estate, why, and where it stood in its page (from 0)."""

    raw: bytes
    reason: str
    position: int


ParsedEstate = Estate | UnreadableEstate


@dataclass(slots=True, frozen=True)
class EstatePage:
    """A page of the search. `total` is None where the remote names no usable one."""

    items: tuple[ParsedEstate, ...]
    total: int | None
    page: int
    limit: int

    @property
    def is_last(self) -> bool:
        return not self.items or self.names_last(self.page)

    def names_last(self, page: int) -> bool:
        """Whether nothing lies behind `page` by the total, which a page with entries beyond it proves wrong."""
        seen = (self.page - 1) * self.limit + len(self.items)
        return self.total is not None and seen <= self.total <= page * self.limit


def parse_estate(value: Any, position: int = 0) -> ParsedEstate:
    """Reads any JSON value; never raises. Only a value without a usable id is unreadable."""
    if type(value) is not dict:
        return UnreadableEstate(_raw(value) or b"", "not an object", position)
    remote_id = value.get("id")
    if type(remote_id) is not str or not 0 < len(remote_id.strip()) <= ID_LIMIT or "\0" in remote_id:
        return UnreadableEstate(_raw(value) or b"", "no usable id", position)
    raw = _raw(value)
    if raw is None:
        return UnreadableEstate(b"", "nested too deeply to be kept", position)
    return Estate(remote_id.strip(), raw, blake2b(raw, digest_size=16).digest(), *_columns(value))


def _columns(value: dict[str, Any]) -> Sequence[Any]:
    found = []
    for column in COLUMNS:
        result = None
        for path in column.paths:
            inner: Any = value.get(path[0])
            for name in path[1:]:
                if type(inner) is not dict:
                    inner = None
                    break
                inner = inner.get(name)
            if inner is not None and (result := column.read(inner)) is not None:
                break
        found.append(column.default if result is None else result)
    return _placed(found)


_LATITUDE = next(i for i, column in enumerate(COLUMNS) if column.name == "latitude")


def _placed(found: list[Any]) -> list[Any]:
    """Half a position is none, and neither is 0, 0, in the sea: software puts there what has no place."""
    latitude, longitude = found[_LATITUDE], found[_LATITUDE + 1]
    if latitude is None or longitude is None or latitude == longitude == 0:
        found[_LATITUDE] = found[_LATITUDE + 1] = None
    return found


def _raw(value: Any) -> bytes | None:
    try:
        return orjson.dumps(value, option=RAW_OPTIONS)
    except TypeError:
        return None  # orjson reads deeper than it writes
