from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import member_view
from accounts.models import Membership, User
from portal.dashboard import dashboard_of


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
    return render(request, "portal/dashboard.html", dashboard_of(membership.agency))
