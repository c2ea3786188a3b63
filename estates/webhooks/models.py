from datetime import date, datetime
from secrets import token_urlsafe
from typing import ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import PartnerKey, User
from accounts.tenancy import TenantModel
from estates.connections.sealed import Sealed
from estates.webhooks.kinds import EventType

SHOWN_OF_PATH = 5
"""Characters, the slash included: enough to tell most addresses of one host apart, and no token."""


def opaque_id() -> str:
    return token_urlsafe(16)


class Subscription(TenantModel):
    """Where a partner is told what happens at an agency.

    `events` are values of `EventType`. With `whole` the thing itself comes along, else its id and a link.
    `partner_key` is the key that asked for it; one that was made in the browser has none. `status` is what people
    want, and `disabled_at` when the portal gave up. `failures` are in a row, the first of them at `failing_since`;
    until `rests_until` nothing is sent. `warnings` are the mails about this row of failures.
    """

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("Active")
        INACTIVE = "INACTIVE", _("Paused")

    public_id = models.CharField(max_length=22, unique=True, default=opaque_id)
    url = models.URLField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list)
    whole = models.BooleanField(_("with the whole content"), default=False)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    partner_key = models.ForeignKey(PartnerKey, on_delete=models.CASCADE, null=True, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now_add=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    warnings = models.PositiveSmallIntegerField(default=0)
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        """What everybody may read: an address often carries a token, in its path or its query."""
        parts = urlsplit(self.url)
        path = parts.path[:SHOWN_OF_PATH]
        is_cut = bool(parts.path[SHOWN_OF_PATH:] or parts.query)
        return f"{parts.hostname or ''}{path.rstrip('/')}{'…' if is_cut else ''}"

    def day_of(self, at: datetime) -> date:
        """The day that this moment belongs to where the agency is."""
        return at.astimezone(ZoneInfo(self.agency.time_zone)).date()


class SubscriptionSecret(Sealed):
    """What a message is signed with, or the API key that goes along. One that ends works beside its successor."""

    named_by: ClassVar[tuple[str, str]] = ("subscription__public_id", "subscription__agency__name")

    class Use(models.TextChoices):
        SIGNING = "signing", _("Signature")
        API_KEY = "api-key", _("API key")

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="secrets")
    use = models.CharField(max_length=8, choices=Use.choices, default=Use.SIGNING)
    created_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook secret")
        verbose_name_plural = _("webhook secrets")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.subscription_id} …{self.last_four}"

    @property
    def holder(self) -> str:
        return f"{self.subscription.agency.slug}: {self.subscription}"


class Event(TenantModel):
    """Something that happened, kept where somebody wants to be told. `subject` is the partner API's id of it."""

    public_id = models.CharField(max_length=22, unique=True, default=opaque_id)
    type = models.CharField(_("event"), max_length=20, choices=EventType.choices)
    subject = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["at"], name="webhook_event_at")]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class Delivery(TenantModel):
    """One event on its way to one subscription. `body` is what was sent last; `tries` belong to this round.

    `day` is the event's where the agency is: counting by it needs an index alone.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    day = models.DateField(null=True)
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    body = models.TextField(blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["subscription", "event"], name="one_delivery_per_event")
        ]
        indexes = [
            models.Index(fields=["subscription", "-id"], name="webhook_delivery_page"),
            models.Index(fields=["agency", "subscription", "day", "state"], name="webhook_delivery_days"),
            models.Index(fields=["subscription", "-delivered_at"], name="webhook_delivery_last"),
            models.Index(
                fields=["subscription", "due_at"], condition=Q(state="waiting"), name="webhook_delivery_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.state}"


class Attempt(models.Model):
    """A try: the answer's status and its beginning, or `reason` (see `Reason`) where no whole answer came."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    seconds = models.FloatField()
    status = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=20, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.reason}"
