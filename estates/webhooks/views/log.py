"""A webhook's page with the log of its messages, one message, and sending again."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Membership
from estates.webhooks import replaying
from estates.webhooks.forms import LogForm, WindowForm
from estates.webhooks.models import Delivery, Subscription
from estates.webhooks.pages.cards import cards
from estates.webhooks.pages.log import Arrival, arrival_of, body_of, deliveries_of, log_of, tries_of
from estates.webhooks.pages.standing import standing_of
from estates.webhooks.subscribing import live_secrets
from estates.webhooks.views.subscriptions import of_owner, subscription_of


def delivery_of(membership: Membership, pk: int) -> Delivery:
    return get_object_or_404(deliveries_of(membership.agency), pk=pk)


@require_safe
@of_owner
def detail(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """How a webhook stands and what was sent; with `test` in the address also what became of that message."""
    subscription, form = subscription_of(membership, pk), LogForm(request.GET)
    (card,) = cards(membership.agency, [subscription])
    rows, older = log_of(subscription, form.conditions(), form.before_id)
    context = {
        "subscription": subscription,
        "card": card,
        "secrets": live_secrets(subscription),
        "form": form,
        "rows": rows,
        "older": older,
        "arrival": _tested(subscription, request.GET.get("test", "")),
    }
    return render(request, "webhooks/detail.html", context)


def _tested(subscription: Subscription, pk: str) -> Arrival | None:
    rows = deliveries_of(subscription.agency).filter(subscription=subscription)
    found = rows.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None
    return arrival_of(found) if found else None


@require_POST
@of_owner
def test(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    subscription = subscription_of(membership, pk)
    page = reverse("partner_webhooks:detail", args=[membership.agency.slug, pk])
    if not standing_of(subscription).is_sending:
        messages.warning(request, _("Nothing is sent to this address at the moment, and no test either."))
        return redirect(page)
    return redirect(f"{page}?test={replaying.send_test(subscription, membership.user).pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@of_owner
def replay(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Asked by GET it counts the messages of a while, by POST it sends them again."""
    subscription, now = subscription_of(membership, pk), timezone.now()
    first = {"since": now - timedelta(days=1), "until": now}
    form = WindowForm(request.POST or request.GET or None, initial=first)
    found = None
    if form.is_valid():
        if request.method == "POST":
            sent = replaying.replay_window(subscription, actor=membership.user, **form.cleaned_data)
            messages.success(request, _again(sent))
            return redirect("partner_webhooks:detail", membership.agency.slug, pk)
        found = replaying.in_window(subscription, **form.cleaned_data).count()
    context = {"subscription": subscription, "form": form, "found": found}
    return render(request, "webhooks/replay.html", context, status=400 if form.errors else 200)


@require_safe
@of_owner
def message(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    delivery = delivery_of(membership, pk)
    context = {
        "delivery": delivery,
        "subscription": delivery.subscription,
        "arrival": arrival_of(delivery),
        "tries": tries_of(delivery),
        "body": body_of(delivery),
    }
    return render(request, "webhooks/message.html", context)


@require_safe
@of_owner
def arrival(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """The fragment that says whether a message has arrived, and asks for itself until it was tried."""
    found = arrival_of(delivery_of(membership, pk))
    response = render(request, "webhooks/_arrival.html", {"arrival": found})
    if not found.is_open:
        response["HX-Trigger"] = "job-finished"
    return response


@require_POST
@of_owner
def send_waiting(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """For an address that is well again: nothing waits for its next try."""
    number = replaying.send_waiting(subscription_of(membership, pk), membership.user)
    words = ngettext("%(number)d message is sent now.", "%(number)d messages are sent now.", number)
    messages.success(request, words % {"number": number} if number else _("No message waits."))
    return redirect("partner_webhooks:detail", membership.agency.slug, pk)


@require_POST
@of_owner
def again(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    if not replaying.replay(delivery_of(membership, pk), membership.user):
        messages.info(request, _("This message is about to be sent already."))
    return redirect("partner_webhooks:message", membership.agency.slug, pk)


def _again(number: int) -> str:
    if not number:
        return _("There was no message to send again.")
    words = ngettext("%(number)d message is sent again.", "%(number)d messages are sent again.", number)
    return words % {"number": number}
