"""What every room's admin is made of: operators look across agencies, and change nothing by accident."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.forms import ModelChoiceField
from django.http import HttpRequest

from accounts.tenancy import TenantManager


class TenantAdmin(admin.ModelAdmin):
    """The admin of a `TenantModel`: lists the rows of all agencies, to be filtered by one.

    A subclass names its `list_display` as usual and starts with `agency`.
    """

    list_select_related: ClassVar[tuple[str, ...]] = ("agency",)
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Says out loud what the fail-closed manager refuses to do by itself."""
        rows = across_agencies(self.model)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return ["agency", *super().get_list_filter(request)]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return ["agency__name", "agency__slug", *super().get_search_fields(request)]

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


class ReadOnlyTenantAdmin(ReadOnlyAdmin, TenantAdmin):
    """The usual one: every agency's rows, read only."""


def across_agencies(model: type[models.Model]) -> models.QuerySet[Any]:
    manager = model._default_manager
    return manager.across_agencies() if isinstance(manager, TenantManager) else manager.all()
