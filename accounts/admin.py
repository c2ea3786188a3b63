"""What operators see of people and agencies. Keys, tokens and password hashes are not among it."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from accounts.admin_base import ReadOnlyAdmin, ReadOnlyTenantAdmin
from accounts.models import Agency, AuditEntry, Invitation, Membership, PartnerKey, User

# The admin's own login form knows neither second factors nor rate limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    can_delete = False
    fields = readonly_fields = ("agency", "user", "role", "created_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """People sign up or are invited; an operator closes and opens accounts, and appoints operators."""

    list_display = ("email", "name", "is_active", "is_staff", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    ordering = ("email",)
    fields = ("email", "name", "language", "is_active", "is_staff", "groups", "last_login", "date_joined")
    readonly_fields = ("email", "last_login", "date_joined")
    filter_horizontal = ("groups",)
    inlines = (MembershipInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only a superuser makes operators, else any operator could make more of themselves."""
        locked = () if request.user.is_superuser else ("is_active", "is_staff", "groups")
        return (*self.readonly_fields, *locked)


@admin.register(Agency)
class AgencyAdmin(ReadOnlyAdmin):
    """Made by the `create_agency` command or by its owner, and changed by its managers."""

    list_display = ("name", "slug", "language", "time_zone", "member_count", "created_at")
    search_fields = ("name", "slug", "members__email")
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agency]:
        return super().get_queryset(request).annotate(members_in=Count("memberships", distinct=True))

    @admin.display(description=Membership._meta.verbose_name_plural, ordering="members_in")
    def member_count(self, agency: Any) -> int:
        return int(agency.members_in)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("agency", "user", "role", "created_at")
    list_filter = ("role", "agency")
    list_select_related = ("agency", "user")
    search_fields = ("agency__name", "agency__slug", "user__email", "user__name")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyTenantAdmin):
    list_display = (
        "agency",
        "email",
        "role",
        "invited_by",
        "sent_at",
        "expires_at",
        "accepted_at",
        "revoked_at",
    )
    list_filter = ("role",)
    list_select_related = ("agency", "invited_by")
    search_fields = ("email",)
    fields = list_display
    ordering = ("-created_at",)


@admin.register(PartnerKey)
class PartnerKeyAdmin(ReadOnlyTenantAdmin):
    list_display = (
        "agency",
        "name",
        "prefix",
        "scopes",
        "last_used_at",
        "ends_at",
        "revoked_at",
        "exposed_at",
    )
    search_fields = ("name", "prefix")
    ordering = ("-pk",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyTenantAdmin):
    list_display = ("at", "agency", "number", "actor_name", "action", "subject")
    search_fields = ("actor_name", "action", "subject")
    list_select_related = ("agency",)
    ordering = ("-at",)
