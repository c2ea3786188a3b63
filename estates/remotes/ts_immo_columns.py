"""Where the columns of an estate are looked for in Ts-Immo's JSON.

ts-immo.txt shows one example of an estate; surfaces, texts, rooms, pictures and flags are unpublished. When
the truth turns up, one line changes here. The first place that holds something readable counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .reading import degrees, flag, moment, names, number, small, text, web_url, web_urls

# The longest string each column holds, in characters; a database that stores them needs these sizes.
LENGTHS: Mapping[str, int] = {
    "reference": 64,
    "title": 255,
    "description": 20_000,
    "type": 64,
    "sub_type": 64,
    "offer_type": 64,
    "status": 64,
    "currency": 8,
    "city": 120,
    "postal_code": 16,
    "country": 64,
    "region": 120,
    "address": 255,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, how its value is read, and the paths where it may stand."""

    name: str
    read: Callable[[Any], Any]
    paths: tuple[tuple[str, ...], ...]
    default: Any = None


def _column(name: str, read: Callable[[Any], Any], *paths: str, default: Any = None) -> Column:
    return Column(name, read, tuple(tuple(path.split(".")) for path in paths), default)


def _text(name: str, *paths: str) -> Column:
    return _column(name, text(LENGTHS[name]), *paths, default="")


COLUMNS: tuple[Column, ...] = (
    _text("reference", "reference", "ref", "mandate.reference"),
    _text("title", "title", "title.fr", "title.en", "titles.fr", "titles.en", "name"),
    _text("description", "description", "description.fr", "description.en", "descriptions.fr",
            "descriptions.en"),
    _text("type", "type", "property_type"),
    _text("sub_type", "sub_type", "subType", "subtype"),
    _text("offer_type", "offer_type", "offerType", "transaction_type"),
    _text("status", "status", "state"),
    _column("price", number, "financial.transaction.price.amount", "financial.transaction.price",
            "financial.price.amount", "financial.price", "price.amount", "price"),
    _text("currency", "financial.transaction.price.currency", "financial.price.currency",
            "price.currency", "currency"),
    _column("surface", number, "surface", "surface.living", "surface.value", "surfaces.living",
            "surfaces.habitable", "area", "area.living", "living_area", "living_surface",
            "characteristics.surface"),
    _column("land_surface", number, "land_surface", "surface.land", "surfaces.land", "surfaces.plot",
            "land_area", "area.land", "plot_area"),
    _column("rooms", small, "rooms", "rooms.total", "room_count", "nb_rooms", "characteristics.rooms"),
    _column("bedrooms", small, "bedrooms", "rooms.bedrooms", "nb_bedrooms", "characteristics.bedrooms"),
    _column("bathrooms", small, "bathrooms", "rooms.bathrooms", "nb_bathrooms",
            "characteristics.bathrooms"),
    _text("city", "location.city", "location.city.name", "city", "address.city"),
    _text("postal_code", "location.postal_code", "location.postalCode", "postal_code", "zipcode",
            "address.postal_code"),
    _text("country", "location.country", "location.country.code", "country", "address.country"),
    _text("region", "location.region", "location.region.name", "region"),
    _text("address", "location.address", "location.street", "address", "address.street"),
    _column("latitude", degrees(90), "location.geo.latitude", "location.geo.lat", "location.latitude",
            "geo.latitude", "latitude"),
    _column("longitude", degrees(180), "location.geo.longitude", "location.geo.lng", "location.geo.lon",
            "location.longitude", "geo.longitude", "longitude"),
    _column("featured", flag, "featured", "is_featured", default=False),
    _column("is_project", flag, "is_project", "isProject", "project", default=False),
    _column("public_url", web_url, "public_url", "publicUrl", "url", default=""),
    _column("images", web_urls, "images", "pictures", "photos", "media.images", "medias", default=()),
    _column("amenities", names, "amenities", "features", "equipments", default=()),
    _column("created_at", moment, "created_at", "createdAt", "created"),
    _column("updated_at", moment, "updated_at", "updatedAt", "modified_at", "updated"),
)  # fmt: skip
