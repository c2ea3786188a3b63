"""What operators see and decide of plugins."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ReadOnlyAdmin, ReadOnlyTenantAdmin
from accounts.models import User
from estates.wordpress.models import PluginFile, SitePlugin
from estates.wordpress.models.plugins import PluginFiles
from estates.wordpress.plugins import settling
from estates.wordpress.plugins.listing import Standing, is_blocked

BLOCKED = Q(has_rival=True, released_at=None)
DECIDED = ngettext_lazy("%(number)s decision is noted.", "%(number)s decisions are noted.", "number")


class StandingFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        shown = (Standing.BLOCKED, Standing.REFUSED, Standing.LISTED, Standing.READY)
        return [(standing.value, standing.label) for standing in shown]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PluginFile]) -> QuerySet[PluginFile]:
        chosen = self.value()
        if chosen == Standing.BLOCKED:
            return queryset.filter(BLOCKED)
        return queryset.filter(state=chosen) if chosen in PluginFile.State else queryset


@admin.register(PluginFile)
class PluginFileAdmin(ReadOnlyAdmin):
    """The builds of all plugins. What was refused lies in the storage under the name shown, without a link."""

    list_display = (
        "plugin", "version", "digest", "standing", "why", "size", "concerned", "listed_at", "fetched_at",
        "released_at",
    )  # fmt: skip
    list_filter = (StandingFilter, "reason")
    search_fields = ("plugin", "=sha256", "=found_sha256", "listings__agency__name")
    readonly_fields = ("standing", "why", "concerned")
    ordering = ("-listed_at", "plugin", "version", "pk")
    list_select_related = ("released_by",)
    actions = ("only_right", "release_too", "block_again")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> PluginFiles:
        listed = SitePlugin.objects.across_agencies().filter(withdrawn_at=None).select_related("agency")
        files = cast(PluginFiles, super().get_queryset(request)).with_rivals()
        return files.prefetch_related(Prefetch("listings", listed.order_by("agency__name"), "listed_by"))

    @admin.display(description="SHA-256")
    def digest(self, file: PluginFile) -> str:
        return file.sha256[:12]

    @admin.display(description=_("state"))
    def standing(self, file: Any) -> str:
        """Both where both are so: a build may be refused and have a rival."""
        words = [str(file.get_state_display())]
        return ", ".join([str(Standing.BLOCKED.label), *words] if is_blocked(file, file.has_rival) else words)

    @admin.display(description=_("reason"))
    def why(self, file: PluginFile) -> str:
        return str(file.sentence)

    @admin.display(description=_("agencies"))
    def concerned(self, file: Any) -> str:
        """The agencies whose lists name this very build: operators are told, agencies never."""
        return ", ".join(dict.fromkeys(plugin.agency.name for plugin in file.listed_by))

    @admin.action(description=_("This one is right, all others of its version are not"), permissions=["act"])
    def only_right(self, request: HttpRequest, queryset: QuerySet[PluginFile]) -> None:
        if queryset.values("plugin", "version").distinct().count() < queryset.count():
            messages.error(
                request, gettext("Choose one file of each version: only one of them can be the right one.")
            )
            return
        self._decide(request, queryset, settling.only_right)

    @admin.action(description=_("This one is right too, release it beside others"), permissions=["act"])
    def release_too(self, request: HttpRequest, queryset: QuerySet[PluginFile]) -> None:
        self._decide(request, queryset, settling.release_too)

    @admin.action(description=_("Block again"), permissions=["act"])
    def block_again(self, request: HttpRequest, queryset: QuerySet[PluginFile]) -> None:
        self._decide(request, queryset, settling.block_again)

    def _decide(
        self,
        request: HttpRequest,
        queryset: QuerySet[PluginFile],
        verb: Callable[[PluginFile, User], None],
    ) -> None:
        """Operators decide for everybody: the trails of agencies show it, and so does the admin's own log."""

        def decide(file: PluginFile, operator: User) -> bool:
            verb(file, operator)
            self.log_change(request, file, f"{verb.__name__}: {file.sha256}")
            return True

        self.ask_each(request, queryset, decide, DECIDED)


@admin.register(SitePlugin)
class SitePluginAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "site", "name", "version", "listed_at", "changed_at", "withdrawn_at")
    list_display_links = ("name",)
    search_fields = ("name", "site__domain")
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "site")
    ordering = ("name", "agency__name", "pk")
