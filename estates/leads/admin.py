from django.contrib import admin

from accounts.admin_base import ReadOnlyTenantAdmin
from estates.leads.models import Erasure


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyTenantAdmin):
    """Receipts, and which of them wait for a worker. They name nobody."""

    list_display = ("agency", "number", "reason", "asked_at", "finished_at", "people", "leads")
    list_display_links = ("number",)
    list_filter = ("reason",)
    search_fields = ("number",)
    ordering = ("-pk",)
