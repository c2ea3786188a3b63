"""The first pages of publication: each connection to Seeki, and one plan with all that is known of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.syndication.looking import start_look
from estates.syndication.models import Plan
from estates.syndication.pages.plans import cards_of, connections_of, overview_of, plan_of
from estates.syndication.rules.filters import Rules


def own_plan(membership: Membership, pk: int) -> Plan:
    plans = Plan.objects.for_agency(membership.agency).select_related(
        "agency", "connection__agency", "changed_by"
    )
    return get_object_or_404(plans, pk=pk)


@require_safe
@member_view()
def index(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Each connection to Seeki in a few numbers. Where there is but one, all that its plan's page shows."""
    connections = list(connections_of(membership.agency))
    if len(connections) == 1 and (only := plan_of(connections[0])) is not None:
        return _overview(request, only, alone=True)
    cards = cards_of(membership.agency, connections)
    context = {"cards": cards, "reloads": any(card.reloads for card in cards)}
    return render(request, "syndication/index.html", context)


@require_safe
@member_view()
def plan(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    return _overview(request, own_plan(membership, pk))


def _overview(request: HttpRequest, plan: Plan, *, alone: bool = False) -> HttpResponse:
    found = overview_of(plan)
    context = {"plan": plan, "card": found.card, "overview": found, "rules": rules_of(plan), "alone": alone}
    return render(request, "syndication/plan.html", context)


@require_POST
@member_view(Role.AGENT)
def look(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    start_look(own_plan(membership, pk), membership.user)
    return redirect("syndication:plan", membership.agency.slug, pk)


def rules_of(plan: Plan | None) -> Rules | None:
    """A plan's rules; None where what is stored is not understood."""
    try:
        return Rules.from_json(plan.rules if plan else {})
    except ValueError:
        return None
