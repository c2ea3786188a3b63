from typing import ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts.admin_base import ReadOnlyTenantAdmin
from estates.leads.models import Erasure, Lead, OfficeHours


@admin.register(Lead)
class LeadAdmin(ReadOnlyTenantAdmin):
    """Where a lead came from and what became of it. Who wrote and what, only the agency reads."""

    list_display = (
        "pk",
        "agency",
        "connection",
        "source",
        "remote_id",
        "state",
        "happened_at",
        "received_at",
    )
    list_filter = ("source", "state")
    search_fields = ("=remote_id",)
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "connection")
    fields = (
        "agency", "connection", "source", "remote_id", "way", "portal", "category", "state", "happened_at",
        "received_at", "changed_at", "pulled_at", "filed_at", "answered_at", "expires_at", "erased_at",
    )  # fmt: skip
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Lead]:
        return super().get_queryset(request).only(*self.fields)


@admin.register(OfficeHours)
class OfficeHoursAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "holidays", "target_minutes")
    ordering = ("agency",)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyTenantAdmin):
    """Receipts, and which of them wait for a worker. They name nobody."""

    list_display = ("agency", "number", "reason", "asked_at", "finished_at", "people", "leads")
    list_display_links = ("number",)
    list_filter = ("reason",)
    search_fields = ("number",)
    ordering = ("-pk",)
