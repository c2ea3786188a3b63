"""What the forecast may say of an estate, and whether Seeki would refuse it for that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from estates.syndication.mapping.remarks import Remark, Remarked
from estates.syndication.models import Verdict

DETAIL_LIMIT = 200


class Code(StrEnum):
    """Those of REFUSING are against seeki-import.txt; the others are common sense."""

    NUMBER_MISSING = "number_missing"
    OFFER_UNKNOWN = "offer_unknown"
    PRICE_MISSING = "price_missing"
    PRICE_ZERO = "price_zero"
    CURRENCY_UNKNOWN = "currency_unknown"
    PLACE_MISSING = "place_missing"
    ADDRESS_HALF = "address_half"
    TOO_LARGE = "too_large"
    TYPE_UNKNOWN = "type_unknown"
    OFFER_SEASONAL = "offer_seasonal"
    OFFER_AUCTION = "offer_auction"
    OFFER_LIFE_ANNUITY = "offer_life_annuity"
    CURRENCY_ASSUMED = "currency_assumed"
    COUNTRY_UNKNOWN = "country_unknown"
    ADDRESS_LEFT_OUT = "address_left_out"
    COORDINATES_ZERO = "coordinates_zero"
    COORDINATES_RANGE = "coordinates_range"
    COORDINATES_ELSEWHERE = "coordinates_elsewhere"
    PRICE_LOW = "price_low"
    PRICE_HIGH = "price_high"
    SURFACE_ZERO = "surface_zero"
    SURFACE_MISSING = "surface_missing"
    NAME_MISSING = "name_missing"
    NAME_CAPITALS = "name_capitals"
    NAME_LONG = "name_long"
    DESCRIPTION_MISSING = "description_missing"
    DESCRIPTION_SHORT = "description_short"
    DESCRIPTION_LONG = "description_long"
    PICTURES_NONE = "pictures_none"
    PICTURES_UNUSABLE = "pictures_unusable"
    PICTURES_SILENT = "pictures_silent"
    CONTACT_MISSING = "contact_missing"


REFUSING = frozenset(
    {
        Code.NUMBER_MISSING,
        Code.OFFER_UNKNOWN,
        Code.PRICE_MISSING,
        Code.PRICE_ZERO,
        Code.CURRENCY_UNKNOWN,
        Code.PLACE_MISSING,
        Code.ADDRESS_HALF,
        Code.TOO_LARGE,
    }
)
REMARKED = {
    Remarked.TYPE_UNKNOWN: Code.TYPE_UNKNOWN,
    Remarked.OFFER_UNKNOWN: Code.OFFER_UNKNOWN,
    Remarked.OFFER_SEASONAL: Code.OFFER_SEASONAL,
    Remarked.OFFER_AUCTION: Code.OFFER_AUCTION,
    Remarked.OFFER_LIFE_ANNUITY: Code.OFFER_LIFE_ANNUITY,
    Remarked.CURRENCY_ASSUMED: Code.CURRENCY_ASSUMED,
    Remarked.COUNTRY_UNKNOWN: Code.COUNTRY_UNKNOWN,
    Remarked.ADDRESS_INCOMPLETE: Code.ADDRESS_LEFT_OUT,
    Remarked.COORDINATES_ZERO: Code.COORDINATES_ZERO,
    Remarked.COORDINATES_RANGE: Code.COORDINATES_RANGE,
    Remarked.PICTURES_UNUSABLE: Code.PICTURES_UNUSABLE,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """`field` by Seeki's name ("" for the whole), `detail` what stands there or what is missing."""

    code: Code
    field: str
    detail: str = ""

    @property
    def refuses(self) -> bool:
        return self.code in REFUSING

    def as_json(self) -> list[str]:
        """As `Listing.reasons` keeps it."""
        return [str(self.code), self.field, self.detail]


@dataclass(frozen=True, slots=True)
class Forecast:
    """The reasons that refuse stand first."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()

    def as_json(self) -> list[list[str]]:
        return [reason.as_json() for reason in self.reasons]


def reason_of(remark: Remark) -> Reason:
    """What the mapping remarked, as the forecast says it."""
    return Reason(REMARKED[remark.code], remark.field, storable(remark.detail))


def storable(detail: str) -> str:
    """Short, and without what no database keeps."""
    return detail[:DETAIL_LIMIT].replace("\0", "").encode("utf-8", "replace").decode()
