from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.connections import store
from estates.connections.check import start_check
from estates.connections.connect import KeyNotAccepted, connect
from estates.connections.forms import ConnectForm, LabelForm, ReplaceForm, add_taken, default_label
from estates.connections.listing import Card, cards, current_connections
from estates.connections.models import Connection, ConnectionKey, Environment, State, System
from estates.connections.replace import replace_key
from estates.connections.replacement import drop_replacement, use_replacement

page = require_http_methods(["GET", "HEAD", "POST"])

NEXT = {
    System.TS_IMMO: gettext_lazy("Its estates are being copied; you find them under “Estates”."),
    System.MARKETING_LAB: gettext_lazy("Its leads come into the inbox by themselves."),
    System.AVIV: gettext_lazy("Its leads come into the inbox by themselves."),
    System.SEEKI: gettext_lazy("Now choose under “Syndication” what is published."),
}
"""What happens after a key was stored, or what to do."""


def connection_of(membership: Membership, pk: int) -> Connection:
    return get_object_or_404(current_connections(membership.agency).select_related("agency"), pk=pk)


def card_of(membership: Membership, pk: int) -> Card:
    found = cards(current_connections(membership.agency).filter(pk=pk))
    if not found:
        raise Http404
    return found[0]


@require_safe
@member_view(Role.MANAGER)
def index(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The agency's keys; managers see how they fare, owners may change them."""
    found = cards(current_connections(membership.agency))
    return render(request, "connections/index.html", {"cards": found})


@require_safe
@member_view(Role.MANAGER)
def card(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """One connection of the list, for the page that waits for its check."""
    found = card_of(membership, pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("connections:index", membership.agency.slug)
    return render(request, "connections/_card.html", {"card": found})


@sensitive_post_parameters("key")
@page
@member_view(Role.OWNER)
def add(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Stores a key that its system accepts; any other one only when the person insists."""
    start = {"label": default_label(membership.agency), "environment": Environment.PRODUCTION}
    form = ConnectForm(request.POST or None, agency=membership.agency, initial=start)
    refused = None
    if form.is_valid():
        given = form.cleaned_data
        secret = given.pop("key")
        try:
            connection = connect(membership.agency, membership.user, secret=secret, **given)
        except KeyNotAccepted as refusal:
            refused = refusal.verdict
        except store.LabelTaken:
            add_taken(form)
        else:
            stored = _("The key of %(connection)s is stored.") % {"connection": connection}
            after = NEXT[System(connection.system)] if connection.state == State.WORKING else ""
            messages.success(request, f"{stored} {after}".strip())
            return redirect("connections:index", membership.agency.slug)
    insisting = refused or request.POST.get("insist")
    return render(request, "connections/add.html", {"form": form, "refused": refused, "insisting": insisting})


@page
@member_view(Role.OWNER)
def rename(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    connection = connection_of(membership, pk)
    form = LabelForm(request.POST or None, connection=connection)
    if form.is_valid():
        try:
            store.rename(connection, membership.user, form.cleaned_data["label"])
        except store.LabelTaken:
            add_taken(form)
        else:
            return redirect("connections:index", membership.agency.slug)
    return render(request, "connections/rename.html", {"form": form, "connection": connection})


@require_POST
@member_view(Role.OWNER)
def check(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Asks for a check of the replacement if one waits, else of the key in use."""
    found = card_of(membership, pk)
    key = found.pending or found.live
    if key is None:
        raise Http404
    start_check(key, membership.user)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "connections/_card.html", {"card": card_of(membership, pk)})
    return redirect("connections:index", membership.agency.slug)


@page
@member_view(Role.OWNER)
def remove(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    connection = connection_of(membership, pk)
    if request.method != "POST":
        return render(request, "connections/remove.html", {"connection": connection})
    store.remove(connection, membership.user)
    messages.success(request, _("The key of %(connection)s is deleted.") % {"connection": connection})
    return redirect("connections:index", membership.agency.slug)


@sensitive_post_parameters("key")
@page
@member_view(Role.OWNER)
def replace(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Stores a replacement, which is checked by a worker; the key in use stays until it is accepted."""
    connection = connection_of(membership, pk)
    form = ReplaceForm(request.POST or None, connection=connection)
    if form.is_valid():
        replace_key(connection, membership.user, form.cleaned_data["key"])
        return redirect("connections:index", membership.agency.slug)
    return render(request, "connections/replace.html", {"form": form, "connection": connection})


@require_POST
@member_view(Role.OWNER)
def use(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Puts the replacement to use although its check did not succeed."""
    key = pending_of(connection_of(membership, pk))
    if use_replacement(key, membership.user, verdict=None):
        said = {"connection": key.connection}
        messages.success(request, _("The new key of %(connection)s is in use.") % said)
    return redirect("connections:index", membership.agency.slug)


@require_POST
@member_view(Role.OWNER)
def drop(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Deletes the replacement; the key in use stays."""
    connection = connection_of(membership, pk)
    if not drop_replacement(connection, membership.user):
        raise Http404
    messages.success(request, _("The new key is deleted; the one in use stays."))
    return redirect("connections:index", membership.agency.slug)


def pending_of(connection: Connection) -> ConnectionKey:
    keys = connection.keys.select_related("connection__agency")
    return get_object_or_404(keys, standing=ConnectionKey.Standing.PENDING)
