from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from accounts.tenancy import TenantModel
from estates.connections.sealed import Sealed

MONTHS = 36
"""The French supervisory authority's measure for prospects: three years after their last contact."""


class Retention(TenantModel):
    """How long an agency keeps people who are silent, in months, and whether the portal erases them by itself."""

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="+")
    months = models.PositiveSmallIntegerField(
        _("months without contact"), default=MONTHS, validators=[MinValueValidator(1)]
    )
    automatic = models.BooleanField(_("erase by itself"), default=False)

    class Meta:
        verbose_name = _("retention")
        verbose_name_plural = _("retentions")

    def __str__(self) -> str:
        return str(self.months)


class HashKey(Sealed):
    """The agency's key for hashes of erased addresses: it never changes, or none would be recognised any more."""

    named_by = ("retention__months", "retention__agency__name")

    retention = models.OneToOneField(Retention, on_delete=models.CASCADE, related_name="hash_key")

    class Meta:
        verbose_name = _("key of erased addresses")
        verbose_name_plural = _("keys of erased addresses")

    def __str__(self) -> str:
        return str(self.retention_id)

    @property
    def holder(self) -> str:
        return f"{self.retention.agency.slug}: erased addresses"


class Erasure(TenantModel):
    """One erasure and its receipt. Nothing in it tells who was erased.

    `found` counts what was blanked, by the names of `erasure.places`. `finished_at` is None while other places than
    the leads themselves are still searched. `silent_since` and `up_to` say whom a purge takes: people without
    contact since then, up to that id.
    """

    class Reason(models.TextChoices):
        REQUEST = "request", _("asked for by the person")
        REMOTE = "remote", _("blanked by the remote system")
        EXPIRED = "expired", _("end of the time that the remote system set")
        SILENT = "silent", _("too long without contact")

    number = models.CharField(_("receipt"), max_length=20, unique=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    asked_by = models.ForeignKey(
        User, verbose_name=_("by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    finished_at = models.DateTimeField(_("finished"), null=True)
    silent_since = models.DateTimeField(null=True)
    up_to = models.BigIntegerField(default=0)
    people = models.PositiveIntegerField(_("people"), default=0)
    leads = models.PositiveIntegerField(_("leads"), default=0)
    found = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        indexes = [models.Index(fields=["agency", "-id"], name="erasure_page")]

    def __str__(self) -> str:
        return self.number


class ErasedKey(models.Model):
    """A keyed hash of an erased address or number: it answers whether it was erased, and holds neither."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="keys")
    hash = models.CharField(max_length=64, db_index=True)

    class Meta:
        verbose_name = _("erased address")
        verbose_name_plural = _("erased addresses")

    def __str__(self) -> str:
        return self.hash[:8]


class ErasureTrace(Sealed):
    """What an erasure still looks for elsewhere, sealed; deleted once it was found everywhere."""

    named_by = ("erasure__number", "erasure__agency__name")

    erasure = models.OneToOneField(Erasure, on_delete=models.CASCADE, related_name="trace")

    class Meta:
        verbose_name = _("trace of an erasure")
        verbose_name_plural = _("traces of erasures")

    def __str__(self) -> str:
        return str(self.erasure_id)

    @property
    def holder(self) -> str:
        return f"{self.erasure.agency.slug}: {self.erasure}"
