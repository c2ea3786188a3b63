from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import PartnerKey, User
from accounts.roles import Role
from accounts.tenancy import TenantModel
from estates.jobs.kinds import KINDS
from estates.jobs.sentences import ERRORS, EVENTS


class Status(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


OPEN = (Status.QUEUED, Status.RUNNING, Status.WAITING)


class Job(TenantModel):
    """One piece of slow work. The row is the truth; a Celery message about it is only a nudge.

    `subject` names what the work is about, such as `connection:12`: of one kind and subject, one job is open at a
    time. `claim` is the token of the worker that holds the job; whoever writes to a running job names it.
    `operator` is who was in the place of whoever asked.
    """

    kind = models.CharField(_("kind"), max_length=60)
    subject = models.CharField(max_length=120, blank=True)
    title = models.CharField(_("about"), max_length=200, blank=True)
    params = models.JSONField(default=dict, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    phase = models.CharField(max_length=40, blank=True)
    done = models.PositiveIntegerField(null=True, blank=True)
    total = models.PositiveIntegerField(null=True, blank=True)
    checkpoint = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(_("not before"), db_default=models.functions.Now())
    nudged_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    claim = models.CharField(max_length=32, blank=True)
    cancel_asked = models.BooleanField(default=False)
    error = models.TextField(_("error"), blank=True)
    error_kind = models.CharField(max_length=40, blank=True)
    evidence = models.BinaryField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    partner_key = models.ForeignKey(
        PartnerKey, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    operator = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "subject"],
                condition=Q(status__in=OPEN) & ~Q(subject=""),
                name="one_open_job_per_subject",
            )
        ]
        indexes = [
            models.Index(fields=["agency", "-id"], name="job_page"),
            models.Index(fields=["agency", "created_at"], name="job_by_day"),
            models.Index(fields=["agency", "subject", "kind"], name="job_by_subject"),
            models.Index(fields=["not_before"], condition=Q(status__in=OPEN), name="job_open"),
            models.Index(fields=["finished_at"], condition=Q(status=Status.FAILED), name="job_failed"),
            models.Index(fields=["agency", "kind", "subject", "-id"], name="job_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def asker(self) -> User | PartnerKey | None:
        """The person or the partner's key that asked; None for what the portal does by itself."""
        return self.asked_by or self.partner_key

    @property
    def label(self) -> str | Promise:
        kind = KINDS.get(self.kind)
        return kind.label if kind else self.kind

    @property
    def least_role(self) -> Role:
        """Who may stop the job or try it again."""
        kind = KINDS.get(self.kind)
        return kind.least_role if kind else Role.AGENT

    @property
    def doing(self) -> str | Promise:
        """The words for what the job does now."""
        kind = KINDS.get(self.kind)
        return kind.phases.get(self.phase, "") if kind else ""

    @property
    def sentence(self) -> str | Promise:
        """What went wrong, for a person; the remote's own words are in `error`."""
        return ERRORS.get(self.error_kind, "")


class JobEvent(models.Model):
    """A line of a job's history: what happened to it, and the words that came with it."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    event = models.CharField(max_length=20)
    words = models.TextField(blank=True)

    class Meta:
        verbose_name = _("job event")
        verbose_name_plural = _("job events")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.event}"

    @property
    def label(self) -> str | Promise:
        return EVENTS.get(self.event, self.event)


class Pulse(models.Model):
    """One row: when a message of the timer last reached a worker."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S}"
