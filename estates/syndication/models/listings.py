from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.tenancy import TenantModel
from estates.catalogue.models import Estate
from estates.jobs.models import Job
from estates.syndication.models.feeds import FeedItem
from estates.syndication.models.plans import Plan

WORDS_LIMIT = 500


class Verdict(models.TextChoices):
    """What the forecast expects of Seeki."""

    READY = "ready", pgettext_lazy("a listing", "Ready")
    BETTER = "better", _("May be better")
    REFUSED = "will_be_refused", _("Will be refused")


class Listing(TenantModel):
    """An estate, or a listing of a feed file, as it stands at Seeki.

    `stage` is how far its latest sending is; `live_until` is 60 days after the last import that Seeki confirmed,
    whatever became of later ones. `due_at` is when it is sent next, `poll_at` when Seeki is asked next.
    `digest` is of what would be sent now, `sent_digest` of what was sent last; both hexadecimal. `tries` counts
    sendings in a row that Seeki did not take up, `polls` the questions since the last sending. `predicted`
    is the forecast at the last sending. Who `insists` sends it once although the forecast says no.
    """

    class Hand(models.TextChoices):
        """What a person decided beside the rules."""

        RULES = "", _("As the rules say")
        ALWAYS = "always", _("Always publish")
        NEVER = "never", _("Never publish")

    class Stage(models.TextChoices):
        NONE = "", _("Not sent")
        HELD = "held", _("Held back")
        DUE = "due", _("In line")
        SENDING = "sending", _("Being sent")
        PROCESSING = "processing", _("Being processed by Seeki")
        DONE = "done", _("Published")
        REFUSED = "refused", _("Refused")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="listings")
    external_id = models.CharField(_("number"), max_length=120)
    estate = models.ForeignKey(Estate, on_delete=models.CASCADE, null=True, related_name="+")
    feed_item = models.ForeignKey(FeedItem, on_delete=models.SET_NULL, null=True, related_name="+")
    title = models.CharField(_("title"), max_length=300, blank=True)
    hand = models.CharField(max_length=6, choices=Hand.choices, default=Hand.RULES, blank=True)
    wanted = models.BooleanField(_("to be published"), default=False)
    verdict = models.CharField(_("forecast"), max_length=16, choices=Verdict.choices, blank=True)
    reasons = models.JSONField(default=list)
    judged_at = models.DateTimeField(null=True)
    insists = models.BooleanField(default=False)
    digest = models.CharField(max_length=32, blank=True)
    sent_digest = models.CharField(max_length=32, blank=True)
    predicted = models.CharField(max_length=16, choices=Verdict.choices, blank=True)
    stage = models.CharField(_("state"), max_length=10, choices=Stage.choices, default=Stage.NONE, blank=True)
    due_at = models.DateTimeField(_("sent next"), null=True)
    poll_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    polls = models.PositiveSmallIntegerField(default=0)
    import_item_id = models.CharField(max_length=80, blank=True)
    listing_id = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    code = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=WORDS_LIMIT, blank=True)
    live_since = models.DateTimeField(_("live since"), null=True)
    live_until = models.DateTimeField(_("live until"), null=True)

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        constraints = [
            models.UniqueConstraint(fields=["plan", "external_id"], name="one_listing_per_number"),
        ]
        indexes = [
            models.Index(fields=["plan", "due_at"], condition=Q(due_at__isnull=False), name="listing_due"),
            models.Index(fields=["plan", "poll_at"], condition=Q(poll_at__isnull=False), name="listing_poll"),
            models.Index(fields=["plan", "title", "id"], name="listing_by_title"),
            # These two are counted for every page's menu: they hold all that the counting asks for.
            models.Index(fields=["plan", "live_until", "agency", "wanted", "id"], name="listing_lapse"),
            models.Index(
                fields=["plan", "stage", "agency", "id"],
                condition=Q(wanted=True, stage__in=("held", "refused")),
                name="listing_stopped",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.external_id


class ListingEvent(models.Model):
    """A line of a listing's history. `predicted` is what the forecast had said of the sending that it ends."""

    class What(models.TextChoices):
        SENT = "sent", _("Sent")
        PUBLISHED = "published", _("Published by Seeki")
        REFUSED = "refused", _("Refused by Seeki")
        AGAIN = "again", _("To be sent again")
        LAPSES = "lapses", _("Left to lapse")
        LAPSED = "lapsed", _("Lapsed")
        WANTED = "wanted", _("To be published")
        BY_HAND = "by_hand", _("Decided by hand")

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    what = models.CharField(max_length=12, choices=What.choices)
    predicted = models.CharField(max_length=16, blank=True)
    code = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=WORDS_LIMIT, blank=True)

    class Meta:
        verbose_name = _("listing's event")
        verbose_name_plural = _("listings' events")
        ordering = ["-id"]
        indexes = [models.Index(fields=["what", "at"], name="listing_event_by_what")]

    def __str__(self) -> str:
        return f"{self.what} {self.code}".strip()


class Batch(TenantModel):
    """One request that carried listings: how many, how many bytes, and what Seeki answered.

    `answer` is the answer as it came, cut after 64 KiB; `unanswered` items were named in neither of its lists.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="batches")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    items = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    unanswered = models.PositiveIntegerField(default=0)
    words = models.CharField(max_length=WORDS_LIMIT, blank=True)
    answer = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        indexes = [models.Index(fields=["plan", "-sent_at"], name="batch_by_date")]

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M} {self.items}"


class PictureLook(TenantModel):
    """Whether a picture of an estate answers. `words` say why it does not."""

    address = models.CharField(max_length=2000)
    digest = models.CharField(max_length=32)
    answers = models.BooleanField(null=True)
    words = models.CharField(max_length=WORDS_LIMIT, blank=True)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("look at a picture")
        verbose_name_plural = _("looks at pictures")
        constraints = [models.UniqueConstraint(fields=["agency", "digest"], name="one_look_per_picture")]

    def __str__(self) -> str:
        return self.address
