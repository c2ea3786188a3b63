import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel


class Outlet(TenantModel):
    """An address at which another portal fetches estates of the agency as a feed file.

    `query` is the catalogue's search as a query string; `key` is what the secret address is made of. A zip is
    built ahead, by a worker: `stored_as`, `built_digest` and the counts are of the last one that was.
    """

    class Format(models.TextChoices):
        OPENIMMO = "openimmo", _("OpenImmo (XML)")
        OPENIMMO_ZIP = "openimmo_zip", _("OpenImmo with pictures (ZIP)")
        IDEALISTA = "idealista", _("Idealista (XML)")

    class Encoding(models.TextChoices):
        UTF_8 = "utf-8", "UTF-8"
        WINDOWS_1252 = "windows-1252", "windows-1252"

    name = models.CharField(_("portal"), max_length=80)
    format = models.CharField(_("format"), max_length=12, choices=Format.choices, default=Format.OPENIMMO)
    encoding = models.CharField(
        _("encoding"), max_length=12, choices=Encoding.choices, default=Encoding.UTF_8
    )
    query = models.CharField(max_length=1000, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    changed_at = models.DateTimeField(auto_now_add=True)
    fetched_at = models.DateTimeField(_("last fetched"), null=True)
    fetches = models.PositiveIntegerField(_("fetches"), default=0)
    stored_as = models.CharField(max_length=300, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    built_at = models.DateTimeField(_("built"), null=True)
    built_digest = models.CharField(max_length=64, blank=True)
    listings = models.PositiveIntegerField(null=True)
    pictures_missing = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("address for a portal")
        verbose_name_plural = _("addresses for portals")
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="one_outlet_per_name")]

    def __str__(self) -> str:
        return self.name
