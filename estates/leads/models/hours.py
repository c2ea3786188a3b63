from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.tenancy import TenantModel

MORNING, AFTERNOON = ["09:00", "12:30"], ["14:00", "18:30"]


def usual_week() -> list[list[list[str]]]:
    """Monday to Friday with a lunch break."""
    return [[MORNING, AFTERNOON] for _ in range(5)] + [[], []]


class OfficeHours(TenantModel):
    """When an agency answers, in its own time zone, and how soon it means to.

    `week` has for each day from Monday the spans in which somebody is there, as ["09:00", "12:30"], in order and
    without overlap. `closed` has spans of days, as ["2026-12-24", "2027-01-02"], both included.
    """

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="+")
    week = models.JSONField(default=usual_week)
    holidays = models.BooleanField(default=True)
    closed = models.JSONField(default=list)
    target_minutes = models.PositiveSmallIntegerField(default=60)

    class Meta:
        verbose_name = _("office hours")
        verbose_name_plural = _("office hours")

    def __str__(self) -> str:
        return str(self.agency_id)
