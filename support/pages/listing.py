"""The list of an agency's tickets: what waits for somebody here first, then what changed last."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Left
from django.http import QueryDict
from django.utils.functional import Promise

from accounts.models import Agency, Membership
from estates.catalogue.chips import Chip, kept, without
from estates.wordpress.domains import shown
from estates.wordpress.models import Site
from support.forms import KEPT, TABS, FilterForm
from support.models import Message, Mirrored
from support.pages.finding import annotated, condition, counts_of, light, on
from support.pages.standing import Standing, standing_of

SIZE = 50
EXCERPT = 200


class Tab(NamedTuple):
    name: str
    label: str | Promise
    number: int
    here: bool


class Row(NamedTuple):
    """A ticket of the list, how it stands, and the beginning of its last message."""

    ticket: Any
    standing: Standing
    last: Message | None

    @property
    def site(self) -> str:
        return shown(self.ticket.domain)


def results(asked: QueryDict, membership: Membership) -> dict[str, Any]:
    """The part of the page that changes with the filters, which are in the URL; in a constant number of queries."""
    agency, user = membership.agency, membership.user
    occurring = list(light(agency).order_by().values_list("domain", "state").distinct())
    form = FilterForm(asked, occurring)
    form.is_valid()
    tab = form.cleaned_data.get("tab") or "all"
    found = annotated(agency, user).filter(condition(form.cleaned_data))
    counts = counts_of(found)
    number, domains = getattr(counts, tab), list(mirrored(agency))
    page = _page(asked.get("page", ""), number)
    return {
        "form": form,
        "rows": _rows(agency, found.filter(on(tab)), page),
        "tabs": [Tab(name, label, getattr(counts, name), name == tab) for name, label in TABS.items()],
        "tab": tab,
        "counts": counts,
        "number": number,
        "before": page - 1,
        "after": page + 1 if page * SIZE < number else 0,
        "chips": _chips(form, asked),
        "filters": kept(asked, [*KEPT, "page"]),
        "has_tickets": bool(occurring),
        "has_sites": bool(occurring) or Site.objects.for_agency(agency).exists(),
        "failing": [(shown(domain.domain), domain) for domain in domains if domain.failing_since],
        "as_of": min((domain.read_at for domain in domains if domain.read_at), default=None),
        "may_be_read": bool(domains),
    }


def _page(asked: str, number: int) -> int:
    """The number of the page that is asked for, or of the nearest there is."""
    last = max(1, -(-number // SIZE))
    given = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    return min(max(1, given), last)


def _rows(agency: Agency, tickets: QuerySet[Any], page: int) -> list[Row]:
    newest = Message.objects.across_agencies().filter(ticket=OuterRef("pk")).order_by("-written_at", "-pk")
    ordered = tickets.annotate(last=Subquery(newest.values("pk")[:1]))
    ordered = ordered.order_by("-for_you", "-changed_at", "-pk")
    shown_now: list[Any] = list(ordered[(page - 1) * SIZE : page * SIZE])
    texts = Message.objects.for_agency(agency).annotate(excerpt=Left("text", EXCERPT))
    texts = texts.only("from_support", "author_name", "author_id")
    last = texts.in_bulk([ticket.last for ticket in shown_now if ticket.last])
    return [
        Row(
            ticket,
            standing_of(ticket, failed=ticket.failed, sending=ticket.sending),
            last.get(ticket.last),
        )
        for ticket in shown_now
    ]


def _chips(form: FilterForm, asked: QueryDict) -> list[Chip]:
    return [
        Chip(name, str(form.fields[name].label), form.shown[name], without(asked, name, "page"))
        for name in form.fields
        if name in form.shown
    ]


def mirrored(agency: Agency) -> QuerySet[Mirrored]:
    """The domains whose tickets are read, as long as their account is in use."""
    rows = Mirrored.objects.for_agency(agency).filter(connection__removed_at=None)
    return rows.select_related("agency", "connection").order_by("domain", "pk")
