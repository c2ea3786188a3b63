from hashlib import sha256
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ReadOnlyTenantAdmin
from accounts.models import User
from estates.jobs.control import cancel, try_again
from estates.jobs.failures import unmended
from estates.jobs.kinds import KINDS
from estates.jobs.models import Job, JobEvent
from estates.jobs.sentences import ERRORS

SHOWN = 4000
ASKED = ngettext_lazy("%(number)s job was asked.", "%(number)s jobs were asked.", "number")
LEFT_ALONE = ngettext_lazy(
    "%(number)s job was left alone: it is not of a state that allows this.",
    "%(number)s jobs were left alone: they are not of a state that allows this.",
    "number",
)
NO_TEXT = frozenset(range(32)) - frozenset(b"\t\n\f\r")
"""Bytes that no text has in it."""


class KindFilter(admin.SimpleListFilter):
    """By the kinds that there are: asking the table for all it has takes longer the longer jobs are kept."""

    title = _("kind")
    parameter_name = "kind__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return sorted(
            ((name, kind.label) for name, kind in KINDS.items()), key=lambda pair: str(pair[1]).casefold()
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ErrorFilter(admin.SimpleListFilter):
    title = _("error")
    parameter_name = "error_kind__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ERRORS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        return queryset.filter(error_kind=self.value()) if self.value() else queryset


class UnmendedFilter(admin.SimpleListFilter):
    """What the operators' page counts as failed, so that its figures lead to as many jobs."""

    title = _("failures to be mended")
    parameter_name = "unmended"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Failed lately, and no later job has mended it"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        chosen = self.value() == "yes"
        return queryset.filter(pk__in=unmended().order_by().values("pk")) if chosen else queryset


class EventInline(admin.TabularInline):
    model = JobEvent
    fields = readonly_fields = ("at", "event", "words")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "what", "title", "status", "went_wrong", "created_at", "finished_at")
    list_filter = ("status", UnmendedFilter, "created_at", KindFilter, ErrorFilter)
    search_fields = ("=id", "title", "error", "request_id")
    exclude = ("evidence", "claim")
    readonly_fields = ("answer",)
    inlines = (EventInline,)
    actions = ("try_again", "cancel")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).defer("checkpoint", "evidence")

    @admin.display(description=_("kind"), ordering="kind")
    def what(self, job: Job) -> str:
        return str(job.label)

    @admin.display(description=_("error"), ordering="error_kind")
    def went_wrong(self, job: Job) -> str:
        return str(job.sentence)

    @admin.display(description=_("What the remote system sent"))
    def answer(self, job: Job) -> str:
        """The first of the bytes that could not be read; the remote clients have masked every key in them.

        A file that came is told by its digest: as text it would be garbage.
        """
        sent = bytes(job.evidence or b"")
        if not NO_TEXT.isdisjoint(sent[:SHOWN]):
            facts = {"size": filesizeformat(len(sent)), "digest": sha256(sent).hexdigest()}
            return gettext("No text: %(size)s, SHA-256 %(digest)s") % facts
        return sent[:SHOWN].decode("utf-8", "replace")

    @admin.action(description=_("Try again"), permissions=["act"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self.ask_each(request, queryset.select_related("agency"), has_tried, ASKED, idle_words=LEFT_ALONE)

    @admin.action(description=_("Cancel"), permissions=["act"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self.ask_each(request, queryset.select_related("agency"), cancel, ASKED, idle_words=LEFT_ALONE)


def has_tried(job: Job, operator: User) -> bool:
    return try_again(job, operator)[1]
