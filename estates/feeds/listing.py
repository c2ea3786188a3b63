"""What a feed file says of an estate, whichever dialect it is written in.

Nobody changes a listing, its pictures or its contact once they are made. They are not frozen all the same: of what it
takes to read a feed, that would be a twentieth.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Action(StrEnum):
    """What a feed wants done with a listing; OpenImmo's `aktionart`, where ADD is its absence."""

    ADD = "add"
    CHANGE = "change"
    DELETE = "delete"
    REFERENCE = "reference"


class Offer(StrEnum):
    SALE = "sale"
    RENT = "rent"


class Kind(StrEnum):
    """The thirteen kinds of OpenImmo's `objektart`."""

    ROOM = "room"
    APARTMENT = "apartment"
    HOUSE = "house"
    LAND = "land"
    OFFICE = "office"
    RETAIL = "retail"
    HOSPITALITY = "hospitality"
    INDUSTRY = "industry"
    FARM = "farm"
    PARKING = "parking"
    OTHER = "other"
    LEISURE = "leisure"
    INVESTMENT = "investment"


class Scope(StrEnum):
    """How much a transfer holds; OpenImmo's `umfang`. Absences mean something in a full one only."""

    FULL = "full"
    PARTIAL = "partial"
    UNSTATED = ""


@dataclass(slots=True, kw_only=True)
class Picture:
    """A picture of a listing. `address` is a URL, or the name of a file beside the XML; "" where it is inside it."""

    address: str
    title: str = ""
    group: str = ""


@dataclass(slots=True, kw_only=True)
class Contact:
    """Who answers for a listing."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(slots=True, kw_only=True)
class Listing:
    """One listing. Surfaces are in m², `country` is ISO 3166-1 alpha-2, `currency` ISO 4217; "" and None: unsaid.

    `kind_detail` is the dialect's own word below the kind, such as OpenImmo's `ETAGE`.
    """

    external_id: str
    action: Action = Action.ADD
    offer: Offer | None = None
    kind: Kind | None = None
    kind_detail: str = ""
    commercial: bool = False
    title: str = ""
    description: str = ""
    language: str = ""
    price: Decimal | None = None
    currency: str = ""
    street: str = ""
    house_number: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    surface: Decimal | None = None
    land_surface: Decimal | None = None
    rooms: Decimal | None = None
    bedrooms: Decimal | None = None
    bathrooms: Decimal | None = None
    floor: int | None = None
    pictures: tuple[Picture, ...] = ()
    contact: Contact | None = None
    updated: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who a feed is from: the agency, and a number that stays the same for it."""

    name: str
    number: str
    email: str = ""
    phone: str = ""
