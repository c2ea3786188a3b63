import uuid

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import PartnerKey, User
from accounts.tenancy import TenantModel
from estates.connections.models import WORDS_LIMIT, Connection
from estates.wordpress.models import Site
from support.states import FINAL, Turn, sentence_of, turn_of

SUBJECT_LIMIT = 200


class Ticket(TenantModel):
    """A question to Ts-Immo's support, about a site. Ts-Immo's is the truth; this is what was last read of it.

    `remote_id` is "" until Ts-Immo has taken the ticket in. `state` is Ts-Immo's own word, "" before it said one.
    `domain` stays when the site is removed here. `close_asked_at` is there while the wish to close it has not been
    answered. `missing_since` is when Ts-Immo no longer knew it. `read_at` is when the ticket was last read there,
    `digest` of what was read then. `news` is the last message from outside that somebody here may not have read.
    """

    connection = models.ForeignKey(
        Connection, verbose_name=_("Ts-Immo account"), on_delete=models.PROTECT, related_name="+"
    )
    site = models.ForeignKey(Site, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    domain = models.CharField(_("domain"), max_length=253)
    remote_id = models.CharField(_("number at Ts-Immo"), max_length=64, blank=True)
    subject = models.CharField(_("subject"), max_length=255)
    state = models.CharField(_("state"), max_length=255, blank=True)
    follows = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    opened_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reporter = models.CharField(_("reporter"), max_length=255, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    changed_at = models.DateTimeField(_("last change"))
    close_asked_at = models.DateTimeField(null=True, blank=True)
    close_asked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    close_words = models.CharField(max_length=WORDS_LIMIT, blank=True)
    missing_since = models.DateTimeField(_("missing since"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    digest = models.BinaryField(max_length=32, default=b"", blank=True)
    raw = models.TextField(blank=True)
    news = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "remote_id"],
                condition=~Q(remote_id=""),
                name="one_ticket_per_remote_id",
            )
        ]
        indexes = [models.Index(fields=["agency", "-changed_at", "-id"], name="ticket_page")]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_final(self) -> bool:
        return self.state.upper() in FINAL

    @property
    def sentence(self) -> str | Promise:
        """What the state means, in plain words."""
        return sentence_of(self.state)

    @property
    def turn(self) -> Turn:
        """Who has the next word."""
        return turn_of(self.state)


class Delivery(models.TextChoices):
    PENDING = "pending", pgettext_lazy("a message", "Being sent")
    SENT = "sent", pgettext_lazy("a message", "Sent")
    REFUSED = "refused", pgettext_lazy("a message", "Not sent")
    UNKNOWN = "unknown", pgettext_lazy("a message", "Perhaps sent")


class Message(TenantModel):
    """One message of a ticket: its opening, or a comment; written here, or read at Ts-Immo.

    Written here it is first committed, then sent by a job. `asked_at` is there from before the call until its
    answer: a message that has it may have arrived, and is looked for before it is sent again. `known` are the ids
    that were there before the call. `token` is that of the form it came from: the same form twice is one message.
    `remote_id` is "" where Ts-Immo named none; `trace` then tells the message from others.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    opens = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    author_name = models.CharField(_("author"), max_length=255, blank=True)
    author_mail = models.CharField(max_length=255, blank=True)
    from_support = models.BooleanField(_("from support"), default=False)
    text = models.TextField(_("text"))
    written_at = models.DateTimeField(_("written"))
    delivery = models.CharField(
        _("delivery"), max_length=10, choices=Delivery.choices, default=Delivery.PENDING
    )
    words = models.CharField(_("answer"), max_length=WORDS_LIMIT, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    known = models.JSONField(default=list, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    remote_id = models.CharField(max_length=64, blank=True)
    trace = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["written_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "remote_id"], condition=~Q(remote_id=""), name="one_message_per_remote_id"
            ),
            models.UniqueConstraint(
                fields=["ticket", "trace"], condition=~Q(trace=""), name="one_message_per_trace"
            ),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(opens=True), name="one_opening_per_ticket"
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "ticket"],
                condition=Q(delivery=Delivery.PENDING),
                name="message_pending",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Draft(TenantModel):
    """What is still being written: a new ticket, or a comment on `ticket`. It becomes a message with its token.

    It is a person's, or of a partner's software, which has a `key`. Such a one holds a single file, handed in before
    the ticket that will name it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    key = models.ForeignKey(PartnerKey, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="drafts")
    site = models.ForeignKey(Site, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    follows = models.ForeignKey(Ticket, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    subject = models.CharField(_("subject"), max_length=SUBJECT_LIMIT, blank=True)
    text = models.TextField(_("message"), blank=True)
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(fields=["user", "ticket"], name="one_draft_of_a_comment"),
            models.UniqueConstraint(
                fields=["agency", "user"], condition=Q(ticket=None), name="one_draft_of_a_ticket"
            ),
            models.CheckConstraint(
                condition=Q(user=None, key__isnull=False) | Q(user__isnull=False, key=None),
                name="draft_has_one_author",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or f"#{self.pk}"
