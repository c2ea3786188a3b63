from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Agency, User
from accounts.tenancy import TenantModel
from estates.catalogue.models import Estate
from estates.connections.models import Connection, System
from estates.leads.models.people import Person


class State(models.TextChoices):
    """What people have done about a lead."""

    NEW = "new", pgettext_lazy("state of a lead", "New")
    CONTACTED = "contacted", _("Contacted")
    VISIT = "visit", _("Visit")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    SPAM = "spam", _("Spam")


class Way(models.TextChoices):
    """How a lead first came here."""

    READ = "read", _("read before it was pulled")
    PULL = "pull", _("pulled")
    RECOVERY = "recovery", _("found among the pulled ones")
    POLL = "poll", _("found by asking")
    WEBHOOK = "webhook", _("announced by the remote system")


class Lead(TenantModel):
    """What one interested person wrote once, as a remote system handed it over.

    `category`, `intention` and `portal` are the remote's own words: open lists. `happened_at` is when the remote
    took it in, `received_at` when we did. Of `phones` each is an object with `number` as it came, `e164` or "",
    and `kind`. `phone_key` and `email_key` are what recognises a person: see `contacts`. By `digest` a later
    reading knows what did not change. `pulled_at`: when marketing-lab handed it over for good. `filed_at` is
    None until the lead was linked to its person and estate, `routed_at` until the rules were asked, once for
    ever, whose it is. `estate_by` says by what the
    estate was found. From `erased_at` on nothing of the person is left in the row.
    """

    # Neither needs an index of its own: those below begin with them.
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+", db_index=False)
    remote_id = models.CharField(max_length=128)
    source = models.CharField(_("source"), max_length=20, choices=System.choices)
    way = models.CharField(max_length=10, choices=Way.choices)
    digest = models.CharField(max_length=32)
    happened_at = models.DateTimeField(_("when"))
    received_at = models.DateTimeField(_("received"))
    changed_at = models.DateTimeField()
    pulled_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    portal = models.CharField(_("portal"), max_length=120, blank=True)
    category = models.CharField(_("category"), max_length=80, blank=True)
    intention = models.CharField(_("intention"), max_length=80, blank=True)
    first_name = models.CharField(_("first name"), max_length=120, blank=True)
    last_name = models.CharField(_("last name"), max_length=120, blank=True)
    gender = models.CharField(max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=20, blank=True)
    email = models.CharField(_("mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=80, blank=True)
    phones = models.JSONField(default=list)
    email_key = models.CharField(max_length=254, blank=True)
    phone_key = models.CharField(max_length=20, blank=True)
    message = models.TextField(_("message"), blank=True)
    excerpt = models.CharField(max_length=200, blank=True)
    programme_id = models.CharField(max_length=64, blank=True)
    programme = models.CharField(_("programme"), max_length=200, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    classified_id = models.CharField(max_length=64, blank=True)
    estate_reference = models.CharField(max_length=80, blank=True)
    search_text = models.TextField(blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    assignee = models.ForeignKey(
        User,
        verbose_name=_("in charge"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    answered_at = models.DateTimeField(_("answered"), null=True)
    estate = models.ForeignKey(
        Estate, verbose_name=_("estate"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    estate_by = models.CharField(max_length=10, blank=True)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="leads")
    person_by = models.CharField(max_length=10, blank=True)
    filed_at = models.DateTimeField(null=True)
    routed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = [
            models.UniqueConstraint(fields=["connection", "remote_id"], name="one_lead_per_remote_id"),
        ]
        # What the inbox walks is in a migration, for each database has its own.
        indexes = [
            models.Index(
                fields=["agency", "email_key", "person"],
                condition=~Q(email_key=""),
                name="lead_by_mail_and_person",
            ),
            models.Index(
                fields=["agency", "phone_key", "person"],
                condition=~Q(phone_key=""),
                name="lead_by_phone_and_person",
            ),
            models.Index(fields=["agency", "id"], condition=Q(filed_at=None), name="lead_to_file"),
            models.Index(fields=["agency", "received_at"], name="lead_by_arrival"),
        ]

    def __str__(self) -> str:
        """Its number: what names a lead in logs and in the admin outlives the person's erasure."""
        return f"#{self.pk}"

    @property
    def who(self) -> str:
        """What a person is called in the pages of the agency."""
        return self.name or self.email or self.phone or self.remote_id

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class LeadPayload(models.Model):
    """The lead as the remote gave it, as JSON text: kept out of the table that is searched."""

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, primary_key=True, related_name="payload")
    body = models.TextField()

    class Meta:
        verbose_name = _("payload")
        verbose_name_plural = _("payloads")

    def __str__(self) -> str:
        return str(self.lead_id)


class LeadEvent(models.Model):
    """A line of a lead's timeline: a note, or what was done. `actor` is None for the portal itself."""

    class What(models.TextChoices):
        NOTE = "note", _("Note")
        STATE = "state", _("State changed")
        ASSIGNED = "assigned", _("Given to somebody")
        LINKED = "linked", _("Estate linked")
        UNLINKED = "unlinked", _("Estate unlinked")
        FORWARDED = "forwarded", _("Sent to Ts-Immo")
        ACCEPTED = "accepted", _("Accepted by Ts-Immo")
        REFUSED = "refused", _("Refused by Ts-Immo")

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=20, choices=What.choices)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        verbose_name = _("lead event")
        verbose_name_plural = _("lead events")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"
