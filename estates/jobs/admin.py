from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin_base import ReadOnlyTenantAdmin
from accounts.models import User
from estates.jobs.control import cancel, try_again
from estates.jobs.models import Job, JobEvent

SHOWN = 4000


class EventInline(admin.TabularInline):
    model = JobEvent
    fields = readonly_fields = ("at", "event", "words")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "pk", "kind", "title", "status", "done", "total", "crashes", "created_at")
    list_filter = ("status", "kind", "error_kind")
    search_fields = ("title", "error", "request_id")
    exclude = ("evidence", "claim")
    readonly_fields = ("answer",)
    inlines = (EventInline,)
    actions = ("try_again", "cancel")

    @admin.display(description=_("What the remote system sent"))
    def answer(self, job: Job) -> str:
        """The first of the bytes that could not be read; the remote clients have masked every key in them."""
        return bytes(job.evidence or b"")[:SHOWN].decode("utf-8", "replace")

    @admin.action(description=_("Try again"))
    def try_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        for job in queryset.select_related("agency"):
            try_again(job, cast(User, request.user))
        self._say(request, queryset.count())

    @admin.action(description=_("Cancel"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        for job in queryset.select_related("agency"):
            cancel(job, cast(User, request.user))
        self._say(request, queryset.count())

    def _say(self, request: HttpRequest, number: int) -> None:
        words = ngettext("%(number)s job was asked.", "%(number)s jobs were asked.", number) % {
            "number": number
        }
        messages.success(request, words)
