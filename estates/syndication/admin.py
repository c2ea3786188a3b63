from django.contrib import admin

from accounts.admin_base import ReadOnlyTenantAdmin
from estates.syndication.models import Batch, Feed, FeedItem, Listing, Outlet, PictureLook, Plan


@admin.register(Plan)
class PlanAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "connection", "active", "refresh_days", "looked_at", "changed_at")
    list_filter = ("active",)


@admin.register(Listing)
class ListingAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "title", "external_id", "wanted", "stage", "verdict", "code", "live_until")
    list_filter = ("stage", "verdict", "code", "wanted")
    search_fields = ("title", "external_id", "import_item_id", "listing_id")
    ordering = ("-pk",)


@admin.register(Batch)
class BatchAdmin(ReadOnlyTenantAdmin):
    list_display = (
        "agency",
        "plan",
        "sent_at",
        "items",
        "size",
        "accepted",
        "rejected",
        "unanswered",
        "words",
    )
    exclude = ("answer",)
    ordering = ("-pk",)


@admin.register(Feed)
class FeedAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "name", "format", "size", "state", "listings", "set_apart", "created_at")
    list_filter = ("state", "format")
    search_fields = ("name", "sha256")
    ordering = ("-pk",)


@admin.register(FeedItem)
class FeedItemAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "feed", "ordinal", "line", "external_id", "title", "state", "reason", "code")
    list_filter = ("state", "reason")
    search_fields = ("external_id", "title")
    ordering = ("-pk",)


@admin.register(Outlet)
class OutletAdmin(ReadOnlyTenantAdmin):
    """Without the key: who reads it can make the secret address."""

    list_display = ("agency", "name", "format", "encoding", "fetched_at", "fetches", "built_at")
    exclude = ("key",)
    ordering = ("-pk",)


@admin.register(PictureLook)
class PictureLookAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "address", "answers", "words", "looked_at")
    list_filter = ("answers",)
    search_fields = ("address",)
    ordering = ("-pk",)
