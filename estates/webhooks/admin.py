from django.contrib import admin

from accounts.admin_base import ReadOnlyTenantAdmin
from estates.webhooks.models import Delivery, Subscription


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyTenantAdmin):
    """Who is told of what, and how that fares. Secrets have no page."""

    list_display = ("agency", "url", "status", "failures", "failing_since", "disabled_at", "created_at")
    list_filter = ("status",)
    search_fields = ("url",)
    ordering = ("-pk",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyTenantAdmin):
    """Messages and how they fare. What they say is between the agency and its partner."""

    list_display = ("agency", "subscription", "event", "state", "tries", "due_at", "delivered_at")
    list_filter = ("state",)
    list_select_related = ("agency", "subscription", "event")
    fields = ("agency", "subscription", "event", "state", "tries", "due_at", "delivered_at")
    ordering = ("-pk",)
