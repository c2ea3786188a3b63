from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel
from estates.syndication.models.plans import Plan


class Feed(TenantModel):
    """A file of listings that other software of the agency exported, on its way to Seeki.

    `scope` is how much it says that it holds. Of a full one, `missing` counts the listings of earlier files
    that it does not name any more, and `removal` what was decided about them. `reason` says why it
    cannot be read, by the names of `estates.feeds.reasons`, at `line` where there is one.
    """

    class Format(models.TextChoices):
        OPENIMMO = "openimmo", "OpenImmo"
        IDEALISTA = "idealista", "Idealista"

    class Container(models.TextChoices):
        XML = "xml", "XML"
        ZIP = "zip", "ZIP"

    class State(models.TextChoices):
        RECEIVED = "received", _("Being read")
        READ = "read", _("Ready to be sent")
        UNREADABLE = "unreadable", _("Unreadable")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("Discarded")

    class Removal(models.TextChoices):
        NONE = "", _("Nothing is missing")
        ASKING = "asking", _("Waiting for a decision")
        LAPSE = "lapse", _("Left to lapse")
        KEEP = "keep", _("Kept")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="feeds")
    format = models.CharField(_("format"), max_length=10, choices=Format.choices, blank=True)
    container = models.CharField(max_length=3, choices=Container.choices, blank=True)
    name = models.CharField(_("file"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RECEIVED)
    scope = models.CharField(max_length=8, blank=True)
    encoding = models.CharField(max_length=40, blank=True)
    repaired = models.BooleanField(default=False)
    software = models.CharField(_("software"), max_length=120, blank=True)
    listings = models.PositiveIntegerField(_("listings"), default=0)
    set_apart = models.PositiveIntegerField(_("set apart"), default=0)
    missing = models.PositiveIntegerField(default=0)
    removal = models.CharField(max_length=6, choices=Removal.choices, default=Removal.NONE, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    line = models.PositiveIntegerField(null=True)
    words = models.CharField(max_length=500, blank=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("received"), auto_now_add=True)
    read_at = models.DateTimeField(_("read"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("feed file")
        verbose_name_plural = _("feed files")
        indexes = [models.Index(fields=["agency", "-created_at"], name="feed_by_date")]

    def __str__(self) -> str:
        return self.name


class FeedItem(TenantModel):
    """A listing of a feed file, or what stands there instead of one.

    `ordinal` counts the listings of the file from 0, `line` its lines from 1. `notes` are [code, path, what
    stood there] of what is odd about it. Of one that is set apart, `reason` and `path` say why; of one that is
    ready they are the code and the detail of the forecast's reason, where Seeki will refuse it. Its price is in
    `currency`.
    """

    class State(models.TextChoices):
        READ = "read", _("Ready to be sent")
        APART = "apart", _("Set apart")
        SKIPPED = "skipped", _("Not to be sent")
        SENDING = "sending", _("Being sent")
        ACCEPTED = "accepted", _("Accepted by Seeki")
        REFUSED = "refused", _("Refused by Seeki")

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="items")
    ordinal = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    external_id = models.CharField(_("number"), max_length=120, blank=True)
    action = models.CharField(max_length=10, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    kind = models.CharField(_("type"), max_length=20, blank=True)
    offer = models.CharField(_("offer"), max_length=10, blank=True)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=8, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    pictures = models.PositiveSmallIntegerField(_("pictures"), default=0)
    notes = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    reason = models.CharField(max_length=40, blank=True)
    path = models.CharField(max_length=300, blank=True)
    code = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("listing of a feed file")
        verbose_name_plural = _("listings of feed files")
        constraints = [models.UniqueConstraint(fields=["feed", "ordinal"], name="one_item_per_place")]
        indexes = [
            models.Index(fields=["feed", "state", "ordinal"], name="feed_item_by_state"),
            models.Index(
                fields=["agency", "external_id"], condition=~Q(external_id=""), name="feed_item_by_number"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.external_id or str(self.ordinal)
