from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from accounts.tenancy import TenantModel
from estates.connections.models import Connection
from estates.jobs.models import Job

REASONS = {
    "not an object": _("It is no estate at all."),
    "no usable id": _("It carries no number (id) by which it could be recognised."),
    "nested too deeply to be kept": _("It is nested too deeply to be kept."),
}
"""Why a remote's item could not be read, by what `estates.remotes` calls it."""


class Estate(TenantModel):
    """The local copy of an estate, in the columns that are searched; all that the remote said is its payload.

    Types, statuses and the like are open lists: whatever word the remote uses is kept. Prices are in
    `currency`, surfaces in m². By `digest`, the payload's hash, a sync knows what did not change. `missed`
    counts the whole syncs in a row that did not list the estate any more.
    """

    # Neither needs an index of its own: those below begin with them.
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+", db_index=False)
    remote_id = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=16)
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    type = models.CharField(_("type"), max_length=64, blank=True)
    sub_type = models.CharField(_("subtype"), max_length=64, blank=True)
    offer_type = models.CharField(_("offer"), max_length=64, blank=True)
    status = models.CharField(_("status"), max_length=64, blank=True)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(_("currency"), max_length=8, blank=True)
    surface = models.DecimalField(_("surface"), max_digits=14, decimal_places=2, null=True)
    land_surface = models.DecimalField(_("land"), max_digits=14, decimal_places=2, null=True)
    rooms = models.PositiveSmallIntegerField(_("rooms"), null=True)
    bedrooms = models.PositiveSmallIntegerField(_("bedrooms"), null=True)
    bathrooms = models.PositiveSmallIntegerField(_("bathrooms"), null=True)
    address = models.CharField(_("address"), max_length=255, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=64, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    featured = models.BooleanField(_("featured"), default=False)
    is_project = models.BooleanField(_("new development"), default=False)
    public_url = models.CharField(_("public address"), max_length=2000, blank=True)
    images = models.JSONField(default=list)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("updated"), null=True)
    search_text = models.TextField(blank=True)
    first_seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    missed = models.PositiveSmallIntegerField(default=0)
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True)

    class Meta:
        verbose_name = _("estate")
        verbose_name_plural = _("estates")
        constraints = [
            models.UniqueConstraint(fields=["connection", "remote_id"], name="one_estate_per_remote_id"),
        ]
        indexes = [
            models.Index(fields=["agency", "-created_at", "-id"], name="estate_by_date"),
            models.Index(fields=["agency", "price", "id"], name="estate_by_price"),
            models.Index(fields=["agency", "reference"], name="estate_by_reference"),
            models.Index(fields=["agency", "changed_at"], name="estate_by_change"),
            models.Index(
                fields=["connection", "agency"],
                condition=models.Q(gone_at=None, public_url=""),
                name="estate_without_url",
            ),
        ]

    def __str__(self) -> str:
        return self.reference or self.title or self.remote_id


class EstatePayload(models.Model):
    """The estate as the remote gave it, as JSON text: kept out of the table that is searched."""

    estate = models.OneToOneField(Estate, on_delete=models.CASCADE, primary_key=True, related_name="payload")
    body = models.TextField()

    class Meta:
        verbose_name = _("payload")
        verbose_name_plural = _("payloads")

    def __str__(self) -> str:
        return str(self.estate_id)


class SyncRun(TenantModel):
    """One reading of everything that a connection lists, and what came of it.

    `page`, `reading` (which pass over the pages, from 1) and `seen` (remote ids, packed) are where the next
    slice goes on; `entries` and `drifted` tell of the pass so far how many list entries came, and whether the
    pages were seen to shift. `would_go` estates are missing and wait for a person's decision.
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        PARTIAL = "partial", _("Incomplete")
        EMPTY = "empty", _("Nothing received")
        ASKING = "asking", _("Waiting for a decision")
        OVERTAKEN = "overtaken", _("Overtaken by a later sync")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(null=True)
    received = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    would_go = models.PositiveIntegerField(default=0)
    page = models.PositiveIntegerField(default=1)
    reading = models.PositiveSmallIntegerField(default=1)
    entries = models.PositiveIntegerField(default=0)
    drifted = models.BooleanField(default=False)
    seen = models.BinaryField(null=True)
    error = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("sync")
        verbose_name_plural = _("syncs")
        indexes = [models.Index(fields=["agency", "-started_at"], name="sync_by_date")]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.started_at:%Y-%m-%d %H:%M}"


class MirrorPlan(TenantModel):
    """When a connection's estates are read next, and how often."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="mirror_plan")
    every_minutes = models.PositiveSmallIntegerField(_("minutes between syncs"), default=15)
    next_at = models.DateTimeField()

    class Meta:
        verbose_name = _("mirror plan")
        verbose_name_plural = _("mirror plans")
        indexes = [models.Index(fields=["next_at"], name="mirror_due")]

    def __str__(self) -> str:
        return str(self.connection)


class EstateChange(TenantModel):
    """A line of an estate's history: its price, its status, its going and coming back.

    Prices are written with two decimals and without currency; going and coming back have no before and after.
    """

    class Field(models.TextChoices):
        PRICE = "price", _("Price")
        STATUS = "status", _("Status")
        GONE = "gone", _("No longer listed")
        BACK = "back", _("Listed again")

    estate = models.ForeignKey(Estate, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    field = models.CharField(max_length=20, choices=Field.choices)
    before = models.CharField(max_length=80, blank=True)
    after = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.field}: {self.before} → {self.after}"


class RejectedEstate(TenantModel):
    """An item of a sync that could not be read, set apart with its reason until it can be."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="rejects")
    reason = models.CharField(max_length=300)
    body = models.TextField()

    class Meta:
        verbose_name = _("estate set apart")
        verbose_name_plural = _("estates set apart")

    def __str__(self) -> str:
        return self.reason

    @property
    def sentence(self) -> str | Promise:
        """The reason for a person; one that only the database could give stands as it came."""
        return REASONS.get(self.reason, self.reason)


class SavedSearch(TenantModel):
    """A person's named set of filters in an agency, as the query string of the page that they are for."""

    class Page(models.TextChoices):
        ESTATES = "estates", _("Estates")
        LEADS = "leads", _("Leads")

    page = models.CharField(max_length=10, choices=Page.choices, default=Page.ESTATES)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "user", "page", "name"], name="one_saved_search_per_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name
