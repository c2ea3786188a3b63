"""What is particular to leads from AVIV: announcements and their gaps, the import, leads created there."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.connections.models import Connection, System
from estates.jobs.latest import latest
from estates.leads.aviv import creating, importing, subscribing
from estates.leads.aviv.forms import ImportForm, NewLeadForm
from estates.leads.aviv.gaps import gap_of
from estates.leads.models import LeadSource, SentLead, WebhookSubscription
from estates.leads.sources import FETCHES, fetch_now

SENT = 20


def connection_of(membership: Membership, pk: int) -> Connection:
    connections = Connection.objects.for_agency(membership.agency).select_related("agency")
    return get_object_or_404(connections, pk=pk, system=System.AVIV, removed_at=None)


def context_of(connection: Connection) -> dict[str, Any]:
    subject = f"connection:{connection.pk}"
    agency = connection.agency
    rows = WebhookSubscription.objects.for_agency(agency).filter(connection=connection)
    subscriptions = list(rows.order_by("pk"))
    sent = SentLead.objects.for_agency(agency).filter(connection=connection).select_related("created_by")
    fetching = FETCHES[System.AVIV]
    about = [subject, *(f"webhook:{each.pk}" for each in subscriptions)]
    found = latest(agency, [fetching, importing.KIND, subscribing.KIND], about, keep=("checkpoint",))
    fetched, imported = found.get((fetching, subject)), found.get((importing.KIND, subject))
    told = [
        (each, subscribing.address_of(each), found.get((subscribing.KIND, f"webhook:{each.pk}")))
        for each in subscriptions
    ]
    jobs = [fetched, imported, *(job for _each, _address, job in told)]
    return {
        "connection": connection,
        "source": LeadSource.objects.for_agency(agency).filter(connection=connection).first(),
        "fetch_job": fetched,
        "import_job": imported,
        "subscriptions": told,
        "is_busy": any(job and job.is_open for job in jobs),
        "is_reachable": subscribing.is_reachable(),
        "gap": gap_of(connection),
        "sent": sent.order_by("-pk")[:SENT],
    }


@require_safe
@member_view()
def page(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    connection = connection_of(membership, pk)
    form = ImportForm(initial=ImportForm.usual())
    return render(request, "leads/aviv/page.html", context_of(connection) | {"form": form})


@require_POST
@member_view(Role.AGENT)
def fetch(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    connection = connection_of(membership, pk)
    fetch_now(connection, membership.user)
    return redirect("leads:aviv", membership.agency.slug, pk)


@require_POST
@member_view(Role.MANAGER)
def start_older(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Starts the import back to the date that was picked."""
    connection = connection_of(membership, pk)
    form = ImportForm(request.POST)
    if not form.is_valid():
        return render(request, "leads/aviv/page.html", context_of(connection) | {"form": form})
    importing.start_import(connection, form.cleaned_data["since"], membership.user)
    return redirect("leads:aviv", membership.agency.slug, pk)


@require_POST
@member_view(Role.MANAGER)
def subscribe(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Asks AVIV to announce leads; asked twice it is done once."""
    connection = connection_of(membership, pk)
    if not subscribing.subscribe(connection, membership.user):
        messages.info(request, _("AVIV is asked already."))
    return redirect("leads:aviv", membership.agency.slug, pk)


@require_POST
@member_view(Role.MANAGER)
def want(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Pauses, goes on, removes, or asks AVIV again how it stands; `pk` is the subscription's."""
    rows = WebhookSubscription.objects.for_agency(membership.agency).select_related("agency", "connection")
    subscription = get_object_or_404(rows, pk=pk, connection__removed_at=None)
    wanted = request.POST.get("wanted", "")
    if wanted in WebhookSubscription.Wanted.values:
        subscribing.want(subscription, WebhookSubscription.Wanted(wanted), membership.user)
    else:
        subscribing.start_settling(subscription, membership.user)
    return redirect("leads:aviv", membership.agency.slug, subscription.connection_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.AGENT)
def create(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The form of a lead that is to be created at AVIV."""
    connection = connection_of(membership, pk)
    form = NewLeadForm(request.POST or None)
    if form.is_valid():
        try:
            creating.create(connection, membership.user, form.cleaned_data)
        except ValueError:
            form.add_error(None, _("AVIV would not take this lead. Look at the mail address above all."))
        else:
            return redirect("leads:aviv", membership.agency.slug, pk)
    return render(request, "leads/aviv/create.html", {"connection": connection, "form": form})


@require_POST
@member_view(Role.AGENT)
def decide(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """What becomes of a lead of which nobody knows whether it arrived, or that was refused."""
    rows = SentLead.objects.for_agency(membership.agency).select_related("agency", "connection")
    sent = get_object_or_404(rows, pk=pk, connection__removed_at=None)
    act = {"send": creating.send_again, "forget": creating.forget}.get(request.POST.get("decision", ""))
    if act is None or not act(sent, membership.user):
        messages.warning(
            request, _("Nothing was changed: a colleague was faster. This is how it stands now.")
        )
    return redirect("leads:aviv", membership.agency.slug, sent.connection_id)
