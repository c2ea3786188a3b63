"""An estate of the catalogue as a listing of a feed, whichever dialect it will be written in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accounts.models import Agency
from estates.catalogue.models import Estate
from estates.feeds.listing import Action, Contact, Listing, Offer, Picture, Sender
from estates.syndication.mapping import fields
from estates.syndication.mapping.countries import country_code
from estates.syndication.mapping.currencies import currency_code
from estates.syndication.mapping.words import Offer as SeekiOffer
from estates.syndication.mapping.words import offered_as
from estates.syndication.outgoing.kinds import feed_kind

OFFERS = {SeekiOffer.SELL: Offer.SALE, SeekiOffer.RENT: Offer.RENT}
WEB = ("https://", "http://")


def listing_of(estate: Estate, payload: Mapping[str, Any]) -> Listing:
    """Maps the columns and the payload; never raises. What is unknown is left unsaid.

    The number of the house stays in the street, as Ts-Immo gives it. An estate that is gone asks to be deleted.
    """
    kind, commercial = feed_kind(estate.type, estate.sub_type)
    latitude, longitude = _position(estate)
    return Listing(
        external_id=estate.remote_id,
        action=Action.DELETE if estate.gone_at else Action.ADD,
        offer=_offer(estate.offer_type),
        kind=kind,
        commercial=commercial,
        title=estate.title.strip(),
        description=fields.description(payload),
        price=estate.price or None,
        currency=currency_code(estate.currency),
        street=estate.address.strip(),
        postal_code=estate.postal_code.strip(),
        city=estate.city.strip(),
        region=estate.region.strip(),
        country=country_code(estate.country),
        latitude=latitude,
        longitude=longitude,
        surface=estate.surface or None,
        land_surface=estate.land_surface or None,
        rooms=_counted(estate.rooms),
        bedrooms=_counted(estate.bedrooms),
        bathrooms=_counted(estate.bathrooms),
        floor=fields.floor(payload),
        pictures=_pictures(estate.images),
        contact=_contact(payload),
        updated=(estate.updated_at or estate.changed_at).date(),
    )


def sender_of(agency: Agency) -> Sender:
    """The agency; its number stays, whatever it calls itself."""
    return Sender(name=agency.name, number=f"passerelle-{agency.pk}")


def _offer(word: str) -> Offer | None:
    offered = offered_as(word)
    return OFFERS[offered.offer] if offered else None


def _position(estate: Estate) -> tuple[float | None, float | None]:
    """Both or none. Zero and zero lies in the sea: it is what software writes that knows no position."""
    latitude, longitude = estate.latitude, estate.longitude
    if latitude is None or longitude is None or latitude == longitude == 0:
        return None, None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None, None
    return latitude, longitude


def _counted(number: int | None) -> Decimal | None:
    return Decimal(number) if number else None


def _pictures(images: Any) -> tuple[Picture, ...]:
    given = images if isinstance(images, list) else []
    usable = [each for each in given if isinstance(each, str) and each.lower().startswith(WEB)]
    return tuple([Picture(address=address) for address in dict.fromkeys(usable)])


def _contact(payload: Mapping[str, Any]) -> Contact | None:
    found = fields.contact(payload)
    return Contact(**found) if found else None
