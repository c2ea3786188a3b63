from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ReadOnlyTenantAdmin
from estates.connections.models import Connection, ConnectionKey


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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Connection]:
        keys = ConnectionKey.objects.defer("ciphertext").order_by("standing")
        return super().get_queryset(request).prefetch_related(Prefetch("keys", keys))

    @admin.display(description=_("last four characters"))
    def ends(self, connection: Any) -> str:
        return ", ".join(f"…{key.last_four} ({key.get_standing_display()})" for key in connection.keys.all())
