"""The parameters of the list of estates: Ts-Immo's twenty-one (ts-immo.txt, GET /v1/estates), and two of ours."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from ninja import Field
from pydantic import AfterValidator, AwareDatetime, BaseModel

from estates.catalogue.forms import FILTERS
from estates.catalogue.paging import Order
from estates.catalogue.search import Search

MOST = 100
LAST_PAGE = 1_000_000
YEARS = range(2000, 3000)
Word = Annotated[str, Field(max_length=120)]
Amount = Annotated[float, Field(ge=0, le=999_999_999_999, allow_inf_nan=False)]
Rooms = Annotated[int, Field(ge=0, le=999)]


def in_our_time(moment: AwareDatetime) -> AwareDatetime:
    if moment.year not in YEARS:
        raise ValueError(f"the year must be from {YEARS[0]} to {YEARS[-1]}")
    return moment


class EstateQuery(BaseModel):
    """All filters are optional, and can be combined."""

    # No ninja.Schema, which reads models of Django's too and therefore looks each parameter up one by one.

    query: str | None = Field(
        None, max_length=200, description="Words, each as a beginning", examples=["villa cannes"]
    )
    type: Word | None = Field(None, description="Such as apartment, house, land", examples=["apartment"])
    sub_type: Word | None = Field(None, description="Such as studio, penthouse, villa", examples=["villa"])
    offer_type: Word | None = Field(None, description="Such as sale, rental, auction", examples=["sale"])
    status: Word | None = Field(None, description="Such as available, sold, rented", examples=["available"])
    min_price: Amount | None = Field(None, description="In the estate's currency", examples=[100000])
    max_price: Amount | None = Field(None, description="In the estate's currency", examples=[500000])
    min_surface: Amount | None = Field(None, description="In m²", examples=[60])
    max_surface: Amount | None = Field(None, description="In m²", examples=[120])
    bedrooms: Rooms | None = Field(None, description="At least so many", examples=[3])
    bathrooms: Rooms | None = Field(None, description="At least so many", examples=[1])
    city: Word | None = Field(None, description="Whatever its accents and capitals are", examples=["Paris"])
    postal_code: Word | None = Field(None, description="Or how it begins", examples=["75"])
    country: Word | None = Field(None, description="ISO code", examples=["FR"])
    region: Word | None = Field(None, description="As the estate says it", examples=["Rhône"])
    featured: bool | None = Field(None, description="Featured estates", examples=[True])
    is_project: bool | None = Field(None, description="New developments", examples=[False])
    page: int = Field(
        1, ge=1, le=LAST_PAGE, description="Pages shift while estates come in; a cursor does not."
    )
    limit: int = Field(50, ge=1, le=MOST, description="Estates on a page")
    orderby: Literal["created_at", "updated_at", "price", "surface", "city"] = Field(
        "created_at", description="What the order goes by; estates that lack it come last"
    )
    order: Literal["ASC", "DESC"] = Field("DESC", description="Ascending or descending")
    cursor: str | None = Field(
        None,
        max_length=500,
        description="`next_cursor` of the page before, with the same other parameters",
        examples=["WyIyMDI2LTExLTI4IiwgNDJd"],
    )
    updated_since: Annotated[AwareDatetime, AfterValidator(in_our_time)] | None = Field(
        None,
        description="Only what came, changed or went since: `as_of` of the last time. What went, or does not meet "
        "the filters any more, is in `gone`.",
        examples=["2026-11-28T09:30:00Z"],
    )

    model_config = {"extra": "forbid"}

    def search(self) -> Search:
        """What the filters ask of the catalogue."""
        given = {name: getattr(self, name) for name in FILTERS}
        known = {name: _exact(value) for name, value in given.items() if value not in (None, "")}
        return Search(known, self.ordered)

    @property
    def ordered(self) -> Order:
        return Order(self.orderby, self.order == "DESC")


def _exact(value: object) -> object:
    """Amounts as the catalogue keeps them, without what a binary fraction adds."""
    return Decimal(repr(value)) if isinstance(value, float) else value
