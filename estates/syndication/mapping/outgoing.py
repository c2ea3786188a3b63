"""An estate of Ts-Immo as Seeki's listing, in the dialect of its guide (seeki-import.txt, "Request shape")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

import orjson

from estates.catalogue.models import Estate
from estates.remotes.reading import web_url
from estates.syndication.mapping import fields
from estates.syndication.mapping.countries import country_code
from estates.syndication.mapping.currencies import DEFAULT, currency_code
from estates.syndication.mapping.remarks import NUANCES, Remark, Remarked
from estates.syndication.mapping.words import Kind, kind_of, offered_as

DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What would be sent of an estate. `body` is the JSON of `listing` with sorted keys, `digest` its hash in hex."""

    external_id: str
    body: bytes = field(repr=False)
    digest: str
    remarks: tuple[Remark, ...] = ()
    listing: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


def outgoing_of(estate: Estate, payload: Mapping[str, Any]) -> Outgoing:
    """Maps the columns and the payload; never raises. What is unknown is left out, and there is a remark about it.

    The same estate gives the same bytes, whenever and wherever.
    """
    remarks: list[Remark] = []
    listing = {
        "external_id": estate.remote_id,
        "real_estate_type": _kind(estate, remarks),
        **_offer(estate, remarks),
        **_money(estate, remarks),
        **_place(estate, remarks),
        **_sizes(estate, payload),
        **_texts(estate, payload),
        **_pictures(estate, remarks),
    }
    body = orjson.dumps(listing, option=orjson.OPT_SORT_KEYS)
    digest = blake2b(body, digest_size=DIGEST_BYTES).hexdigest()
    return Outgoing(estate.remote_id, body, digest, tuple(remarks), listing)


def _kind(estate: Estate, remarks: list[Remark]) -> str:
    kind = kind_of(estate.type, estate.sub_type)
    if kind is None:
        said = " / ".join(word for word in (estate.type, estate.sub_type) if word)
        remarks.append(Remark(Remarked.TYPE_UNKNOWN, "real_estate_type", said))
    return str(kind or Kind.OTHER)


def _offer(estate: Estate, remarks: list[Remark]) -> dict[str, str]:
    offered = offered_as(estate.offer_type)
    if offered is None:
        remarks.append(Remark(Remarked.OFFER_UNKNOWN, "listing_type", estate.offer_type))
        return {}
    if offered.nuance:
        remarks.append(Remark(NUANCES[offered.nuance], "listing_type", estate.offer_type))
    return {"listing_type": str(offered.offer)}


def _money(estate: Estate, remarks: list[Remark]) -> dict[str, Any]:
    currency = currency_code(estate.currency)
    if not currency:
        currency = DEFAULT
        remarks.append(Remark(Remarked.CURRENCY_ASSUMED, "currency", currency))
    said: dict[str, Any] = {"currency": currency}
    return said if estate.price is None else {"price": _number(estate.price), **said}


def _place(estate: Estate, remarks: list[Remark]) -> dict[str, Any]:
    """Half an address goes out only where there is no position: Seeki refuses it, and looks at the position then."""
    address = _address(estate, remarks)
    coordinates = _coordinates(estate, remarks)
    missing = [name for name in ("street", "city", "country_code") if name not in address]
    found: dict[str, Any] = {"coordinates": coordinates} if coordinates else {}
    if missing and coordinates:
        remarks.append(Remark(Remarked.ADDRESS_INCOMPLETE, "address", ", ".join(missing)))
    elif address:
        found["address"] = address
    return found


def _address(estate: Estate, remarks: list[Remark]) -> dict[str, str]:
    country = country_code(estate.country)
    if estate.country.strip() and not country:
        remarks.append(Remark(Remarked.COUNTRY_UNKNOWN, "address.country_code", estate.country))
    said = {
        "street": estate.address.strip(),
        "city": estate.city.strip(),
        "postal_code": estate.postal_code.strip(),
        "country_code": country,
    }
    return {name: value for name, value in said.items() if value}


def _coordinates(estate: Estate, remarks: list[Remark]) -> dict[str, float] | None:
    latitude, longitude = estate.latitude, estate.longitude
    if latitude is None or longitude is None:
        return None
    # NaN compares false with everything, so it is out of range as well.
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        remarks.append(Remark(Remarked.COORDINATES_RANGE, "coordinates", f"{latitude:g}, {longitude:g}"))
        return None
    if latitude == longitude == 0:
        remarks.append(Remark(Remarked.COORDINATES_ZERO, "coordinates", "0, 0"))
        return None
    return {"lat": latitude, "lng": longitude}


def _sizes(estate: Estate, payload: Mapping[str, Any]) -> dict[str, Any]:
    is_land = kind_of(estate.type, estate.sub_type) == Kind.LAND
    surface = estate.surface or (estate.land_surface if is_land else None)
    said = {
        "floorage": _number(surface) if surface else None,
        "floor": fields.floor(payload),
        "rooms": estate.rooms or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _texts(estate: Estate, payload: Mapping[str, Any]) -> dict[str, Any]:
    said = {
        "name": estate.title.strip(),
        "description": fields.description(payload),
        "contact": fields.contact(payload),
    }
    return {name: value for name, value in said.items() if value}


def _pictures(estate: Estate, remarks: list[Remark]) -> dict[str, list[str]]:
    given = estate.images if isinstance(estate.images, list) else []
    usable = list(dict.fromkeys(_web_addresses(given)))
    if unusable := len(given) - len(usable):
        remarks.append(Remark(Remarked.PICTURES_UNUSABLE, "images", f"{unusable}/{len(given)}"))
    return {"images": usable} if usable else {}


def _web_addresses(given: list[Any]) -> Iterator[str]:
    """One that is none would cost the whole listing."""
    for address in given:
        if (usable := web_url(address)) is not None and _has_host(usable):
            yield usable


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)
