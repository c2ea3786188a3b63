"""Webhooks and their messages, for the tests of the screens."""

from django.utils import timezone

from estates.webhooks.kinds import EventType
from estates.webhooks.models import Attempt, Delivery, Event, Subscription
from estates.webhooks.subscribing import subscribe

URL = "https://hooks.example.com/passerelle"


def webhook(agency, actor=None, *, partner_key=None, **fields) -> Subscription:
    made, _secret = subscribe(
        agency, actor, url=URL, events=[EventType.LEAD_CREATED], partner_key=partner_key
    )
    if fields:
        Subscription.objects.for_agency(agency).filter(pk=made.pk).update(**fields)
        made.refresh_from_db()
    return made


def message(subscription, state=Delivery.State.DELIVERED, *, kind=EventType.LEAD_CREATED, at=None, **fields):
    """A message about something that happened at `at`; one that was delivered has its one try."""
    agency, at = subscription.agency, at or timezone.now()
    event = Event.objects.create(agency=agency, type=kind, subject="41", at=at)
    if state == Delivery.State.DELIVERED:
        fields = {"tries": 1, "delivered_at": at, "body": "{}"} | fields
    made = Delivery.objects.create(
        agency=agency,
        subscription=subscription,
        event=event,
        state=state,
        day=subscription.day_of(at),
        **{"due_at": at} | fields,
    )
    if state == Delivery.State.DELIVERED:
        attempt(made, status=204)
    return made


def attempt(delivery, **fields) -> Attempt:
    return Attempt.objects.create(delivery=delivery, at=timezone.now(), **{"seconds": 0.25} | fields)
