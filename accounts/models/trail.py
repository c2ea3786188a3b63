from typing import Any, ClassVar, NoReturn

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Agency, User
from accounts.tenancy import TenantManager, TenantModel


class AppendOnlyRows(models.QuerySet["AuditEntry"]):
    def update(self, **fields: Any) -> NoReturn:
        raise ValidationError("The audit trail is only ever appended to.")

    def delete(self) -> NoReturn:
        raise ValidationError("The audit trail is only ever appended to.")


class AuditChain(models.Model):
    """How long an agency's audit chain is and where it ends, so that a cut tail is noticed too."""

    agency = models.OneToOneField(
        Agency, on_delete=models.PROTECT, primary_key=True, related_name="audit_chain"
    )
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True, default="")
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    breaks_found = models.PositiveBigIntegerField(_("breaks found"), default=0)

    class Meta:
        verbose_name = _("audit chain")
        verbose_name_plural = _("audit chains")

    def __str__(self) -> str:
        return f"{self.agency} · {self.length}"


class AuditEntry(TenantModel):
    """Who did what, and when. Each entry carries the hash of the one before (see `accounts.audit`)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(_("who"), max_length=254, blank=True)
    action = models.CharField(_("what"), max_length=60)
    subject = models.CharField(_("about"), max_length=200, blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects: ClassVar[Any] = TenantManager.from_queryset(AppendOnlyRows)()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="one_audit_entry_per_number")
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ValidationError("The audit trail is only ever appended to.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ValidationError("The audit trail is only ever appended to.")
