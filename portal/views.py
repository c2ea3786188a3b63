from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.access import member_view
from accounts.models import Membership, User
from estates.catalogue.models import Estate
from portal.dashboard import dashboard_of
from portal.needs.number import keep_number, number_for
from portal.passport import passport_of
from portal.pictures.connections import connections_of
from portal.pictures.estates import estates_of
from portal.pictures.jobs import jobs_of
from portal.pictures.leads import leads_of, span_of
from portal.pictures.syndication import syndication_of


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the agency of a person who has one; others choose."""
    slugs = list(
        Membership.objects.filter(user=cast(User, request.user)).values_list("agency__slug", flat=True)[:2]
    )
    return redirect("dashboard", slugs[0]) if len(slugs) == 1 else redirect("agencies")


@require_safe
@member_view()
def dashboard(request: HttpRequest, membership: Membership) -> HttpResponse:
    context = dashboard_of(membership, request.GET.get("days", ""))
    keep_number(membership, context["needs_number"])
    return render(request, "portal/dashboard.html", context)


@require_safe
@member_view()
def needs_number(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The fragment in the menu: how many needs the dashboard lists."""
    return render(request, "shell/_needs.html", {"needs_number": number_for(membership)})


@require_safe
@member_view()
def leads_picture(request: HttpRequest, membership: Membership) -> HttpResponse:
    context = leads_of(membership.agency, span_of(request.GET.get("days", "")))
    return render(request, "portal/_leads.html", context)


@require_safe
@member_view()
def estates_picture(request: HttpRequest, membership: Membership) -> HttpResponse:
    return render(request, "portal/_estates.html", estates_of(membership.agency))


@require_safe
@member_view()
def syndication_picture(request: HttpRequest, membership: Membership) -> HttpResponse:
    return render(request, "portal/_syndication.html", syndication_of(membership.agency))


@require_safe
@member_view()
def jobs_picture(request: HttpRequest, membership: Membership) -> HttpResponse:
    return render(request, "portal/_jobs.html", jobs_of(membership.agency))


@require_safe
@member_view()
def connections_picture(request: HttpRequest, membership: Membership) -> HttpResponse:
    return render(request, "portal/_connections.html", connections_of(membership.agency))


@require_safe
@member_view()
def passport(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The fragment on an estate's page: its way to the public."""
    estates = Estate.objects.for_agency(membership.agency).select_related("connection", "agency")
    estate = get_object_or_404(estates.defer("search_text"), pk=pk)
    return render(request, "portal/_passport.html", {"passport": passport_of(estate)})
