"""Estates for other portals: addresses where they fetch them, and files that a person downloads."""

from django.conf import settings
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    QueryDict,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import scope
from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from accounts.tracing import agency_id
from estates.catalogue.chips import kept
from estates.catalogue.facets import facets_of
from estates.syndication.models import Outlet
from estates.syndication.outgoing import addresses, due, exporting, outlets, serving
from estates.syndication.outgoing.cards import card_of, cards
from estates.syndication.outgoing.exporting import FORMATS
from estates.syndication.outgoing.forms import FiltersForm, OutletForm

REDACTED = "/feeds/"


@require_safe
@member_view()
def index(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The addresses, what each gives now, and when it was fetched last."""
    return render(request, "syndication/outlets.html", {"cards": cards(membership.agency)})


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.MANAGER)
def add(request: HttpRequest, membership: Membership) -> HttpResponse:
    """A new address; filters in the URL, such as those of the catalogue's page, are taken over."""
    if request.method != "POST":
        return _form(request, membership, OutletForm(agency=membership.agency), FiltersForm(request.GET))
    form, filters = OutletForm(request.POST, agency=membership.agency), FiltersForm(request.POST)
    if form.is_valid() and filters.is_valid():
        try:
            outlets.add_outlet(membership.agency, membership.user, **form.cleaned_data, query=filters.kept)
            return redirect("syndication:outlets", membership.agency.slug)
        except outlets.NameTaken:
            form.taken()
    return _form(request, membership, form, filters, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.MANAGER)
def change(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    outlet = outlet_of(membership, pk)
    agency = membership.agency
    if request.method != "POST":
        form, filters = OutletForm(agency=agency, outlet=outlet), FiltersForm(QueryDict(outlet.query))
        return _form(request, membership, form, filters, outlet)
    form, filters = OutletForm(request.POST, agency=agency, outlet=outlet), FiltersForm(request.POST)
    if form.is_valid() and filters.is_valid():
        try:
            outlets.change_outlet(outlet, membership.user, **form.cleaned_data, query=filters.kept)
            return redirect("syndication:outlets", membership.agency.slug)
        except outlets.NameTaken:
            form.taken()
    return _form(request, membership, form, filters, outlet_of(membership, pk), status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.MANAGER)
def renew(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Says what a new address means, and makes it."""
    outlet = outlet_of(membership, pk)
    if request.method == "POST":
        outlets.renew_outlet(outlet, membership.user)
        messages.success(
            request, _("%(portal)s has a new address. The old one is dead.") % {"portal": outlet}
        )
        return redirect("syndication:outlets", membership.agency.slug)
    return render(request, "syndication/outlet_renew.html", {"outlet": outlet})


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.MANAGER)
def delete(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    outlet = outlet_of(membership, pk)
    if request.method == "POST":
        outlets.delete_outlet(outlet, membership.user)
        return redirect("syndication:outlets", membership.agency.slug)
    return render(request, "syndication/outlet_delete.html", {"outlet": outlet})


@require_POST
@member_view(Role.MANAGER)
def build(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Builds the zip now; for other formats there is nothing to build."""
    outlet = outlet_of(membership, pk)
    if outlet.format == Outlet.Format.OPENIMMO_ZIP:
        due.start_build(outlet, membership.user)
    return redirect("syndication:outlets", membership.agency.slug)


@require_safe
@member_view(Role.AGENT)
def export(request: HttpRequest, membership: Membership, format: str) -> HttpResponseBase:
    """What the catalogue's filters let through, as a feed file, in one go."""
    if format not in FORMATS:
        raise Http404
    try:
        selection = exporting.exported(membership.agency, request.GET)
    except exporting.NothingToExport as refusal:
        messages.warning(request, str(refusal.words))
        page = reverse("catalogue:search", args=[membership.agency.slug])
        return redirect(f"{page}?{kept(request.GET)}")
    return exporting.answer(request, selection, format, membership.user)


@csrf_exempt
def fetch(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """What another portal fetches: public, so whatever is wrong with the address gives the same 404."""
    # Whoever logs a request, or an error of it, names its path: the secret is not to be in there.
    request.path = request.path_info = REDACTED
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        return serving.not_found()
    outlet = addresses.find(token, name)
    if outlet is None:
        return serving.not_found()
    agency_id.set(outlet.agency_id)
    scope.enter(outlet.agency_id)
    return serving.answer(request, outlet)


def outlet_of(membership: Membership, pk: int) -> Outlet:
    rows = Outlet.objects.for_agency(membership.agency).select_related("agency")
    return get_object_or_404(rows, pk=pk)


def _form(
    request: HttpRequest,
    membership: Membership,
    form: OutletForm,
    filters: FiltersForm,
    outlet: Outlet | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "filters": filters,
        "facets": facets_of(membership.agency),
        "outlet": outlet,
        "card": card_of(outlet) if outlet else None,
    }
    return render(request, "syndication/outlet.html", context, status=status)
