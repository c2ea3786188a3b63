from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.admin_base import ReadOnlyTenantAdmin
from estates.jobs.control import cancel, try_again
from estates.jobs.kinds import KINDS
from estates.jobs.models import Job, JobEvent
from estates.jobs.sentences import ERRORS

SHOWN = 4000
ASKED = ngettext_lazy("%(number)s job was asked.", "%(number)s jobs were asked.", "number")


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


class EventInline(admin.TabularInline):
    model = JobEvent
    fields = readonly_fields = ("at", "event", "words")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "pk", "what", "title", "status", "done", "total", "crashes", "created_at")
    list_filter = ("status", KindFilter, ErrorFilter)
    search_fields = ("title", "error", "request_id")
    exclude = ("evidence", "claim")
    readonly_fields = ("answer",)
    inlines = (EventInline,)
    actions = ("try_again", "cancel")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).defer("checkpoint", "evidence")

    @admin.display(description=_("kind"), ordering="kind")
    def what(self, job: Job) -> str:
        return str(job.label)

    @admin.display(description=_("What the remote system sent"))
    def answer(self, job: Job) -> str:
        """The first of the bytes that could not be read; the remote clients have masked every key in them."""
        return bytes(job.evidence or b"")[:SHOWN].decode("utf-8", "replace")

    @admin.action(description=_("Try again"), permissions=["act"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self.ask_each(request, queryset.select_related("agency"), try_again, ASKED)

    @admin.action(description=_("Cancel"), permissions=["act"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self.ask_each(request, queryset.select_related("agency"), cancel, ASKED)
