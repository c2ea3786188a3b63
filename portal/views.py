from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.access import member_view
from accounts.models import Membership, User
from estates.catalogue.models import Estate
from portal.dashboard import dashboard_of
from portal.passport import passport_of


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
    return render(request, "portal/dashboard.html", dashboard_of(membership))


@require_safe
@member_view()
def passport(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The fragment on an estate's page: its way to the public."""
    estates = Estate.objects.for_agency(membership.agency).select_related("connection", "agency")
    estate = get_object_or_404(estates.defer("search_text"), pk=pk)
    return render(request, "portal/_passport.html", {"passport": passport_of(estate)})
