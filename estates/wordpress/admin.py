from collections.abc import Collection
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import PartAdmin, ReadOnlyAdmin, ReadOnlyTenantAdmin
from estates.wordpress.models import (
    AddressProposal,
    HealthLook,
    PluginLook,
    Proof,
    Site,
    SiteEvent,
    SiteHealth,
    SitePace,
)
from estates.wordpress.plugins.admin import PluginFileAdmin, SitePluginAdmin

__all__ = ["PluginFileAdmin", "SiteAdmin", "SitePluginAdmin"]


def elsewhere() -> Exists:
    """Whether another agency has a site of the same domain."""
    same = Site.objects.across_agencies().filter(domain=OuterRef("domain"))
    return Exists(same.exclude(agency=OuterRef("agency")))


def claims_of(domains: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """The agencies that have a site of each of these domains, by name: (id, name)."""
    found: dict[str, list[tuple[int, str]]] = {domain: [] for domain in domains}
    rows = Site.objects.across_agencies().filter(domain__in=domains).order_by("agency__name", "pk")
    for domain, agency, name in rows.values_list("domain", "agency", "agency__name"):
        found[domain].append((agency, name))
    return found


class SharedFilter(admin.SimpleListFilter):
    """Domains that several agencies claim: one of them is mistaken, or an agency has changed hands."""

    title = _("at other agencies too")
    parameter_name = "shared"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Site]) -> QuerySet[Site]:
        chosen = self.value()
        if chosen not in ("yes", "no"):
            return queryset
        return queryset.filter(elsewhere() if chosen == "yes" else ~elsewhere())


class EventInline(admin.TabularInline):
    model = SiteEvent
    fields = readonly_fields = ("at", "actor", "partner", "what", "words")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Site)
class SiteAdmin(ReadOnlyTenantAdmin):
    """Every agency's sites. Their keys have no page: nobody has a use for ciphertext."""

    list_display = (
        "agency",
        "shown",
        "state",
        "plan",
        "expires_at",
        "max_properties",
        "answered_at",
        "others",
    )
    list_display_links = ("shown",)
    list_filter = ("state", SharedFilter)
    search_fields = ("domain",)
    readonly_fields = ("others",)
    exclude = ("version", "warned_days")
    inlines = (EventInline,)
    ordering = ("domain", "agency__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Site]:
        return super().get_queryset(request).annotate(is_shared=elsewhere())

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        page = super().get_changelist_instance(request)
        names = claims_of([site.domain for site in page.result_list if site.is_shared])
        for site in page.result_list:
            site.claims = names
        return page

    @admin.display(description=_("domain"), ordering="domain")
    def shown(self, site: Site) -> str:
        return site.shown if site.shown == site.domain else f"{site.shown} ({site.domain})"

    @admin.display(description=_("at other agencies too"))
    def others(self, site: Any) -> str:
        """The other agencies that claim the domain: operators are told, agencies never."""
        if not getattr(site, "is_shared", False):
            return ""
        claims = site.claims if hasattr(site, "claims") else claims_of([site.domain])
        return ", ".join(name for agency, name in claims[site.domain] if agency != site.agency_id)


@admin.register(SiteHealth)
class SiteHealthAdmin(ReadOnlyTenantAdmin):
    """What the last look at each site found."""

    list_display = ("agency", "site", "verdict", "since", "checked_at", "down_looks", "next_at")
    list_display_links = ("site",)
    list_filter = ("verdict",)
    list_select_related = ("agency", "site")
    search_fields = ("site__domain",)
    exclude = ("claim",)
    ordering = ("-down_looks", "site__domain")


@admin.register(HealthLook)
class HealthLookAdmin(ReadOnlyTenantAdmin):
    """The looks of the last thirty days."""

    list_display = ("agency", "site", "at", "verdict", "milliseconds", "faults")
    list_display_links = ("at",)
    list_filter = ("verdict",)
    list_select_related = ("agency", "site")
    search_fields = ("site__domain",)
    ordering = ("-at",)


@admin.register(Proof)
class ProofAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "estate", "site", "verdict", "reason", "checked_at", "next_at")
    list_display_links = ("estate",)
    list_filter = ("verdict", "reason")
    list_select_related = ("agency", "estate", "site")
    search_fields = ("estate__reference", "url")
    ordering = ("next_at",)


@admin.register(AddressProposal)
class AddressProposalAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "estate", "site", "url", "found", "decision", "found_at", "decided_by")
    list_display_links = ("url",)
    list_filter = ("found", "decision")
    list_select_related = ("agency", "estate", "site", "decided_by")
    search_fields = ("estate__reference", "url")
    ordering = ("-found_at",)


@admin.register(PluginLook)
class PluginLookAdmin(PartAdmin):
    """When each site was last asked for its plugins."""

    owner_path = "site__agency"
    list_display = ("owner", "site", "looked_at")
    list_display_links = ("site",)
    search_fields = ("site__domain",)
    ordering = ("looked_at",)


@admin.register(SitePace)
class SitePaceAdmin(ReadOnlyAdmin):
    """When each host may be asked for a page again, whoever its agency is."""

    list_display = ("host", "next_at")
    search_fields = ("host",)
    ordering = ("-next_at",)
