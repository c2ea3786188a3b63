import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel
from estates.catalogue.models import Estate
from estates.connections.models import WORDS_LIMIT, Connection
from estates.leads.models.leads import Lead


class Forwarding(TenantModel):
    """A lead as Ts-Immo was given it, and what Ts-Immo said.

    `stream_id` is made once for a lead and an account, before the first call, and goes with every further one:
    Ts-Immo creates one contact of it however often it is sent. `buyer` is what was sent last, by the names of
    `forms.LeadForm`. `version` counts how often somebody asked; what a job finds out counts for its version alone.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Being sent")
        ACCEPTED = "accepted", _("Accepted by Ts-Immo")
        REFUSED = "refused", _("Refused by Ts-Immo")

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="forwardings")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    estate = models.ForeignKey(Estate, on_delete=models.SET_NULL, null=True, related_name="+")
    stream_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    buyer = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    words = models.CharField(max_length=WORDS_LIMIT, blank=True)
    remote_id = models.CharField(max_length=64, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("forwarded lead")
        verbose_name_plural = _("forwarded leads")
        constraints = [models.UniqueConstraint(fields=["lead", "connection"], name="one_forwarding")]

    def __str__(self) -> str:
        return f"#{self.lead_id}"


class SentBuyer(TenantModel):
    """A buyer whom a partner has sent to Ts-Immo about an estate, once for each `stream_id` that it brought along.

    `buyer` is the body as it goes out, kept only until Ts-Immo has said something. By `digest`, a keyed hash of body
    and estate, the same request is known again without what was in it. `version` counts how often it was begun.
    """

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    estate = models.ForeignKey(Estate, on_delete=models.SET_NULL, null=True, related_name="+")
    stream_id = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    buyer = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(
        _("state"), max_length=10, choices=Forwarding.State.choices, default=Forwarding.State.PENDING
    )
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("buyer sent by a partner")
        verbose_name_plural = _("buyers sent by partners")
        constraints = [models.UniqueConstraint(fields=["agency", "stream_id"], name="one_buyer_for_a_stream")]

    def __str__(self) -> str:
        return f"#{self.pk}"
