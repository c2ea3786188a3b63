"""A plan's listings, one of them, and what a person decides about it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.catalogue.chips import kept
from estates.catalogue.models import Estate
from estates.syndication.deciding import CannotSend, insist, send_now, set_hand
from estates.syndication.forms import KEPT, HandForm
from estates.syndication.models import Listing, Plan
from estates.syndication.pages import listings as shown
from estates.syndication.pages.rows import row_of, rows_of
from estates.syndication.views.board import own_plan


def own_listing(membership: Membership, pk: int) -> Listing:
    return get_object_or_404(rows_of(membership.agency), pk=pk)


@require_safe
@member_view()
def index(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The listings that the filters in the URL let through."""
    context = shown.results(own_plan(membership, pk), request.GET)
    if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        return render(request, "syndication/_listings.html", context)
    return render(request, "syndication/listings.html", context)


@require_safe
@member_view()
def detail(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    listing = own_listing(membership, pk)
    context = {
        "listing": listing,
        "plan": listing.plan,
        "row": row_of(listing, timezone.now()),
        "events": listing.events.all()[: shown.EVENTS],
        "hands": Listing.Hand.choices,
        "filters": kept(request.GET, KEPT),
    }
    return render(request, "syndication/listing.html", context)


@require_POST
@member_view(Role.AGENT)
def hand(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    listing = own_listing(membership, pk)
    _decide(request, listing.plan, listing, membership)
    return redirect("syndication:listing", membership.agency.slug, pk)


@require_POST
@member_view(Role.AGENT)
def send(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Sends a listing before its time; with `insist` also one that Seeki is expected to refuse."""
    listing = own_listing(membership, pk)
    try:
        (insist if request.POST.get("insist") == "yes" else send_now)(listing, membership.user)
    except CannotSend as refusal:
        messages.warning(request, str(refusal.words))
    else:
        messages.success(request, _("It is in line and goes to Seeki within a minute or two."))
    return redirect("syndication:listing", membership.agency.slug, pk)


@require_safe
@member_view()
def of_estate(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The fragment on an estate's page: what became of it in each plan."""
    estate = own_estate(membership, pk)
    plans = list(
        Plan.objects.for_agency(membership.agency)
        .filter(connection__removed_at=None)
        .select_related("connection")
    )
    context = {
        "estate": estate,
        "standings": shown.of_estate(estate, plans, timezone.now()),
        "hands": Listing.Hand.choices,
    }
    return render(request, "syndication/_estate.html", context)


@require_POST
@member_view(Role.AGENT)
def estate_hand(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    estate = own_estate(membership, pk)
    given = request.POST.get("plan", "")
    plan = own_plan(membership, int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0)
    _decide(request, plan, estate, membership)
    return redirect("catalogue:detail", membership.agency.slug, pk)


def own_estate(membership: Membership, pk: int) -> Estate:
    estates = Estate.objects.for_agency(membership.agency).select_related("agency")
    return get_object_or_404(estates.defer("search_text"), pk=pk)


def _decide(request: HttpRequest, plan: Plan, subject: Estate | Listing, membership: Membership) -> None:
    form = HandForm(request.POST)
    if "hand" not in request.POST or not form.is_valid():
        messages.warning(request, _("Choose one of the three: nothing was changed."))
        return
    set_hand(plan, subject, form.cleaned_data["hand"], membership.user)
    messages.success(request, _("Decided. It counts from now on."))
