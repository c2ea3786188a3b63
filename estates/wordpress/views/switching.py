"""Buttons that ask Ts-Immo about a site. Who comes second reads why nothing happened."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import member_view
from accounts.models import Membership, User
from accounts.roles import Role
from estates.wordpress import switching
from estates.wordpress.models import Site
from estates.wordpress.states import NotNow
from estates.wordpress.views.sites import site_of


@require_POST
@member_view(Role.MANAGER)
def activate(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    return done(request, membership, pk, switching.activate)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.MANAGER)
def deactivate(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Names the site and says what happens; then does it."""
    if request.method != "POST":
        return render(request, "wordpress/deactivate.html", {"site": site_of(request, membership, pk)})
    return done(request, membership, pk, switching.deactivate)


@require_POST
@member_view(Role.MANAGER)
def again(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    return done(request, membership, pk, switching.try_again)


@require_POST
@member_view(Role.MANAGER)
def give_up(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    return done(request, membership, pk, switching.give_up)


def done(
    request: HttpRequest, membership: Membership, pk: int, verb: Callable[[Site, User], object]
) -> HttpResponse:
    try:
        verb(site_of(request, membership, pk), membership.user)
    except NotNow as refusal:
        messages.warning(request, str(refusal.words))
    return redirect("wordpress:detail", membership.agency.slug, pk)
