"""Subscriptions: made, changed and removed by an agency's owners or by a partner's key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.audit import record
from accounts.models import Agency, PartnerKey, User
from accounts.partners.keys import family, lives_on
from estates.connections.store import end_of
from estates.connections.vault import seal, unseal
from estates.remotes.secret import Secret
from estates.webhooks.kinds import SCOPES, EventType
from estates.webhooks.models import Subscription, SubscriptionSecret
from estates.webhooks.signing import new_secret

MOST = 20
OVERLAP = timedelta(days=1)
"""How long a secret that is replaced goes on signing beside the new one."""
Use = SubscriptionSecret.Use


class TooMany(Exception):
    """The agency has as many subscriptions as one may have."""


class Removed(Exception):
    """Somebody has removed the subscription meanwhile."""


def subscribe(
    agency: Agency,
    actor: User | None,
    *,
    url: str,
    events: Sequence[str],
    whole: bool = False,
    status: str = Subscription.Status.ACTIVE,
    partner_key: PartnerKey | None = None,
    secret: Secret | None = None,
    api_key: Secret | None = None,
) -> tuple[Subscription, Secret]:
    """A new subscription and the secret that its messages are signed with, to be shown once. Raises TooMany.

    Without a `secret` one is made. An `api_key` goes along as `X-API-Key`, as AVIV does it.
    """
    secret = secret or new_secret()
    with transaction.atomic():
        # Whoever else subscribes at the same moment waits here.
        Agency.objects.select_for_update().get(pk=agency.pk)
        if Subscription.objects.for_agency(agency).count() >= MOST:
            raise TooMany
        made = Subscription.objects.create(
            agency=agency,
            url=url,
            events=sorted(set(events)),
            whole=whole,
            status=status,
            partner_key=partner_key,
            created_by=actor,
        )
        _keep(made, Use.SIGNING, secret)
        if api_key is not None:
            _keep(made, Use.API_KEY, api_key)
        _note(made, actor, "webhook.added", partner_key, events=" ".join(made.events), whole=whole)
    return made, secret


def change(
    subscription: Subscription, actor: User | None, key: PartnerKey | None = None, **fields: Any
) -> None:
    """Sets `url`, `events`, `whole` or `status`. Whom the portal gave up gets a new start with that.

    Raises Removed, as all that is done to a subscription does.
    """
    if "events" in fields:
        fields["events"] = sorted(set(fields["events"]))
    fresh = {"failures": 0, "failing_since": None, "rests_until": None, "warnings": 0, "disabled_at": None}
    with transaction.atomic():
        touch(subscription, updated_at=timezone.now(), **fields, **fresh)
        subscription.refresh_from_db()
        told = {"events": " ".join(subscription.events), "whole": subscription.whole}
        _note(subscription, actor, "webhook.changed", key, **told)


def renew_secret(subscription: Subscription, actor: User | None, key: PartnerKey | None = None) -> Secret:
    """A new secret, to be shown once. For a day more every message is signed with the old one too."""
    secret, until = new_secret(), timezone.now() + OVERLAP
    with transaction.atomic():
        touch(subscription, updated_at=timezone.now())
        old = subscription.secrets.filter(use=Use.SIGNING)
        # The one before the old one has had its time.
        old.exclude(ends_at=None).delete()
        old.update(ends_at=until)
        _keep(subscription, Use.SIGNING, secret)
        _note(subscription, actor, "webhook.secret_renewed", key)
    return secret


def remove(subscription: Subscription, actor: User | None, key: PartnerKey | None = None) -> None:
    """Nothing is sent there any more; what was sent is forgotten with it."""
    with transaction.atomic():
        _note(subscription, actor, "webhook.removed", key)
        if not _row(subscription).delete()[0]:
            raise Removed


def of_key(key: PartnerKey) -> QuerySet[Subscription]:
    """The subscriptions that this key, or one that it replaces, asked for."""
    return Subscription.objects.for_agency(key.agency).filter(partner_key__in=family(key)).order_by("pk")


def is_entitled(subscription: Subscription, working: Collection[int] | None = None) -> bool:
    """Whether whoever asked for it still may: the owners may, and a key while it or its successor works.

    Who asks about many gives the `living_on` of their agency along.
    """
    if subscription.partner_key is None:
        return True
    return lives_on(subscription.partner_key) if working is None else subscription.partner_key_id in working


def lacking(key: PartnerKey, events: Sequence[str]) -> list[str]:
    """The scopes that a key would need for these events, and has not got."""
    needed = {SCOPES[noun].value for noun in (EventType(event).noun for event in events) if noun in SCOPES}
    return sorted(needed - set(key.scopes))


def signing_secrets(subscription: Subscription) -> list[Secret]:
    """Newest first. Raises VaultError."""
    return [unseal(row.ciphertext) for row in live_secrets(subscription).filter(use=Use.SIGNING)]


def api_key(subscription: Subscription) -> Secret | None:
    """Raises VaultError."""
    row = live_secrets(subscription).filter(use=Use.API_KEY).first()
    return unseal(row.ciphertext) if row else None


def keep_api_key(subscription: Subscription, secret: Secret | None) -> None:
    """In the caller's transaction. None takes it away."""
    subscription.secrets.filter(use=Use.API_KEY).delete()
    if secret is not None:
        _keep(subscription, Use.API_KEY, secret)


def live_secrets(subscription: Subscription) -> QuerySet[SubscriptionSecret]:
    """What works now, the newest first."""
    return subscription.secrets.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now())).order_by("-pk")


def _keep(subscription: Subscription, use: SubscriptionSecret.Use, secret: Secret) -> None:
    subscription.secrets.create(use=use, ciphertext=seal(secret), last_four=end_of(secret))


def touch(subscription: Subscription, **fields: Any) -> None:
    """Sets these fields of its row and holds it to the end of the caller's transaction. Raises Removed."""
    if not _row(subscription).update(**fields):
        raise Removed


def _row(subscription: Subscription) -> QuerySet[Subscription]:
    return Subscription.objects.for_agency(subscription.agency).filter(pk=subscription.pk)


def _note(
    subscription: Subscription, actor: User | None, action: str, key: PartnerKey | None, **detail: Any
) -> None:
    asked = {"key": str(key)} if key else {}
    record(subscription.agency, actor, action, str(subscription), **detail, **asked)
