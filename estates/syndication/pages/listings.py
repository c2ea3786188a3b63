"""The list of a plan's listings, and one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import Agency
from estates.catalogue.chips import chips, kept
from estates.catalogue.models import Estate
from estates.catalogue.paging import Order, Page, page_of
from estates.catalogue.search import COUNTED, Total
from estates.catalogue.words import normalise
from estates.syndication.forms import KEPT, SOON, TABS, UNCHOSEN, FilterForm
from estates.syndication.models import Listing, Plan
from estates.syndication.pages.rows import Row, row_of, rows_of, soon
from estates.syndication.pages.unchosen import how_many, number_unchosen, unchosen
from estates.syndication.pushing.figures import counts
from estates.syndication.standings import Standing, conditions

SIZE = 50
EVENTS = 100
MOST_WORDS = 8
BY_TITLE, BY_LAST_DAY = Order("title", False), Order("live_until", False)
DATED = (Standing.LIVE, Standing.LAPSING, SOON)
"""Whose listings all have a last day, which is what one looks for among them."""


class Tab(NamedTuple):
    name: str
    label: str | Promise
    number: int
    here: bool


def results(plan: Plan, asked: QueryDict) -> dict[str, Any]:
    """The part of the list that changes with the filters, which are in the URL."""
    now, form = timezone.now(), FilterForm(asked)
    form.full_clean()
    outside = number_unchosen(plan)
    shared = {
        "plan": plan,
        "form": form,
        "tabs": _tabs(plan, form.tab, now, outside),
        "chips": chips(form, form.shown, asked),
        "filters": kept(asked, KEPT),
        "unchosen": outside,
    }
    if form.tab == UNCHOSEN:
        return shared | _estates(plan, form, asked)
    matching = select(plan, form, now)
    order = BY_LAST_DAY if form.tab in DATED else BY_TITLE
    page = page_of(matching, order, asked.get("cursor", ""), SIZE)
    number = matching.order_by().values("pk")[: COUNTED + 1].count()
    return shared | {
        "rows": [row_of(listing, now) for listing in _load(plan.agency, page)],
        "page": page,
        "total": Total(min(number, COUNTED), number > COUNTED),
    }


def _estates(plan: Plan, form: FilterForm, asked: QueryDict) -> dict[str, Any]:
    """Estates without a listing: they have no forecast either."""
    matching = unchosen(plan)
    if form.cleaned_data.get("verdict"):
        matching = matching.none()
    for word in form.cleaned_data.get("query", "").split()[:MOST_WORDS]:
        plain = normalise(word)
        matching = matching.filter(search_text__contains=plain) if plain else matching.none()
    page = page_of(matching, BY_TITLE, asked.get("cursor", ""), SIZE)
    estates = Estate.objects.for_agency(plan.agency).defer("search_text", "digest").in_bulk(page.keys)
    return {
        "estates": [estates[key] for key in page.keys if key in estates],
        "page": page,
        "total": Total(how_many(matching), False),
    }


def select(plan: Plan, form: FilterForm, now: datetime) -> QuerySet[Listing]:
    """The plan's listings that the valid filters let through, without an order."""
    rows = Listing.objects.for_agency(plan.agency).filter(plan=plan)
    if form.tab == SOON:
        rows = rows.filter(soon(now))
    elif form.tab:
        rows = rows.filter(conditions(now)[Standing(form.tab)])
    if verdict := form.cleaned_data.get("verdict"):
        rows = rows.filter(verdict=verdict)
    for word in form.cleaned_data.get("query", "").split()[:MOST_WORDS]:
        rows = rows.filter(_named(word))
    return rows


def of_estate(estate: Estate, plans: list[Plan], now: datetime) -> list[tuple[Plan, Row | None]]:
    """What became of an estate in each plan; None where it never was in it."""
    rows = rows_of(estate.agency).filter(plan__in=plans, external_id=estate.remote_id)
    held = {listing.plan_id: row_of(listing, now) for listing in rows}
    return [(plan, held.get(plan.pk)) for plan in plans]


def _named(word: str) -> Q:
    found = Q(title__icontains=word) | Q(external_id__istartswith=word)
    if plain := normalise(word):
        found |= Q(estate__search_text__contains=plain)
    return found


def _load(agency: Agency, page: Page) -> list[Listing]:
    found = {listing.pk: listing for listing in rows_of(agency).filter(pk__in=page.keys)}
    return [found[key] for key in page.keys if key in found]


def _tabs(plan: Plan, here: str, now: datetime, outside: int) -> list[Tab]:
    """All, the standings, and where there are any those that lapse soon and the estates without a listing."""
    known: dict[str, int] = {standing.value: number for standing, number in counts(plan).items()}
    numbers = {"": sum(known.values()), **known}
    ending = Listing.objects.for_agency(plan.agency).filter(soon(now), plan=plan).count()
    if ending or here == SOON:
        numbers[SOON] = ending
    if outside or here == UNCHOSEN:
        numbers[UNCHOSEN] = outside
    return [Tab(name, TABS[name], numbers[name], name == here) for name in TABS if name in numbers]
