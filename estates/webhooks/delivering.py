"""Sending what waits: each message until it is taken, or until its last try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from estates.connections.web import web_client
from estates.jobs.run import Continue, Run
from estates.jobs.start import has_just_failed, start
from estates.remotes.errors import RemoteError
from estates.remotes.plain import storable
from estates.remotes.web import WebClient
from estates.webhooks.giving_up import consider
from estates.webhooks.messages import bodies
from estates.webhooks.models import Attempt, Delivery, Subscription
from estates.webhooks.signing import headers
from estates.webhooks.subscribing import api_key, is_entitled, signing_secrets

KIND = "webhooks.deliver"
RETRIES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000))
"""The waits between the tries of a message. After the last one it is given up, and can be sent again by hand."""
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
"""After a failure nothing at all is sent there for a while: what is down costs a worker 15 seconds a time."""
SECONDS = 15.0
AT_ONCE = 20
ANSWER_LIMIT = 2_000
AFTER_A_FAILURE = timedelta(minutes=5)
State = Delivery.State


@dataclass(frozen=True)
class Outcome:
    """What came of a try; see `Attempt`."""

    at: datetime
    seconds: float
    status: int | None = None
    reason: str = ""
    answer: str = ""

    @property
    def taken(self) -> bool:
        """A redirect is none: the message has not arrived where it leads."""
        return self.status is not None and 200 <= self.status < 300


def start_due() -> int:
    """Starts delivering for every subscription with something due; returns for how many."""
    now, started = timezone.now(), 0
    waiting = Delivery.objects.across_agencies().filter(
        subscription=OuterRef("pk"), state=State.WAITING, due_at__lte=now
    )
    rows = Subscription.objects.across_agencies().filter(_open(now), Exists(waiting))
    for subscription in rows.select_related("agency", "partner_key__agency"):
        subject = f"subscription:{subscription.pk}"
        if not is_entitled(subscription) or has_just_failed(
            subscription.agency, KIND, subject, AFTER_A_FAILURE
        ):
            continue
        params = {"subscription": subscription.pk}
        start(subscription.agency, KIND, subject=subject, title=str(subscription), params=params)
        started += 1
    return started


def deliver(run: Run) -> None:
    """The work of `webhooks.deliver`: what is due for one subscription, oldest first, until a try fails."""
    done = run.checkpoint.get("done", 0)
    with web_client() as client:
        while (subscription := _sendable(run)) and (batch := list(_due(subscription))):
            said = bodies(subscription, batch)
            for delivery in batch:
                if run.out_of_time:
                    raise Continue
                run.report(phase="sending")
                outcome = _try(client, subscription, delivery, said[delivery.pk])
                done += 1
                with run.step(done=done, checkpoint={"done": done}):
                    _note(subscription, delivery, said[delivery.pk], outcome)
                if not outcome.taken:
                    return


def _open(now: datetime) -> Q:
    rested = Q(rests_until=None) | Q(rests_until__lte=now)
    return rested & Q(status=Subscription.Status.ACTIVE, disabled_at=None)


def _sendable(run: Run) -> Subscription | None:
    rows = Subscription.objects.for_agency(run.agency).filter(_open(timezone.now()))
    found = rows.select_related("agency", "partner_key__agency").filter(pk=run.params["subscription"]).first()
    return found if found and is_entitled(found) else None


def _due(subscription: Subscription) -> QuerySet[Delivery]:
    rows = Delivery.objects.for_agency(subscription.agency).filter(
        subscription=subscription, state=State.WAITING, due_at__lte=timezone.now()
    )
    return rows.select_related("event").order_by("due_at", "pk")[:AT_ONCE]


def _try(client: WebClient, subscription: Subscription, delivery: Delivery, body: bytes) -> Outcome:
    """Whoever dies between the answer and its note sends again: receivers know a message by its `webhook-id`."""
    now = timezone.now()
    signed = headers(signing_secrets(subscription), f"msg_{delivery.event.public_id}", now, body)
    signed["Content-Type"] = "application/json"
    key = api_key(subscription)
    if key is not None:
        signed["X-API-Key"] = key.reveal()
    try:
        page = client.post(subscription.url, body, signed, max_bytes=ANSWER_LIMIT, seconds=SECONDS)
    except RemoteError as error:
        seconds = (timezone.now() - now).total_seconds()
        return Outcome(now, seconds, reason=error.reason or "")
    return Outcome(now, page.seconds, page.status, answer=storable(page.body.decode("utf-8", "replace")))


def _note(subscription: Subscription, delivery: Delivery, body: bytes, outcome: Outcome) -> None:
    tries = delivery.tries + 1
    rows = Delivery.objects.for_agency(subscription.agency).filter(pk=delivery.pk)
    fields: dict[str, object] = {"tries": tries, "body": body.decode()}
    if outcome.taken:
        fields |= {"state": State.DELIVERED, "delivered_at": timezone.now()}
    elif tries > len(RETRIES):
        fields |= {"state": State.FAILED}
    else:
        fields |= {"due_at": timezone.now() + RETRIES[tries - 1]}
    if not rows.update(**fields):
        return  # the subscription was removed meanwhile, and its log with it
    Attempt.objects.create(
        delivery=delivery,
        at=outcome.at,
        seconds=outcome.seconds,
        status=outcome.status,
        reason=outcome.reason,
        answer=outcome.answer,
    )
    _judge(subscription, outcome)


def _judge(subscription: Subscription, outcome: Outcome) -> None:
    """What the try says of the address as a whole."""
    rows = Subscription.objects.for_agency(subscription.agency).filter(pk=subscription.pk)
    if outcome.taken:
        rows.filter(failures__gt=0).update(failures=0, failing_since=None, rests_until=None, warnings=0)
        return
    now, failures = timezone.now(), subscription.failures + 1
    rest = min(FIRST_REST * 2 ** min(failures - 1, 10), LONGEST_REST)
    since = subscription.failing_since or now
    rows.update(failures=failures, failing_since=since, rests_until=now + rest)
    subscription.failing_since = since
    consider(subscription, outcome.status, now)
