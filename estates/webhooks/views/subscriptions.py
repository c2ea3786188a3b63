"""Webhooks: all of them, adding, changing and removing one, and its secret, which is shown once."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import View, member_view
from accounts.models import Membership
from accounts.roles import Role
from estates.remotes.secret import Secret
from estates.webhooks import subscribing
from estates.webhooks.forms import WebhookForm
from estates.webhooks.models import Subscription
from estates.webhooks.pages.cards import cards, subscriptions_of

page = require_http_methods(["GET", "HEAD", "POST"])
P = ParamSpec("P")


def of_owner(view: View[P]) -> Callable[..., HttpResponseBase]:
    """A page for owners, who may all work on the same webhook: one that is gone by now is not found."""

    @member_view(Role.OWNER)
    @wraps(view)
    def found(
        request: HttpRequest, membership: Membership, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        try:
            return view(request, membership, *args, **kwargs)
        except subscribing.Removed:
            raise Http404 from None

    return found


def subscription_of(membership: Membership, pk: int) -> Subscription:
    return get_object_or_404(subscriptions_of(membership.agency), pk=pk)


@require_safe
@of_owner
def index(request: HttpRequest, membership: Membership) -> HttpResponse:
    agency = membership.agency
    return render(request, "webhooks/index.html", {"cards": cards(agency, list(subscriptions_of(agency)))})


@never_cache
@page
@of_owner
def add(request: HttpRequest, membership: Membership) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        try:
            made, secret = subscribing.subscribe(membership.agency, membership.user, **form.cleaned_data)
        except subscribing.TooMany:
            form.add_too_many()
        else:
            return shown_once(request, made, secret)
    return render(request, "webhooks/form.html", {"form": form}, status=400 if form.errors else 200)


@page
@of_owner
def change(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    subscription = subscription_of(membership, pk)
    form = WebhookForm.of(subscription, request.POST or None)
    if form.is_valid():
        subscribing.change(subscription, membership.user, **form.cleaned_data)
        messages.success(request, _("The webhook is changed; what is sent from now on follows it."))
        return redirect("partner_webhooks:detail", membership.agency.slug, pk)
    context = {"form": form, "subscription": subscription}
    return render(request, "webhooks/form.html", context, status=400 if form.errors else 200)


@never_cache
@page
@of_owner
def renew_secret(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    subscription = subscription_of(membership, pk)
    if request.method != "POST":
        return render(request, "webhooks/renew_secret.html", {"subscription": subscription})
    secret = subscribing.renew_secret(subscription, membership.user)
    return shown_once(request, subscription, secret, is_new=False)


@require_POST
@of_owner
def switch_on(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    """Gives a fresh start to an address that the portal gave up."""
    subscription = subscription_of(membership, pk)
    if subscription.disabled_at:
        subscribing.change(subscription, membership.user)
        messages.success(request, _("The webhook is switched on. What waits is sent now."))
    return redirect("partner_webhooks:detail", membership.agency.slug, pk)


@page
@of_owner
def remove(request: HttpRequest, membership: Membership, pk: int) -> HttpResponse:
    subscription = subscription_of(membership, pk)
    if request.method != "POST":
        (card,) = cards(membership.agency, [subscription])
        return render(request, "webhooks/remove.html", {"card": card, "subscription": subscription})
    subscribing.remove(subscription, membership.user)
    messages.success(request, _("The webhook is removed: nothing is sent there any more."))
    return redirect("partner_webhooks:index", membership.agency.slug)


def shown_once(
    request: HttpRequest, subscription: Subscription, secret: Secret, *, is_new: bool = True
) -> HttpResponse:
    """The answer to the POST itself: no address leads to it a second time."""
    context = {"subscription": subscription, "secret": secret.reveal(), "is_new": is_new}
    return render(request, "webhooks/made.html", context, status=201)
