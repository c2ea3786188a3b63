from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.admin_base import ReadOnlyTenantAdmin
from estates.webhooks.models import Attempt, Delivery, Event, Subscription
from estates.webhooks.replaying import replay


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyTenantAdmin):
    """Who is told of what, and how that fares. Secrets have no page, and addresses may carry one."""

    list_display = ("agency", "at", "status", "failures", "failing_since", "disabled_at", "created_at")
    list_filter = ("status",)
    search_fields = ("=public_id",)
    exclude = ("url",)
    readonly_fields = ("at",)
    ordering = ("-pk",)

    @admin.display(description=_("address"))
    def at(self, subscription: Subscription) -> str:
        return str(subscription)


@admin.register(Event)
class EventAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "type", "subject", "at")
    list_display_links = ("subject",)
    list_filter = ("type",)
    search_fields = ("=public_id", "=subject")
    ordering = ("-pk",)


class AttemptInline(admin.TabularInline):
    model = Attempt
    fields = readonly_fields = ("at", "seconds", "status", "reason")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyTenantAdmin):
    """Messages and how they fare. What they say is between the agency and its partner."""

    list_display = ("agency", "to", "event", "state", "tries", "due_at", "delivered_at")
    list_display_links = ("event",)
    list_filter = ("state",)
    list_select_related = ("agency", "subscription", "event")
    search_fields = ("=event__public_id", "=event__subject", "=subscription__public_id")
    fields = ("agency", "to", "event", "state", "tries", "due_at", "delivered_at")
    readonly_fields = ("to",)
    inlines = (AttemptInline,)
    ordering = ("-pk",)
    actions = ("send_again",)

    @admin.display(description=_("webhook"))
    def to(self, delivery: Delivery) -> str:
        return str(delivery.subscription)

    @admin.action(description=_("Send again"), permissions=["act"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        words = ngettext_lazy(
            "%(number)s message is sent again.", "%(number)s messages are sent again.", "number"
        )
        self.ask_each(request, queryset.select_related("agency", "subscription__agency"), replay, words)
