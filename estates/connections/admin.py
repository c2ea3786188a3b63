from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.admin_base import ReadOnlyTenantAdmin
from accounts.models import User
from estates.connections.check import start_check
from estates.connections.models import Connection, ConnectionKey
from estates.connections.signals import sync_asked


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyTenantAdmin):
    """How every agency's connections fare. Keys have no page: nobody has a use for ciphertext."""

    list_display = [
        "agency",
        "system",
        "environment",
        "label",
        "state",
        "ends",
        "last_used_at",
        "last_answer",
        "removed_at",
    ]
    list_filter = ["system", "environment", "state"]
    search_fields = ["label"]
    readonly_fields = ["ends"]
    ordering = ["agency__name", "system", "label", "pk"]
    actions = ("synchronise", "check_key")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Connection]:
        keys = ConnectionKey.objects.defer("ciphertext").order_by("standing")
        return super().get_queryset(request).prefetch_related(Prefetch("keys", keys))

    @admin.display(description=_("last four characters"))
    def ends(self, connection: Any) -> str:
        return ", ".join(f"…{key.last_four} ({key.get_standing_display()})" for key in connection.keys.all())

    @admin.action(description=_("Synchronise now"), permissions=["act"])
    def synchronise(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        words = ngettext_lazy(
            "%(number)s connection is synchronised.", "%(number)s connections are synchronised.", "number"
        )
        self.ask_each(request, queryset.filter(removed_at=None), synchronise, words)

    @admin.action(description=_("Check the key now"), permissions=["act"])
    def check_key(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        words = ngettext_lazy("%(number)s key is checked.", "%(number)s keys are checked.", "number")
        self.ask_each(request, queryset.filter(removed_at=None), check, words)


def synchronise(connection: Connection, operator: User) -> bool:
    """False where nothing is fetched from this system."""
    answers = sync_asked.send(Connection, connection=connection, actor=operator)
    return any(job for _receiver, job in answers)


def check(connection: Connection, operator: User) -> bool:
    """False where no key is in use."""
    key = (
        connection.keys.filter(standing=ConnectionKey.Standing.LIVE)
        .select_related("connection__agency")
        .first()
    )
    return bool(key and start_check(key, operator))
