"""What an agency may own in the room of webhooks, each text with a word that nobody else must read."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from accounts.models import Agency, PartnerKey, User
from estates.connections.vault import seal
from estates.remotes.secret import Secret
from estates.webhooks.kinds import EventType
from estates.webhooks.models import Attempt, Delivery, Event, Subscription, SubscriptionSecret


def fill(agency: Agency, word: str, owner: User, key: PartnerKey) -> dict[str, models.Model]:
    """By what a route's `pk` means. The webhook has failed for two days; its message was given up."""
    now = timezone.now()
    subscription = Subscription.objects.create(
        agency=agency,
        url=f"https://hooks.{word.lower()}.example/{word}",
        events=EventType.values,
        whole=True,
        partner_key=key,
        created_by=owner,
        failures=3,
        failing_since=now - timedelta(days=2),
        warnings=1,
    )
    for use in SubscriptionSecret.Use:
        SubscriptionSecret.objects.create(
            subscription=subscription, use=use, ciphertext=seal(Secret(f"whsec_{word}")), last_four=word[-4:]
        )
    event = Event.objects.create(
        agency=agency, type=EventType.LEAD_CREATED, subject=word, detail={"state": word}, at=now
    )
    message = Delivery.objects.create(
        agency=agency,
        subscription=subscription,
        event=event,
        state=Delivery.State.FAILED,
        tries=8,
        due_at=now,
        day=now.date(),
        body=f'{{"type": "lead.created", "data": {{"id": "{word}"}}}}',
    )
    Attempt.objects.create(delivery=message, at=now, seconds=0.1, status=500, answer=f"no {word}")
    return {"webhook": subscription, "webhook message": message}
