"""The mirror: its syncs, how often they run, what they could not read, and what they would take away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.catalogue import pages
from estates.catalogue.dossier import indented
from estates.catalogue.forms import IntervalForm
from estates.catalogue.models import RejectedEstate, SyncRun
from estates.catalogue.plan import set_interval, sync_now
from estates.catalogue.removals import confirm_removals, keep_estates
from estates.catalogue.standing import plans_of, standings
from estates.connections.models import Connection, System

LISTED = 200
RUNS = 50


@require_safe
@member_view()
def syncs(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Each connection's mirror and its rhythm, and the last syncs with what came of them."""
    agency = membership.agency
    plans = plans_of(agency)
    mirrors = [
        (standing, plan, IntervalForm(initial={"minutes": plan.every_minutes if plan else None}))
        for standing in standings(agency)
        for plan in [plans.get(standing.connection.pk)]
    ]
    runs = SyncRun.objects.for_agency(agency).select_related("connection").defer("seen")
    context = {"mirrors": mirrors, "runs": runs.order_by("-pk")[:RUNS]}
    return render(request, "catalogue/syncs.html", context)


@require_POST
@member_view(Role.MANAGER)
def interval(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    connection, form = mirrored_of(membership, pk), IntervalForm(request.POST)
    if form.is_valid():
        set_interval(connection, form.cleaned_data["minutes"], membership.user)
        messages.success(request, _("Saved. The next sync follows the new rhythm."))
    else:
        messages.error(request, " ".join(str(error) for error in form.errors["minutes"]))
    return redirect("catalogue:syncs", membership.agency.slug)


@require_POST
@member_view(Role.AGENT)
def sync(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    sync_now(mirrored_of(membership, pk), membership.user)
    return redirect("catalogue:search", membership.agency.slug)


@require_safe
@member_view()
def rejected(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What the last syncs could not read, with the reason and what came instead."""
    items = RejectedEstate.objects.for_agency(membership.agency).select_related("connection", "run")
    shown = list(items.order_by("-pk")[: LISTED + 1])
    for item in shown:
        item.body = indented(item.body)
    context = {"items": shown[:LISTED], "more": len(shown) > LISTED}
    return render(request, "catalogue/rejected.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.MANAGER)
def removal(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The question whether estates that are missing may go, and the answer to it."""
    run = question_of(membership, pk)
    if request.method != "POST":
        missing = pages.missing(run)
        context = {"run": run, "missing": missing[:LISTED], "more": run.would_go - LISTED}
        return render(request, "catalogue/removal.html", context)
    decide = confirm_removals if request.POST.get("decision") == "confirm" else keep_estates
    if not decide(run, membership.user):
        messages.warning(request, _("The question was settled meanwhile."))
    elif decide is confirm_removals:
        messages.success(request, _("The missing estates are marked as no longer listed."))
    else:
        messages.success(request, _("Nothing was removed."))
    return redirect("catalogue:search", membership.agency.slug)


def question_of(membership: Membership, pk: int) -> SyncRun:
    runs = SyncRun.objects.for_agency(membership.agency).select_related("connection", "agency").defer("seen")
    return get_object_or_404(runs, pk=pk, status=SyncRun.Status.ASKING)


def mirrored_of(membership: Membership, pk: int) -> Connection:
    mirrored = Connection.objects.for_agency(membership.agency).filter(system=System.TS_IMMO, removed_at=None)
    return get_object_or_404(mirrored.select_related("agency"), pk=pk)
