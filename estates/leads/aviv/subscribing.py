"""Subscriptions to AVIV's announcements: people say what they want, and a job brings AVIV there."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_address
from secrets import token_urlsafe
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.connections.clients import client_for
from estates.connections.models import Connection
from estates.connections.vault import seal, unseal
from estates.jobs.models import Job
from estates.jobs.run import Continue, Run
from estates.jobs.start import start
from estates.leads.models import WebhookKey, WebhookSubscription
from estates.remotes.aviv import AvivClient
from estates.remotes.aviv_subscriptions import Subscription, WebhookAudit
from estates.remotes.errors import NotFound
from estates.remotes.secret import Secret

KIND = "leads.subscribe_aviv"
RETRIES = 2
EVENTS = 20
AUDITED_EVERY = timedelta(hours=1)
Wanted = WebhookSubscription.Wanted


def address_of(subscription: WebhookSubscription) -> str:
    """Where AVIV calls."""
    return settings.PUBLIC_URL + reverse("webhooks:aviv", args=[subscription.opaque])


def is_reachable() -> bool:
    """Whether anybody outside can call the portal at `PUBLIC_URL`, as far as the address tells."""
    public = urlsplit(settings.PUBLIC_URL)
    host = public.hostname or ""
    try:
        is_public = ip_address(host).is_global
    except ValueError:
        is_public = "." in host and not host.endswith((".localhost", ".local", ".internal"))
    return public.scheme == "https" and is_public


def subscribe(connection: Connection, user: User | None) -> Job | None:
    """Asks for announcements with an address and a key of the portal's making; None where that was done."""
    with transaction.atomic():
        # Whoever else presses the button at the same moment waits here.
        Connection.objects.for_agency(connection.agency).select_for_update().get(pk=connection.pk)
        there = WebhookSubscription.objects.for_agency(connection.agency).filter(connection=connection)
        if there.exclude(wanted=Wanted.GONE).exists():
            return None
        subscription = WebhookSubscription.objects.create(
            agency=connection.agency, connection=connection, opaque=token_urlsafe(32)
        )
        WebhookKey.objects.create(subscription=subscription, ciphertext=seal(Secret(token_urlsafe(32))))
        record(connection.agency, user, "leads.webhook_asked", str(connection))
        return start_settling(subscription, user)


def want(subscription: WebhookSubscription, wanted: WebhookSubscription.Wanted, user: User) -> Job:
    """Pauses, goes on or removes. What is to be removed stays so."""
    with transaction.atomic():
        rows = WebhookSubscription.objects.for_agency(subscription.agency).filter(pk=subscription.pk)
        rows.exclude(wanted=Wanted.GONE).update(wanted=wanted)
        about = str(subscription.connection)
        record(subscription.agency, user, "leads.webhook_changed", about, wanted=wanted.value)
        return start_settling(subscription, user)


def start_settling(subscription: WebhookSubscription, user: User | None = None) -> Job:
    return start(
        subscription.agency,
        KIND,
        subject=f"webhook:{subscription.pk}",
        title=str(subscription.connection),
        params={"subscription": subscription.pk},
        asked_by=user,
    )


def start_due_audits(connection: Connection) -> None:
    """Asks once an hour how AVIV's announcements fare, and whether they are still there at all."""
    rows = WebhookSubscription.objects.for_agency(connection.agency).filter(connection=connection)
    due = rows.filter(wanted=Wanted.ACTIVE, audited_at__lt=timezone.now() - AUDITED_EVERY)
    for subscription in due.select_related("agency", "connection"):
        start_settling(subscription)


def settle(run: Run) -> None:
    """The work of `leads.subscribe_aviv`: makes AVIV's subscription what is wanted, and reads AVIV's audit of it.

    A creation whose answer was lost is found again by its address, which nobody else can have.
    """
    rows = WebhookSubscription.objects.for_agency(run.agency).select_related("connection__agency", "key")
    subscription = rows.filter(pk=run.params["subscription"]).first()
    if subscription is None:
        return  # removed meanwhile
    run.report(phase="asking")
    with client_for(subscription.connection, AvivClient) as client:
        if subscription.wanted == Wanted.GONE:
            remove(run, subscription, client)
            return
        found = bring_about(subscription, client)
        audit = client.audit(found.subscription_id, EVENTS, retries=RETRIES)
    with run.step():
        write_down(subscription, found, audit)
    if not rows.filter(pk=subscription.pk, wanted=subscription.wanted).exists():
        raise Continue  # somebody wants something else meanwhile


def bring_about(subscription: WebhookSubscription, client: AvivClient) -> Subscription:
    key = unseal(subscription.key.ciphertext)
    there = at_avivs(subscription, client)
    if not there:
        return client.create_subscription(address_of(subscription), key, subscription.wanted)
    first, *doubles = there
    for double in doubles:
        drop(client, double.subscription_id)
    if first.subscription_id == subscription.remote_id and first.status == subscription.wanted:
        return first
    return client.change_subscription(first.subscription_id, api_key=key, status=subscription.wanted)


def at_avivs(subscription: WebhookSubscription, client: AvivClient) -> list[Subscription]:
    """What AVIV has with our address: nothing, one, or several where an answer was lost. The known one first."""
    address = address_of(subscription)
    found = [
        each
        for each in client.subscriptions(retries=RETRIES)
        if each.url == address or each.subscription_id == subscription.remote_id
    ]
    return sorted(found, key=lambda each: each.subscription_id != subscription.remote_id)


def remove(run: Run, subscription: WebhookSubscription, client: AvivClient) -> None:
    for each in at_avivs(subscription, client):
        drop(client, each.subscription_id)
    with run.step():
        WebhookSubscription.objects.for_agency(run.agency).filter(pk=subscription.pk).delete()


def drop(client: AvivClient, subscription_id: str) -> None:
    with suppress(NotFound):  # that is what was wanted
        client.delete_subscription(subscription_id)


def write_down(subscription: WebhookSubscription, found: Subscription, audit: WebhookAudit) -> None:
    now = timezone.now()
    active = found.status == Wanted.ACTIVE
    WebhookSubscription.objects.for_agency(subscription.agency).filter(pk=subscription.pk).update(
        remote_id=found.subscription_id,
        state=found.status,
        active_since=(subscription.active_since or now) if active else None,
        audited_at=now,
        last_success_at=audit.last_success_at,
        events=[
            {
                "at": event.at.isoformat() if event.at else "",
                "status": event.status,
                "status_code": event.status_code,
                "lead_id": event.lead_id,
            }
            for event in audit.events
        ],
    )
