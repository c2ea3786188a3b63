"""What is said beside a mapped estate: what Seeki's listing cannot tell as the estate does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from estates.syndication.mapping.words import Nuance


class Remarked(StrEnum):
    """What the mapping could not carry over as it is."""

    TYPE_UNKNOWN = "type_unknown"
    OFFER_UNKNOWN = "offer_unknown"
    OFFER_SEASONAL = "offer_seasonal"
    OFFER_AUCTION = "offer_auction"
    OFFER_LIFE_ANNUITY = "offer_life_annuity"
    CURRENCY_ASSUMED = "currency_assumed"
    COUNTRY_UNKNOWN = "country_unknown"
    ADDRESS_INCOMPLETE = "address_incomplete"
    COORDINATES_ZERO = "coordinates_zero"
    COORDINATES_RANGE = "coordinates_range"
    PICTURES_UNUSABLE = "pictures_unusable"


NUANCES = {
    Nuance.SEASONAL: Remarked.OFFER_SEASONAL,
    Nuance.AUCTION: Remarked.OFFER_AUCTION,
    Nuance.LIFE_ANNUITY: Remarked.OFFER_LIFE_ANNUITY,
}


@dataclass(frozen=True, slots=True)
class Remark:
    """`field` by Seeki's name, `detail` the estate's own words."""

    code: Remarked
    field: str
    detail: str = ""
