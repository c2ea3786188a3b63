"""Where leads come from: each source's runs, alarms and answers, and whether it may take leads away."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_view
from accounts.models import Agency, Membership
from accounts.roles import Role
from estates.jobs.latest import latest
from estates.leads.alarms import alarms_of, unsettled
from estates.leads.ledger.compare import ledger_of
from estates.leads.models import Batch, Lead, LeadSource, Programme, Pull, StrayItem
from estates.leads.sources import FETCHES, fetch_now, set_mode

ROWS = 30
SHOWN = 200_000
"""Characters of an answer on its page; the whole stays stored."""


def sources_of(agency: Agency) -> QuerySet[LeadSource]:
    rows = LeadSource.objects.for_agency(agency).select_related("agency", "connection")
    rows = rows.annotate(unsettled=unsettled())
    return rows.order_by("connection__system", "connection__label", "pk")


def source_of(membership: Membership, pk: int) -> LeadSource:
    return get_object_or_404(sources_of(membership.agency), pk=pk)


def cards_of(agency: Agency, sources: list[LeadSource]) -> list[dict[str, Any]]:
    """A card for each, in three queries, however many there are."""
    connections = [source.connection_id for source in sources]
    leads, strays = (
        dict(
            rows.filter(connection__in=connections)
            .order_by()
            .values_list("connection")
            .annotate(number=Count("pk"))
        )
        for rows in (Lead.objects.for_agency(agency), StrayItem.objects.for_agency(agency))
    )
    jobs = latest(agency, list(FETCHES.values()), [f"connection:{pk}" for pk in connections])
    return [
        {
            "source": source,
            "alarms": alarms_of(source),
            "leads": leads.get(source.connection_id, 0),
            "strays": strays.get(source.connection_id, 0),
            "job": jobs.get(
                (FETCHES.get(source.connection.system, ""), f"connection:{source.connection_id}")
            ),
            "fetches": source.connection.system in FETCHES and source.connection.removed_at is None,
            "has_mode": source.connection.system == "marketing_lab",
        }
        for source in sources
    ]


@require_safe
@member_view()
def index(request: HttpRequest, membership: Membership) -> HttpResponse:
    cards = cards_of(membership.agency, list(sources_of(membership.agency)))
    return render(request, "leads/sources/index.html", {"cards": cards})


@require_safe
@member_view()
def detail(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """One source; what people wrote, in items set apart and raw answers, is for managers."""
    source = source_of(membership, pk)
    here = {"agency": source.agency, "connection": source.connection}
    batches = Batch.objects.for_agency(source.agency).filter(**here)
    context = {
        "card": cards_of(source.agency, [source])[0],
        "pulls": Pull.objects.for_agency(source.agency).filter(**here).order_by("-pk")[:ROWS],
        "strays": StrayItem.objects.for_agency(source.agency).filter(**here).order_by("-pk")[:ROWS],
        "batches": batches.defer("body").order_by("-pk")[:ROWS],
        "programmes": Programme.objects.for_agency(source.agency)
        .filter(**here)
        .order_by("gone_at", "region", "name")[:200],
    }
    return render(request, "leads/sources/detail.html", context)


@require_safe
@member_view(Role.MANAGER)
def answer(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """A kept answer as it came; `pk` is the batch's."""
    batches = Batch.objects.for_agency(membership.agency).select_related("connection__lead_source")
    batch = get_object_or_404(batches, pk=pk)
    context = {"batch": batch, "text": batch.body[:SHOWN], "is_cut": len(batch.body) > SHOWN}
    return render(request, "leads/sources/answer.html", context)


@require_POST
@member_view(Role.AGENT)
def fetch(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    source = source_of(membership, pk)
    if source.connection.removed_at or source.connection.system not in FETCHES:
        messages.warning(request, _("The key of this source was deleted, so nothing can be fetched."))
    else:
        fetch_now(source.connection, membership.user)
    return redirect("leads:source", source.agency.slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.MANAGER)
def mode(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Says what the other mode does, and switches to it."""
    source = source_of(membership, pk)
    other = LeadSource.Mode.READ if source.mode == LeadSource.Mode.PULL else LeadSource.Mode.PULL
    if request.method != "POST":
        return render(request, "leads/sources/mode.html", {"source": source, "other": other})
    if request.POST.get("mode") == other:
        set_mode(source, other, membership.user)
        messages.success(request, _("Saved. It counts from the next run on."))
    else:
        messages.warning(
            request, _("Nothing was changed: a colleague was faster. This is how it stands now.")
        )
    return redirect("leads:source", source.agency.slug, pk)


@require_safe
@member_view()
def ledger(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """What the source gave in thirty days, day by day, against what is here."""
    source = source_of(membership, pk)
    context = {"source": source, "ledger": ledger_of(source.connection)}
    return render(request, "leads/sources/ledger.html", context)
