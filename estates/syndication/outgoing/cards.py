"""What the page of addresses shows of each."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from accounts.models import Agency
from estates.catalogue.chips import Chip, chips
from estates.jobs.models import Job
from estates.syndication.models import Outlet
from estates.syndication.outgoing import due
from estates.syndication.outgoing.addresses import address_of
from estates.syndication.outgoing.forms import FiltersForm
from estates.syndication.outgoing.selection import BadQuery, count, selection_of


@dataclass(frozen=True)
class Card:
    """`listings` is what it gives now, None where its filters cannot be read; `job` the last build, if it says
    something; `is_due` that the zip is not of the estates as they are now.
    """

    outlet: Outlet
    address: str
    listings: int | None
    chips: list[Chip]
    job: Job | None
    is_due: bool

    @property
    def is_zip(self) -> bool:
        return self.outlet.format == Outlet.Format.OPENIMMO_ZIP


def cards(agency: Agency) -> list[Card]:
    rows = Outlet.objects.for_agency(agency).select_related("agency").order_by("name", "pk")
    return [card_of(outlet) for outlet in rows]


def card_of(outlet: Outlet) -> Card:
    asked = QueryDict(outlet.query)
    form = FiltersForm(asked)
    form.full_clean()
    shown = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    is_zip = outlet.format == Outlet.Format.OPENIMMO_ZIP
    return Card(
        outlet,
        address_of(outlet),
        _count(outlet),
        chips(form, shown, asked),
        due.jobs_of(outlet).order_by("-pk").defer("evidence").first() if is_zip else None,
        is_zip and due.is_due(outlet),
    )


def _count(outlet: Outlet) -> int | None:
    try:
        return count(selection_of(outlet.agency, outlet.query))
    except BadQuery:
        return None
