"""What the pages of the inbox show."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Max
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.caching import for_a_minute
from accounts.models import Agency, Membership
from estates.catalogue.chips import chips, kept, without
from estates.catalogue.forms import SavedSearchForm
from estates.catalogue.matching import having
from estates.catalogue.models import SavedSearch
from estates.catalogue.saved import saved_searches
from estates.catalogue.search import Total
from estates.leads.inbox.forms import KEPT, ORDERS, FilterForm
from estates.leads.inbox.office import Clock, clock_of
from estates.leads.inbox.search import NEWEST, TABS, Search, count, find
from estates.leads.models import Lead, LeadSource, State

SIZE = 50
RECENT = 5000
"""Leads whose portals and categories are offered as filters, and among which new ones are looked for."""
COUNTED = ("answer", "mine", "unassigned")
LABELS: dict[str, str | Promise] = {
    "answer": _("To answer"),
    "mine": _("Mine"),
    "unassigned": _("Nobody's"),
    "all": pgettext_lazy("leads", "All"),
    **{state.value: state.label for state in State},
}


class Tab(NamedTuple):
    """One of the lists: its name in the URL and in words, how many are on it (None: not counted), whether shown."""

    name: str
    label: str | Promise
    total: Total | None
    here: bool


class Row(NamedTuple):
    """A lead in a list, with the open seconds that it has waited (None once answered) and how bad that is."""

    lead: Lead
    waited: int | None
    heat: str = ""


def results(asked: QueryDict, membership: Membership) -> dict[str, Any]:
    """The part of the inbox that changes with the filters, which are in the URL."""
    agency, form = membership.agency, FilterForm(asked, membership)
    search, newest = form.search(), newest_id()
    found = find(agency, search, asked.get("cursor", ""), SIZE)
    clock = clock_of(agency)
    filters = kept(asked, KEPT)
    place = f"{filters}&cursor={asked['cursor']}" if asked.get("cursor") else filters
    return {
        "form": form,
        "found": found,
        "rows": [row(lead, clock) for lead in found.leads],
        "target_minutes": clock.target // 60,
        "tabs": _tabs(agency, search, found.total if not search.filters else None),
        "tab": search.tab,
        "chips": chips(form, form.shown, asked),
        "orders": _orders(asked, search),
        "facets": facets_of(agency),
        "filters": filters,
        "place": place,
        "undo_at": f"{reverse('leads:undo_bulk', args=[agency.slug])}?{place}",
        "newest": newest,
        "states": State.choices,
        "colleagues": form.colleagues,
        "save_form": SavedSearchForm(auto_id="save_%s"),
        "searches": saved_searches(membership, SavedSearch.Page.LEADS).order_by("name"),
        "is_first": not found.page.before,
        "has_source": LeadSource.objects.for_agency(agency).filter(connection__removed_at=None).exists,
    }


def row(lead: Lead, clock: Clock) -> Row:
    if lead.state != State.NEW or lead.erased_at:
        return Row(lead, None)
    waited = clock.hours.seconds(lead.happened_at, clock.now)
    heat = "late" if waited > clock.target else "soon" if waited * 2 > clock.target else "fresh"
    return Row(lead, waited, heat)


def arrived(agency: Agency, search: Search, seen: int) -> int:
    """How many leads of the list have come since the newest was `seen`, looking at the last thousands only.

    A lead whose transaction took longer than a later one's may be passed over here; the list itself shows it.
    """
    newest = newest_id()
    if seen >= newest:
        return 0
    rows = Lead.objects.for_agency(agency).filter(search.condition)
    if search.words:
        rows = rows.filter(having(search.words))
    return rows.filter(pk__gt=max(seen, newest - RECENT)).order_by().count()


def newest_id() -> int:
    """The key of the newest lead of all: what came later is looked for behind it."""
    return Lead.objects.across_agencies().aggregate(newest=Max("pk"))["newest"] or 0


def facets_of(agency: Agency) -> dict[str, list[str]]:
    """The portals and categories of the agency's latest leads: open lists, so looked up; kept for a minute."""
    return for_a_minute(agency, "leads:facets", lambda: _facets(agency))


def _facets(agency: Agency) -> dict[str, list[str]]:
    latest = Lead.objects.for_agency(agency).filter(erased_at=None).order_by("-happened_at", "-pk")
    rows = list(latest.values_list("portal", "category")[:RECENT])
    portals, categories = ({row[at] for row in rows} - {""} for at in (0, 1))
    return {"portal": sorted(portals), "category": sorted(categories)}


def _tabs(agency: Agency, search: Search, total: Total | None) -> list[Tab]:
    """The count of the list that is shown is known already where no filter narrows it."""
    known = {search.tab: total} if total and search.tab in COUNTED else {}
    asked = [name for name in COUNTED if name not in known]
    found = count(agency, [Search(name, user=search.user) for name in asked])
    numbers = known | dict(zip(asked, found, strict=True))
    return [Tab(name, LABELS[name], numbers.get(name), name == search.tab) for name in TABS]


def _orders(asked: QueryDict, search: Search) -> list[dict[str, Any]]:
    current = "newest" if search.order == NEWEST else "oldest"
    base = without(asked, "order")
    return [
        {"label": label, "url": f"{base}&order={name}".replace("?&", "?"), "current": name == current}
        for name, label in ORDERS.items()
    ]
