from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.tenancy import TenantModel

REASON_LIMIT = 300


class Impersonation(TenantModel):
    """An operator works in a member's place, in this agency alone, until `ends_at` at the latest."""

    operator = models.ForeignKey(
        User, verbose_name=_("operator"), on_delete=models.PROTECT, related_name="impersonations"
    )
    person = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=REASON_LIMIT)
    began_at = models.DateTimeField(_("began"), auto_now_add=True)
    ends_at = models.DateTimeField(_("ends"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("impersonation")
        verbose_name_plural = _("impersonations")
        permissions: ClassVar[Any] = [("impersonate", "May work in the place of an agency’s people")]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["operator"], condition=models.Q(ended_at=None), name="one_place_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.operator} → {self.person}"
