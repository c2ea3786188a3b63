"""The button that looks at a site now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.wordpress.health.asking import ask_look
from estates.wordpress.listing import sites_of


@require_POST
@member_view(Role.AGENT)
def look(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    ask_look(get_object_or_404(sites_of(membership.agency), pk=pk), membership.user)
    return redirect("wordpress:detail", membership.agency.slug, pk)
