from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import TenantModel
from estates.wordpress.models.sites import Site


class Condition(models.TextChoices):
    UP = "up", _("Up")
    SLOW = "slow", _("Slow")
    DOWN = "down", _("Down")
    UNKNOWN = "unknown", _("Not looked at yet")


class SiteHealth(TenantModel):
    """What visitors of a site meet, as the last look found it.

    `faults` are a list of {"code", "facts"} as in `health/faults.py`; `facts` what else was seen. `down_looks` counts
    the looks in a row that found the site down, `since` is the first look that gave this verdict. A worker that
    looks holds `claim` until `leased_until`.
    """

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="health")
    verdict = models.CharField(
        _("verdict"), max_length=8, choices=Condition.choices, default=Condition.UNKNOWN
    )
    since = models.DateTimeField(_("since"), null=True, blank=True)
    checked_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    down_looks = models.PositiveSmallIntegerField(_("times down in a row"), default=0)
    faults = models.JSONField(_("faults"), default=list, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    next_at = models.DateTimeField(_("next look"))
    claim = models.CharField(max_length=16, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("site health")
        verbose_name_plural = _("site health")
        indexes = [models.Index(fields=["next_at"], name="health_due")]

    def __str__(self) -> str:
        return str(self.site)

    @property
    def is_down(self) -> bool:
        return self.verdict == Condition.DOWN


class HealthLook(TenantModel):
    """One look at a site: `milliseconds` until its home page was whole, and the codes of what was wrong."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="looks")
    at = models.DateTimeField(_("at"))
    verdict = models.CharField(_("verdict"), max_length=8, choices=Condition.choices)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), null=True, blank=True)
    faults = models.JSONField(_("faults"), default=list, blank=True)

    class Meta:
        verbose_name = _("look at a site")
        verbose_name_plural = _("looks at sites")
        indexes = [
            models.Index(fields=["site", "at"], name="looks_of_a_site"),
            models.Index(fields=["at"], name="looks_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verdict}"
