"""What the pages of the catalogue show."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Membership
from estates.catalogue.chips import chips, kept, without
from estates.catalogue.facets import facets_of
from estates.catalogue.finishing import MISSES
from estates.catalogue.forms import ORDERS, VIEWS, SavedSearchForm, SearchForm
from estates.catalogue.models import Estate, SyncRun
from estates.catalogue.paging import Order
from estates.catalogue.publish import KINDS
from estates.catalogue.saved import saved_searches
from estates.catalogue.search import find
from estates.catalogue.standing import standings
from estates.jobs.models import Job

SIZES = {"cards": 24, "table": 50, "map": 500}
"""Estates on a page; a map has one page."""


def results(request: HttpRequest, membership: Membership) -> dict[str, Any]:
    """The part of the search page that changes with the filters."""
    form = SearchForm(request.GET)
    asked = form.search()
    shown_as = form.shown_as
    cursor = "" if shown_as == "map" else request.GET.get("cursor", "")
    found = find(membership.agency, asked, cursor, SIZES[shown_as])
    placed = [estate for estate in found.estates if estate.latitude is not None]
    return {
        "form": form,
        "facets": facets_of(membership.agency),
        "found": found,
        "placed": placed,
        "unplaced": len(found.estates) - len(placed),
        "shown_as": shown_as,
        "views": VIEWS.items(),
        "chips": chips(form, asked.shown, request.GET),
        "orders": _orders(request, asked.order),
        "filters": kept(request.GET),
        "save_form": SavedSearchForm(auto_id="save_%s"),
        **tiles(),
    }


def tiles() -> dict[str, str]:
    return {"tiles": settings.MAP_TILE_URL, "tile_credit": settings.MAP_TILE_CREDIT}


def surroundings(request: HttpRequest, membership: Membership) -> dict[str, Any]:
    """The part around it: how fresh the list is, and the person's saved searches."""
    mine = saved_searches(membership)
    found = standings(membership.agency)
    return {
        "standings": found,
        "syncing": any(standing.job for standing in found),
        "searches": mine.order_by("name"),
    }


def jobs_about(estate: Estate) -> list[Job]:
    """The latest job of each kind that is about the estate, as long as it has something to say."""
    about = Job.objects.for_agency(estate.agency).filter(subject=f"estate:{estate.pk}", kind__in=KINDS)
    latest: dict[str, Job] = {}
    for job in about.order_by("-pk").defer("evidence")[:20]:
        latest.setdefault(job.kind, job)
    return list(latest.values())


def missing(run: SyncRun) -> QuerySet[Estate]:
    """The estates that the question of a sync is about."""
    held = Estate.objects.for_agency(run.agency).filter(connection=run.connection, gone_at=None)
    return held.filter(missed__gte=MISSES).order_by("-created_at", "-pk").defer("search_text")


def search_address(membership: Membership, query: str) -> str:
    return f"{reverse('catalogue:search', args=[membership.agency.slug])}?{query}"


def _orders(request: HttpRequest, current: Order) -> list[dict[str, Any]]:
    listed = []
    for name, (label, descending) in ORDERS.items():
        order = Order(name.lstrip("-"), descending)
        asked = without(request.GET, "orderby", "order")
        address = f"{asked}&orderby={order.column}&order={'DESC' if descending else 'ASC'}"
        listed.append({"label": label, "url": address.replace("?&", "?"), "current": order == current})
    return listed
