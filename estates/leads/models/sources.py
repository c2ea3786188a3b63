from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import TenantModel
from estates.connections.models import Connection


class LeadSource(TenantModel):
    """When and how leads are fetched with a connection, and what the last run came to.

    `mode` matters where fetching takes leads away at the remote. `polled_to` is the moment up to which everything
    was fetched. `is_full` is the alarm that a list came back as long as the remote makes it: there may be more.
    `compared_at` and `mirrored_at`: when the pulled leads, the regions and programmes, were read last.
    """

    class Mode(models.TextChoices):
        READ = "read", _("Read only")
        PULL = "pull", _("Pull")

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="lead_source")
    mode = models.CharField(_("mode"), max_length=4, choices=Mode.choices, default=Mode.READ)
    every_minutes = models.PositiveSmallIntegerField(_("minutes between runs"), default=5)
    next_at = models.DateTimeField()
    polled_to = models.DateTimeField(null=True)
    run_at = models.DateTimeField(null=True)
    compared_at = models.DateTimeField(null=True)
    mirrored_at = models.DateTimeField(null=True)
    is_full = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("source of leads")
        verbose_name_plural = _("sources of leads")
        indexes = [models.Index(fields=["next_at"], name="leads_due")]

    def __str__(self) -> str:
        return str(self.connection)


class Programme(TenantModel):
    """A development on sale in a region, as marketing-lab lists it; `gone_at` once it lists it no more."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    remote_id = models.CharField(max_length=64)
    name = models.CharField(_("programme"), max_length=255, blank=True)
    region_id = models.CharField(max_length=64, blank=True)
    region = models.CharField(_("region"), max_length=255, blank=True)
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="one_programme")]

    def __str__(self) -> str:
        return self.name or self.remote_id


class Batch(TenantModel):
    """A remote's answer with leads in it, as it came. The same answer twice in a row is kept once."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    operation = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    digest = models.CharField(max_length=32)
    number = models.PositiveIntegerField(_("leads"), default=0)
    body = models.TextField()

    class Meta:
        verbose_name = _("answer with leads")
        verbose_name_plural = _("answers with leads")
        indexes = [models.Index(fields=["connection", "operation", "-id"], name="batch_by_operation")]

    def __str__(self) -> str:
        return f"{self.operation} {self.at:%Y-%m-%d %H:%M:%S}"


class Pull(TenantModel):
    """One destructive call: written before it goes out, settled once all that it took away is known to be here.

    A pull that is not settled may have taken leads away without anybody having got the answer.
    """

    class Stage(models.TextChoices):
        ASKED = "asked", _("Asked")
        SAVED = "saved", _("Answer saved")
        SETTLED = "settled", _("Compared")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.ASKED)
    asked_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    answered = models.PositiveIntegerField(null=True)
    recovered = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("pull")
        verbose_name_plural = _("pulls")
        indexes = [models.Index(fields=["connection", "-id"], name="pull_by_connection")]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M:%S} {self.stage}"


class KeyLease(models.Model):
    """Who works with a key right now: the same key may be stored twice, but is pulled with once at a time.

    `fingerprint` is a keyed hash of the secret.
    """

    fingerprint = models.CharField(max_length=64, primary_key=True)
    holder = models.CharField(max_length=32, blank=True)
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("key in use")
        verbose_name_plural = _("keys in use")

    def __str__(self) -> str:
        return self.fingerprint[:8]


class StrayItem(TenantModel):
    """Something that came among leads and could not be read as one, kept with its reason so that nothing is lost."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32)
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=300)
    body = models.TextField()

    class Meta:
        verbose_name = _("item set apart")
        verbose_name_plural = _("items set apart")
        constraints = [models.UniqueConstraint(fields=["connection", "digest"], name="one_stray_item")]

    def __str__(self) -> str:
        return self.reason


class Tombstone(TenantModel):
    """A lead whose person was erased: no later reading brings it back."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    remote_id = models.CharField(max_length=128)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="one_tombstone")]

    def __str__(self) -> str:
        return self.remote_id
