from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel
from estates.connections.models import System
from estates.leads.models.leads import Lead

CLAIM_MINUTES = 15


class RoutingRule(TenantModel):
    """Who gets the leads that fit. The rules of an agency are asked by `position`; the first that fits decides.

    Empty conditions fit everything. `city` and the price are those of the linked estate. `last_given` is the id of
    the member whose turn it was last; whose id comes next has the next turn.
    """

    class Target(models.TextChoices):
        PERSON = "person", _("One person")
        TURNS = "turns", _("Several people in turn")
        FIRST = "first", _("Whoever takes it first")

    position = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=80)
    source = models.CharField(_("source"), max_length=20, choices=System.choices, blank=True)
    category = models.CharField(_("category"), max_length=80, blank=True)
    programme = models.CharField(_("programme"), max_length=200, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    min_price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    max_price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    target = models.CharField(_("goes to"), max_length=10, choices=Target.choices)
    people = models.ManyToManyField(User, related_name="+")
    last_given = models.BigIntegerField(default=0)
    claim_minutes = models.PositiveSmallIntegerField(default=CLAIM_MINUTES)
    fallback = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    forward = models.BooleanField(_("send to Ts-Immo"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class LeadOffer(TenantModel):
    """A lead that several people may take, until `until`; then it is `fallback`'s. `ended_at`: it is over."""

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, related_name="offer")
    people = models.ManyToManyField(User, related_name="+")
    until = models.DateTimeField()
    fallback = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("offered lead")
        verbose_name_plural = _("offered leads")
        indexes = [models.Index(fields=["until"], condition=Q(ended_at=None), name="offers_open")]

    def __str__(self) -> str:
        return f"#{self.lead_id}"


class Notice(TenantModel):
    """A mail about a lead to one person, of each kind once. It is marked before it goes out, and never sent again.

    SENDING after that means that a worker died in between: perhaps it was sent.
    """

    class Kind(models.TextChoices):
        ASSIGNED = "assigned", _("in charge")
        OFFERED = "offered", _("offered")

    class State(models.TextChoices):
        WAITING = "waiting", _("Not mailed yet")
        SENDING = "sending", _("Perhaps mailed")
        SENT = "sent", _("Mailed")
        FAILED = "failed", _("The mail server refused")
        DROPPED = "dropped", _("Not mailed: no longer needed")

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="notices")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mail about a lead")
        verbose_name_plural = _("mails about leads")
        constraints = [models.UniqueConstraint(fields=["lead", "user", "kind"], name="one_notice")]
        indexes = [
            models.Index(fields=["agency", "id"], condition=Q(state="waiting"), name="notices_waiting")
        ]

    def __str__(self) -> str:
        return f"#{self.lead_id} {self.kind}"


class Digest(TenantModel):
    """A day's digest to one member: written before it is sent, so that it is never sent twice."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        constraints = [models.UniqueConstraint(fields=["agency", "user", "day"], name="one_digest")]

    def __str__(self) -> str:
        return f"{self.day} {self.user_id}"
