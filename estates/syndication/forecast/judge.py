"""What Seeki will say of an estate, before it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from estates.catalogue.models import Estate
from estates.syndication.forecast import sense
from estates.syndication.forecast.reasons import Code, Forecast, Reason, reason_of, storable
from estates.syndication.mapping.currencies import CURRENCIES
from estates.syndication.mapping.outgoing import Outgoing
from estates.syndication.models import PictureLook, Verdict

BODY_MOST = 23_999_900
"""Bytes of one listing: a batch ends at 24,000,000, of which some are around the listing."""


def judge(outgoing: Outgoing, estate: Estate, looks: Mapping[str, PictureLook]) -> Forecast:
    """The forecast for what would be sent of an estate. `looks` are those known of its pictures, by address.

    REFUSED means that Seeki's guide says so; BETTER that it would be published all the same.
    """
    found = [
        *refusals(outgoing),
        *(reason_of(remark) for remark in outgoing.remarks),
        *sense.doubts(outgoing.listing, estate, looks),
    ]
    reasons = tuple(sorted(found, key=lambda reason: not reason.refuses))
    if not reasons:
        return Forecast(Verdict.READY)
    return Forecast(Verdict.REFUSED if reasons[0].refuses else Verdict.BETTER, reasons)


def refusals(outgoing: Outgoing) -> Iterator[Reason]:
    """seeki-import.txt, "Request shape" and "Limits". An unknown offer is a remark of the mapping."""
    listing = outgoing.listing
    if not outgoing.external_id.strip():
        yield Reason(Code.NUMBER_MISSING, "external_id")
    if "price" not in listing:
        yield Reason(Code.PRICE_MISSING, "price")
    elif not listing["price"] > 0:
        yield Reason(Code.PRICE_ZERO, "price", str(listing["price"]))
    if listing["currency"] not in CURRENCIES:
        yield Reason(Code.CURRENCY_UNKNOWN, "currency", storable(listing["currency"]))
    if len(outgoing.body) > BODY_MOST:
        yield Reason(Code.TOO_LARGE, "", str(len(outgoing.body)))
    yield from _place(outgoing)


def _place(outgoing: Outgoing) -> Iterator[Reason]:
    if "coordinates" in outgoing.listing:
        return
    address = outgoing.listing.get("address", {})
    missing = [name for name in ("street", "city", "country_code") if name not in address]
    if not address:
        yield Reason(Code.PLACE_MISSING, "address")
    elif missing:
        yield Reason(Code.ADDRESS_HALF, "address", ", ".join(missing))
