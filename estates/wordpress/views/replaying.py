"""Replay of everything: what it will do, how the last one went, and the button."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.connections.models import Connection
from estates.wordpress.listing import accounts_of, estates_by_connection, sites_of
from estates.wordpress.models import State
from estates.wordpress.replay import KeyDeleted, TooSoon, ask_replay_all, last_replay, recent_replay


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.MANAGER)
def replay(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The preview of a replay at one account; `pk` is the connection's."""
    account = get_object_or_404(accounts_of(membership.agency), pk=pk)
    if request.method != "POST":
        return preview(request, account)
    try:
        ask_replay_all(account, membership.user, insist=request.POST.get("insist") == "yes")
    except TooSoon:
        return preview(request, account, status=409)
    except KeyDeleted:
        messages.warning(request, _("The key of this account was deleted meanwhile."))
        return redirect("wordpress:index", account.agency.slug)
    return redirect("wordpress:replay", account.agency.slug, pk)


def preview(request: HttpRequest, account: Connection, status: int = 200) -> HttpResponse:
    sites = sites_of(account.agency).filter(connection=account)
    context = {
        "account": account,
        "estates": estates_by_connection(account.agency).get(account.pk, 0),
        "active": [site for site in sites if site.state == State.ACTIVE],
        "others": [site for site in sites if site.state != State.ACTIVE],
        "last": last_replay(account),
        "recent": recent_replay(account),
        "minutes": settings.REPLAY_COOLDOWN_MINUTES,
    }
    return render(request, "wordpress/replay.html", context, status=status)
