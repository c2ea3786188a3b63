from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.admin_base import ReadOnlyTenantAdmin
from accounts.models import User
from estates.syndication.deciding import CannotSend, send_now
from estates.syndication.looking import start_look
from estates.syndication.models import Batch, Feed, FeedItem, Listing, ListingEvent, Outlet, PictureLook, Plan


@admin.register(Plan)
class PlanAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "connection", "active", "refresh_days", "looked_at", "changed_at")
    list_filter = ("active",)
    list_select_related = ("agency", "connection")
    ordering = ("agency__name", "pk")
    actions = ("look",)

    @admin.action(description=_("Look through the catalogue now"), permissions=["act"])
    def look(self, request: HttpRequest, queryset: QuerySet[Plan]) -> None:
        words = ngettext_lazy("%(number)s look is in line.", "%(number)s looks are in line.", "number")
        self.ask_each(request, queryset.select_related("agency", "connection"), start_look, words)


class ListingEventInline(admin.TabularInline):
    model = ListingEvent
    fields = readonly_fields = ("at", "what", "predicted", "code", "words")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Listing)
class ListingAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "title", "external_id", "wanted", "stage", "verdict", "code", "live_until")
    list_filter = ("stage", "verdict", "code", "wanted")
    search_fields = ("title", "external_id", "import_item_id", "listing_id")
    exclude = ("digest", "sent_digest")
    inlines = (ListingEventInline,)
    ordering = ("-pk",)
    actions = ("send_now",)

    @admin.action(description=_("Send to Seeki now"), permissions=["act"])
    def send_now(self, request: HttpRequest, queryset: QuerySet[Listing]) -> None:
        words = ngettext_lazy("%(number)s listing is sent.", "%(number)s listings are sent.", "number")
        rows = queryset.select_related("agency", "plan__agency", "plan__connection")
        self.ask_each(request, rows, send_listing, words, refusals=(CannotSend,))


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
    list_select_related = ("agency", "plan__connection")
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
    list_select_related = ("agency", "feed")
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


def send_listing(listing: Listing, operator: User) -> bool:
    send_now(listing, operator)
    return True
