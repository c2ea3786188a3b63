"""What every room's admin is made of: operators look across agencies, and change nothing by accident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantManager


class AgencyFilter(admin.RelatedFieldListFilter):
    """Folded until an agency is chosen: there are hundreds of them, and the other filters come after."""

    template = "admin/agency_filter.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("agency")


class TenantAdmin(admin.ModelAdmin):
    """The admin of a `TenantModel`: lists the rows of all agencies, to be filtered by one.

    A subclass names its `list_display` as usual and starts with `agency`.
    """

    owner_path: ClassVar[str] = "agency"
    """The way to the agency: longer for rows that belong to it as a part of another row."""
    list_select_related: ClassVar[tuple[str, ...]] = ("agency",)
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Says out loud what the fail-closed manager refuses to do by itself."""
        rows = across_agencies(self.model)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [(self.owner_path, AgencyFilter), *super().get_list_filter(request)]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        own = super().get_search_fields(request)
        return [f"{self.owner_path}__name", f"{self.owner_path}__slug", *own]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        shown = super().get_list_display(request)
        return ["owner" if name == "agency" else name for name in shown]

    @admin.display(description=_("agency"), ordering="agency__name")
    def owner(self, row: models.Model) -> str:
        for step in self.owner_path.split("__"):
            row = getattr(row, step)
        return str(row)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Django's own field would ask the fail-closed manager, even when given a queryset."""
        target = db_field.remote_field.model
        if not isinstance(target._default_manager, TenantManager):
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        return ModelChoiceField(
            across_agencies(target),
            required=not db_field.blank,
            label=db_field.verbose_name,
            help_text=db_field.help_text,
        )


class ReadOnlyAdmin(admin.ModelAdmin):
    """Looked at, never changed: what people do in the portal is done by verbs, which leave a trace."""

    actions: tuple[str, ...] | None = None

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether an operator may have verbs work on rows that nobody edits: for actions with `permissions`."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def ask_each(
        self,
        request: HttpRequest,
        rows: models.QuerySet[Any],
        verb: Callable[[Any, User], object],
        words: str | Promise,
        refusals: tuple[type[Exception], ...] = (),
        idle_words: str | Promise = "",
    ) -> None:
        """Has a verb work on each row, and says on how many it did: as a warning where that is none.

        A verb that gives False or None had nothing to do: `idle_words` say of how many that is so. One that raises
        one of the `refusals`, or `ValidationError`, has its words shown. Both words are an `ngettext_lazy` of
        `number`.
        """
        number = idle = 0
        for row in rows:
            try:
                if verb(row, cast(User, request.user)):
                    number += 1
                else:
                    idle += 1
            except ValidationError as refusal:
                messages.warning(request, f"{row}: {refusal.messages[0]}")
            except refusals as refusal:
                messages.warning(request, f"{row}: {refusal}")
        if idle and idle_words:
            messages.warning(request, idle_words % {"number": idle})
        level = messages.SUCCESS if number else messages.WARNING
        messages.add_message(request, level, words % {"number": number})


class ReadOnlyTenantAdmin(ReadOnlyAdmin, TenantAdmin):
    """The usual one: every agency's rows, read only."""


class PartAdmin(ReadOnlyTenantAdmin):
    """Rows without an agency of their own: a subclass names the way to it in `owner_path`, to be joined."""

    list_select_related: ClassVar[tuple[str, ...]] = ()

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        return [*self.list_select_related, self.owner_path]

    @admin.display(description=_("agency"))
    def owner(self, row: models.Model) -> str:
        return super().owner(row)


def across_agencies(model: type[models.Model]) -> models.QuerySet[Any]:
    manager = model._default_manager
    return manager.across_agencies() if isinstance(manager, TenantManager) else manager.all()
