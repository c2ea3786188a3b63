from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel
from estates.connections.models import Connection

REFRESH_DAYS = 30


class Plan(TenantModel):
    """What an agency publishes through one connection to Seeki, and by which rules.

    `rules` are filters by the names of the catalogue's search (see `rules.py`); without any, every estate goes
    out. `version` counts their changes. While it is not active nothing is sent, not even a refresh: what is
    live then lapses. `looked_at` is up to when changes of the catalogue have been taken in.
    """

    connection = models.OneToOneField(Connection, on_delete=models.PROTECT, related_name="syndication_plan")
    active = models.BooleanField(_("publishing"), default=False)
    rules = models.JSONField(_("rules"), default=dict)
    version = models.PositiveIntegerField(default=0)
    refresh_days = models.PositiveSmallIntegerField(_("days between refreshes"), default=REFRESH_DAYS)
    looked_at = models.DateTimeField(_("catalogue looked through"), null=True)
    changed_at = models.DateTimeField(_("rules changed"), auto_now_add=True)
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("publication plan")
        verbose_name_plural = _("publication plans")

    def __str__(self) -> str:
        return str(self.connection)
