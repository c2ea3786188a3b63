"""Keys of partners: what they may, how much they are used, making, replacing and revoking them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_view
from accounts.models import Membership, PartnerKey
from accounts.partners import keys as partner_keys
from accounts.partners.forms import PartnerKeyForm
from accounts.partners.page import cards
from accounts.roles import Role


@require_safe
@member_view(Role.OWNER)
def index(request: HttpRequest, membership: Membership) -> HttpResponse:
    return render(request, "accounts/partner_keys.html", {"cards": cards(membership.agency)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.OWNER)
def add(request: HttpRequest, membership: Membership) -> HttpResponse:
    form = PartnerKeyForm(request.POST or None)
    if not form.is_valid():
        return render(
            request, "accounts/add_partner_key.html", {"form": form}, status=400 if form.errors else 200
        )
    key, token = partner_keys.make(membership.agency, membership.user, **form.cleaned_data)
    return shown_once(request, key, token)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_view(Role.OWNER)
def renew(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    key = key_of(membership, pk)
    if request.method != "POST":
        return render(request, "accounts/renew_partner_key.html", {"key": key})
    made = partner_keys.renew(key, membership.user)
    if made is None:
        return gone(request, membership)
    return shown_once(request, *made)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.OWNER)
def revoke(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    key = key_of(membership, pk)
    if request.method != "POST":
        return render(request, "accounts/revoke_partner_key.html", {"key": key})
    if not partner_keys.revoke(key, membership.user):
        return gone(request, membership)
    messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": key})
    return redirect("accounts:partner_keys", membership.agency.slug)


def key_of(membership: Membership, pk: int) -> PartnerKey:
    return get_object_or_404(partner_keys.live(membership.agency).select_related("agency"), pk=pk)


def shown_once(request: HttpRequest, key: PartnerKey, token: str) -> HttpResponse:
    """The answer to the POST itself: no address leads to it a second time."""
    return render(request, "accounts/partner_key_made.html", {"key": key, "token": token}, status=201)


def gone(request: HttpRequest, membership: Membership) -> HttpResponse:
    messages.warning(request, _("This key did not work any more; nothing was changed."))
    return redirect("accounts:partner_keys", membership.agency.slug)
