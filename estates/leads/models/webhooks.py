from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel
from estates.connections.models import Connection
from estates.connections.sealed import Sealed


class WebhookSubscription(TenantModel):
    """Where AVIV sends word of new leads. `wanted` is what people asked for, `state` what AVIV said last.

    `opaque` is the secret part of our address. `is_flooded`: calls came faster than they were drained, and some
    were not kept. `last_success_at` and `events` are AVIV's own audit, read at `audited_at`; events are objects
    with `at`, `status`, `status_code` and `lead_id`, newest first.
    """

    class Wanted(models.TextChoices):
        ACTIVE = "ACTIVE", _("Active")
        INACTIVE = "INACTIVE", _("Paused")
        GONE = "GONE", _("Removed")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    opaque = models.CharField(max_length=64, unique=True)
    remote_id = models.CharField(max_length=128, blank=True)
    wanted = models.CharField(max_length=8, choices=Wanted.choices, default=Wanted.ACTIVE)
    state = models.CharField(max_length=32, blank=True)
    is_flooded = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    active_since = models.DateTimeField(null=True)
    audited_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    events = models.JSONField(default=list)

    class Meta:
        verbose_name = _("webhook subscription")
        verbose_name_plural = _("webhook subscriptions")

    def __str__(self) -> str:
        return self.remote_id or str(self.pk)

    @property
    def is_settled(self) -> bool:
        """Whether AVIV has said that it is as it is wanted."""
        return self.state == self.wanted


class WebhookKey(Sealed):
    """The key that AVIV sends along with every call."""

    named_by: ClassVar[tuple[str, str]] = ("subscription__connection__label", "subscription__agency__name")

    subscription = models.OneToOneField(WebhookSubscription, on_delete=models.CASCADE, related_name="key")

    class Meta:
        verbose_name = _("webhook key")
        verbose_name_plural = _("webhook keys")

    def __str__(self) -> str:
        return str(self.subscription_id)

    @property
    def holder(self) -> str:
        return f"{self.subscription.agency.slug}: {self.subscription.connection}"


class WebhookCall(TenantModel):
    """A call of AVIV as it came. `lead_id` is the lead that it named; once it is fetched the body is emptied."""

    # Neither needs an index of its own: a call is looked for among the unhandled, or by subscription and date.
    subscription = models.ForeignKey(
        WebhookSubscription, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField(auto_now_add=True)
    body = models.BinaryField()
    lead_id = models.CharField(max_length=128, blank=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook call")
        verbose_name_plural = _("webhook calls")
        indexes = [
            models.Index(fields=["subscription", "at"], name="webhook_call_by_date"),
            models.Index(
                fields=["subscription", "id"], condition=Q(handled_at=None), name="webhook_call_to_hear"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.lead_id}"


class SentLead(TenantModel):
    """A lead that somebody creates at AVIV. Sending it twice makes two: what is not known waits for a person.

    `fields` is what was typed, kept only until AVIV has it. `request_id` is AVIV's word for its acceptance.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Accepted by AVIV")
        UNKNOWN = "unknown", _("Unknown whether it arrived")
        REFUSED = "refused", _("Refused by AVIV")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    fields = models.JSONField(default=dict)
    classified_id = models.CharField(max_length=64)
    request_id = models.CharField(max_length=255, blank=True)
    words = models.TextField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("lead created at AVIV")
        verbose_name_plural = _("leads created at AVIV")
        indexes = [models.Index(fields=["connection", "-id"], name="sent_lead_by_connection")]

    def __str__(self) -> str:
        return self.classified_id
