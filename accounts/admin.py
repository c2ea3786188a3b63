"""What operators see of people and agencies. Keys, tokens and password hashes are not among it."""

from typing import Any

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401  # all three register what is registered anew below
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import invitation_mail, invitations
from accounts.admin_base import PartAdmin, ReadOnlyAdmin, ReadOnlyTenantAdmin
from accounts.models import (
    Agency,
    AuditChain,
    AuditEntry,
    IdempotentCall,
    Impersonation,
    Invitation,
    MailChoice,
    Membership,
    PartnerKey,
    PartnerKeyDay,
    User,
)

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
    search_fields = ("email", "name", "memberships__agency__name")
    ordering = ("email",)
    fields = ("email", "name", "language", "is_active", "is_staff", "groups", "last_login", "date_joined")
    readonly_fields = ("email", "last_login", "date_joined")
    filter_horizontal = ("groups",)
    inlines = (MembershipInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name != "language":
            return super().formfield_for_dbfield(db_field, request, **options)
        choices = [("", _("As in the browser")), *settings.LANGUAGES]
        return forms.ChoiceField(label=_("Language"), choices=choices, required=False)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only a superuser makes operators, else any operator could make more of themselves."""
        locked = () if request.user.is_superuser else ("is_active", "is_staff", "groups")
        return (*self.readonly_fields, *locked)


@admin.register(Agency)
class AgencyAdmin(ReadOnlyAdmin):
    """Made by the `create_agency` command or by its owner, and changed by its managers."""

    list_display = ("name", "slug", "language", "time_zone", "member_count", "created_at")
    search_fields = ("=id", "name", "slug", "members__email")
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
    actions = ("send_again",)

    @admin.action(description=_("Send the mail again"), permissions=["act"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        words = ngettext_lazy("%(number)s mail was sent.", "%(number)s mails were sent.", "number")
        self.ask_each(request, queryset.select_related("agency"), send_again, words)


@admin.register(MailChoice)
class MailChoiceAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "user", "kind", "wanted")
    list_display_links = ("user",)
    list_filter = ("kind", "wanted")
    list_select_related = ("agency", "user")
    search_fields = ("user__email",)
    ordering = ("-pk",)


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
    exclude = ("token_hash",)
    ordering = ("-pk",)


@admin.register(PartnerKeyDay)
class PartnerKeyDayAdmin(PartAdmin):
    owner_path = "key__agency"
    list_display = ("owner", "key", "day", "calls")
    search_fields = ("key__name", "key__prefix")
    ordering = ("-day", "-pk")


@admin.register(IdempotentCall)
class IdempotentCallAdmin(ReadOnlyTenantAdmin):
    """That a partner's call was made and answered. What it was answered is the partner's."""

    list_display = ("agency", "key", "name", "began_at", "answered_at", "status")
    list_filter = ("status",)
    list_select_related = ("agency", "key")
    search_fields = ("name", "key__name")
    exclude = ("body", "fingerprint")
    ordering = ("-pk",)


@admin.register(Impersonation)
class ImpersonationAdmin(ReadOnlyTenantAdmin):
    """Which operators worked in whose place, and why."""

    list_display = ("agency", "person", "operator", "reason", "began_at", "ends_at", "ended_at")
    list_display_links = ("person",)
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    list_select_related = ("agency", "person", "operator")
    search_fields = ("person__email", "operator__email", "reason")
    ordering = ("-pk",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyTenantAdmin):
    list_display = ("at", "agency", "number", "actor_name", "action", "subject")
    search_fields = ("actor_name", "action", "subject")
    list_select_related = ("agency",)
    ordering = ("-at",)


@admin.register(AuditChain)
class AuditChainAdmin(ReadOnlyTenantAdmin):
    """How long each agency's trail is, and what its last check found."""

    list_display = ("agency", "length", "checked_at", "breaks_found")
    ordering = ("-breaks_found", "agency__name")


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """What operators did in the admin itself."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag", "change_message")
    list_filter = ("action_flag",)
    list_select_related = ("user", "content_type")
    search_fields = ("user__email", "user__name", "object_repr", "change_message")


# allauth's own would let operators give people other addresses, and read what opens a session or a second factor.
for model in (EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    list_display = ("email", "user", "primary", "verified")
    list_filter = ("primary", "verified")
    list_select_related = ("user",)
    search_fields = ("email", "user__email", "user__name", "user__memberships__agency__name")
    ordering = ("email",)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Which second factors people have. One that was lost may be taken away; what is in it nobody reads."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name", "user__memberships__agency__name")
    exclude = ("data",)
    ordering = ("user__email", "pk")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None, *args: Any) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin):
    """Where people are logged in. Whoever reads a session's key is in it."""

    list_display = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name", "=ip", "user__memberships__agency__name")
    exclude = ("session_key", "data")
    ordering = ("-last_seen_at",)


def send_again(invitation: Invitation, operator: User) -> bool:
    return invitation_mail.send(*invitations.resend(invitation, operator))
