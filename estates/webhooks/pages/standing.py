"""How a webhook stands, by what its row says and whether its key still works."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from estates.webhooks.giving_up import GIVE_UP_AFTER
from estates.webhooks.models import Subscription
from estates.webhooks.subscribing import is_entitled


class State(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("webhook", "Active")
    FAILING = "failing", pgettext_lazy("webhook", "Takes nothing")
    PAUSED = "paused", pgettext_lazy("webhook", "Paused")
    SWITCHED_OFF = "switched_off", pgettext_lazy("webhook", "Switched off by the portal")
    KEYLESS = "revoked", pgettext_lazy("webhook", "Its key does not work any more")


SENDING = {State.ACTIVE, State.FAILING}
"""In these what waits is sent."""


@dataclass(frozen=True)
class Standing:
    subscription: Subscription
    state: State

    @property
    def is_sending(self) -> bool:
        return self.state in SENDING

    @property
    def rests_until(self) -> datetime | None:
        """When the address is tried again, if that is not now."""
        until = self.subscription.rests_until
        return until if self.state is State.FAILING and until and until > timezone.now() else None

    @property
    def gives_up_at(self) -> datetime | None:
        """When it is switched off unless it takes something before."""
        since = self.subscription.failing_since
        return since + GIVE_UP_AFTER if self.state is State.FAILING and since else None


def standing_of(subscription: Subscription, working: Collection[int] | None = None) -> Standing:
    """`working` as `is_entitled` has it."""
    return Standing(subscription, _state(subscription, working))


def _state(subscription: Subscription, working: Collection[int] | None) -> State:
    if not is_entitled(subscription, working):
        return State.KEYLESS
    if subscription.status != Subscription.Status.ACTIVE:
        return State.PAUSED
    if subscription.disabled_at:
        return State.SWITCHED_OFF
    return State.FAILING if subscription.failing_since else State.ACTIVE
