"""What Seeki will refuse of a feed file, by the rules of the forecast for estates."""

from __future__ import annotations

from typing import Any

from estates.feeds.heads import IDEALISTA
from estates.feeds.listing import Listing
from estates.syndication.forecast.judge import refusals
from estates.syndication.forecast.reasons import Code, Reason
from estates.syndication.mapping.currencies import DEFAULT, currency_code
from estates.syndication.mapping.outgoing import Outgoing


def refusal_of(listing: Listing, format: str) -> Reason | None:
    """The first reason for which Seeki refuses a listing of a file. The file goes out as it is all the same."""
    if listing.offer is None:
        return Reason(Code.OFFER_UNKNOWN, "listing_type")
    return next(refusals(Outgoing(listing.external_id, b"", "", listing=_as_sent(listing, format))), None)


def _as_sent(listing: Listing, format: str) -> dict[str, Any]:
    """As far as the rules ask. Seeki finds the country of an Idealista listing by its province."""
    address = {
        "street": listing.street.strip(),
        "city": listing.city.strip(),
        "country_code": listing.country.strip() or ("ES" if format == IDEALISTA else ""),
    }
    said: dict[str, Any] = {"currency": currency_code(listing.currency) or DEFAULT}
    if listing.price is not None and listing.price.is_finite():
        said["price"] = listing.price
    if listing.latitude is not None and listing.longitude is not None:
        said["coordinates"] = {"lat": listing.latitude, "lng": listing.longitude}
    if any(address.values()):
        said["address"] = {name: value for name, value in address.items() if value}
    return said
