from typing import ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts.admin_base import ReadOnlyTenantAdmin
from estates.catalogue.models import Estate, EstateChange, MirrorPlan, RejectedEstate, SavedSearch, SyncRun


@admin.register(Estate)
class EstateAdmin(ReadOnlyTenantAdmin):
    """Without free text over all agencies, which no index answers."""

    list_display = ("agency", "reference", "title", "type", "status", "price", "changed_at", "gone_at")
    list_display_links = ("reference", "title")
    list_filter = ("status", "type")
    search_fields = ("=reference", "=remote_id")
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "connection")
    exclude = ("digest", "search_text")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Estate]:
        return super().get_queryset(request).defer("search_text", "images", "digest")


@admin.register(EstateChange)
class EstateChangeAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "estate", "at", "field", "before", "after")
    list_display_links = ("at",)
    list_filter = ("field",)
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "estate")
    search_fields = ("=estate__reference",)
    ordering = ("-pk",)


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyTenantAdmin):
    list_display = (
        "agency", "connection", "status", "started_at", "finished_at", "received", "stored", "changed",
        "gone", "rejected",
    )  # fmt: skip
    list_filter = ("status",)
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "connection")
    exclude = ("seen",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[SyncRun]:
        return super().get_queryset(request).defer("seen")


@admin.register(MirrorPlan)
class MirrorPlanAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "connection", "every_minutes", "next_at")
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "connection")
    ordering = ("next_at",)


@admin.register(RejectedEstate)
class RejectedEstateAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "connection", "reason", "run")
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "connection", "run")
    ordering = ("-pk",)


@admin.register(SavedSearch)
class SavedSearchAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "user", "name", "created_at")
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "user")
    ordering = ("-pk",)
