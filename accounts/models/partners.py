from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.tenancy import TenantModel


class Scope(models.TextChoices):
    """What a partner key opens."""

    ESTATES_READ = "estates:read", _("Read estates and how they stand on portals")
    ESTATES_WRITE = "estates:write", _("Set estates' addresses and have estates sent again")
    LEADS_READ = "leads:read", _("Read leads")
    LEADS_WRITE = "leads:write", _("Create leads, and say what became of them")
    SITES_READ = "sites:read", _("Read sites, and download plugins")
    SITES_WRITE = "sites:write", _("Switch sites on and off, and have them sent again")
    SUPPORT_READ = "support:read", _("Read tickets and their attachments")
    SUPPORT_WRITE = "support:write", _("Open tickets, answer and close them")
    FEEDS_WRITE = "feeds:write", _("Hand in feed files")
    WEBHOOKS = "webhooks", _("Be told what happens, by webhook")


class PartnerKey(TenantModel):
    """A key to the partner API. Only its beginning and the SHA-256 of the whole are kept.

    `scopes` are values of `Scope`, `networks` such as 192.0.2.0/24, none of which lets every address in. A
    key that `replaces` another works beside it until that one ends. `exposed_at` is when it was last seen in
    a URL, where logs and proxies read along.
    """

    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=12, unique=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("may"), default=list)
    networks = models.JSONField(_("from"), default=list)
    replaces = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    exposed_at = models.DateTimeField(_("seen in an address"), null=True, blank=True)

    class Meta:
        verbose_name = _("partner key")
        verbose_name_plural = _("partner keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class PartnerKeyDay(models.Model):
    """How many calls a key made on a day, in UTC."""

    key = models.ForeignKey(PartnerKey, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("calls of a day")
        verbose_name_plural = _("calls of days")
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="one_row_per_key_and_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.calls}"


class IdempotentCall(TenantModel):
    """A POST that a partner named with an `Idempotency-Key`, and what it was answered.

    Without `answered_at` it is in flight. `fingerprint` is the SHA-256 of method, path and body.
    """

    key = models.ForeignKey(PartnerKey, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    began_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("idempotent call")
        verbose_name_plural = _("idempotent calls")
        constraints = [models.UniqueConstraint(fields=["key", "name"], name="one_call_per_idempotency_key")]

    def __str__(self) -> str:
        return self.name
