"""Where leads come from and go to, and what became of them. Who wrote and what, only the agency reads."""

from typing import ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.admin_base import ReadOnlyTenantAdmin
from accounts.models import User
from estates.jobs.models import Job
from estates.leads.models import (
    Batch,
    Digest,
    Erasure,
    Forwarding,
    KeptApart,
    Lead,
    LeadOffer,
    LeadSource,
    Notice,
    OfficeHours,
    Person,
    PersonChange,
    Programme,
    Pull,
    Retention,
    RoutingRule,
    SentBuyer,
    SentLead,
    StrayItem,
    Tombstone,
    WebhookCall,
    WebhookSubscription,
)
from estates.leads.sources import fetch_now

OF_A_CONNECTION = ("agency", "connection")
OF_A_LEAD = ("agency", "lead")


@admin.register(Lead)
class LeadAdmin(ReadOnlyTenantAdmin):
    list_display = (
        "id",
        "agency",
        "connection",
        "source",
        "remote_id",
        "state",
        "happened_at",
        "received_at",
    )
    list_filter = ("source", "state")
    search_fields = ("=remote_id",)
    list_select_related: ClassVar[tuple[str, ...]] = OF_A_CONNECTION
    fields = (
        "agency", "connection", "source", "remote_id", "way", "portal", "category", "state", "happened_at",
        "received_at", "changed_at", "pulled_at", "filed_at", "answered_at", "expires_at", "erased_at",
    )  # fmt: skip
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Lead]:
        return super().get_queryset(request).only(*self.fields)


@admin.register(LeadSource)
class LeadSourceAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "connection", "mode", "every_minutes", "run_at", "next_at", "is_full")
    list_display_links = ("connection",)
    list_filter = ("mode", "is_full")
    list_select_related: ClassVar[tuple[str, ...]] = OF_A_CONNECTION
    search_fields = ("connection__label",)
    ordering = ("next_at",)
    actions = ("fetch",)

    @admin.action(description=_("Fetch leads now"), permissions=["act"])
    def fetch(self, request: HttpRequest, queryset: models.QuerySet[LeadSource]) -> None:
        words = ngettext_lazy("%(number)s fetch is in line.", "%(number)s fetches are in line.", "number")
        rows = queryset.filter(connection__removed_at=None).select_related("connection__agency")
        self.ask_each(request, rows, fetch, words)


@admin.register(Pull)
class PullAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "connection", "stage", "asked_at", "settled_at", "answered", "recovered")
    list_display_links = ("asked_at",)
    list_filter = ("stage",)
    list_select_related: ClassVar[tuple[str, ...]] = OF_A_CONNECTION
    ordering = ("-pk",)


@admin.register(Batch)
class BatchAdmin(ReadOnlyTenantAdmin):
    """That an answer came, and with how many leads. It is full of people: nobody reads it here."""

    list_display = ("agency", "connection", "operation", "at", "number")
    list_display_links = ("at",)
    list_filter = ("operation",)
    list_select_related: ClassVar[tuple[str, ...]] = OF_A_CONNECTION
    exclude = ("body", "digest")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Batch]:
        return super().get_queryset(request).defer("body")


@admin.register(StrayItem)
class StrayItemAdmin(ReadOnlyTenantAdmin):
    """What came as a lead and could not be read as one."""

    list_display = ("agency", "connection", "at", "reason")
    list_display_links = ("at",)
    list_select_related: ClassVar[tuple[str, ...]] = OF_A_CONNECTION
    exclude = ("body", "digest")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[StrayItem]:
        return super().get_queryset(request).defer("body")


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "connection", "remote_id", "at")
    list_display_links = ("remote_id",)
    list_select_related: ClassVar[tuple[str, ...]] = OF_A_CONNECTION
    search_fields = ("=remote_id",)
    ordering = ("-pk",)


@admin.register(Programme)
class ProgrammeAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "connection", "name", "region", "seen_at", "gone_at")
    list_display_links = ("name",)
    list_select_related: ClassVar[tuple[str, ...]] = OF_A_CONNECTION
    search_fields = ("name", "=remote_id")
    ordering = ("agency__name", "name", "pk")


@admin.register(WebhookSubscription)
class WebhookSubscriptionAdmin(ReadOnlyTenantAdmin):
    """Without the part of its address that nobody can guess."""

    list_display = ("agency", "connection", "remote_id", "wanted", "state", "last_success_at", "audited_at")
    list_display_links = ("remote_id",)
    list_filter = ("wanted", "state", "is_flooded")
    list_select_related: ClassVar[tuple[str, ...]] = OF_A_CONNECTION
    search_fields = ("=remote_id",)
    exclude = ("opaque",)
    ordering = ("-pk",)


@admin.register(WebhookCall)
class WebhookCallAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "subscription", "at", "lead_id", "handled_at")
    list_display_links = ("at",)
    list_filter = (("handled_at", admin.EmptyFieldListFilter),)
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "subscription")
    search_fields = ("=lead_id",)
    exclude = ("body",)
    ordering = ("-pk",)


@admin.register(SentLead)
class SentLeadAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "connection", "classified_id", "state", "words", "created_at", "sent_at")
    list_display_links = ("classified_id",)
    list_filter = ("state",)
    list_select_related: ClassVar[tuple[str, ...]] = OF_A_CONNECTION
    search_fields = ("=classified_id", "=request_id")
    exclude = ("fields",)
    ordering = ("-pk",)


@admin.register(Forwarding)
class ForwardingAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "lead", "connection", "state", "words", "asked_at", "answered_at")
    list_display_links = ("lead",)
    list_filter = ("state",)
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "lead", "connection")
    search_fields = ("=remote_id", "=lead__remote_id")
    exclude = ("buyer",)
    ordering = ("-pk",)


@admin.register(SentBuyer)
class SentBuyerAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "connection", "estate", "state", "asked_at", "answered_at")
    list_display_links = ("asked_at",)
    list_filter = ("state",)
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "connection", "estate")
    search_fields = ("=stream_id",)
    exclude = ("buyer", "digest")
    ordering = ("-pk",)


@admin.register(RoutingRule)
class RoutingRuleAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "position", "name", "source", "target", "forward", "is_active")
    list_display_links = ("name",)
    list_filter = ("target", "is_active")
    search_fields = ("name",)
    ordering = ("agency__name", "position", "pk")


@admin.register(LeadOffer)
class LeadOfferAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "lead", "until", "fallback", "ended_at")
    list_display_links = ("lead",)
    list_select_related: ClassVar[tuple[str, ...]] = (*OF_A_LEAD, "fallback")
    ordering = ("-pk",)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "lead", "user", "kind", "state", "at", "sent_at")
    list_display_links = ("lead",)
    list_filter = ("kind", "state")
    list_select_related: ClassVar[tuple[str, ...]] = (*OF_A_LEAD, "user")
    search_fields = ("user__email",)
    ordering = ("-pk",)


@admin.register(Digest)
class DigestAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "user", "day", "at")
    list_display_links = ("day",)
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "user")
    search_fields = ("user__email",)
    ordering = ("-pk",)


@admin.register(Person)
class PersonAdmin(ReadOnlyTenantAdmin):
    """That there is somebody, by number: the names stand in the leads."""

    list_display = ("id", "agency", "created_at")
    ordering = ("-pk",)


@admin.register(PersonChange)
class PersonChangeAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "at", "kind", "person", "other", "actor", "undone_at")
    list_display_links = ("at",)
    list_filter = ("kind",)
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "person", "other", "actor")
    ordering = ("-pk",)


@admin.register(KeptApart)
class KeptApartAdmin(ReadOnlyTenantAdmin):
    list_display = ("id", "agency", "person", "other")
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "person", "other")
    ordering = ("-pk",)


@admin.register(OfficeHours)
class OfficeHoursAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "holidays", "target_minutes")
    ordering = ("agency",)


@admin.register(Retention)
class RetentionAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "months", "automatic")
    list_filter = ("automatic",)
    ordering = ("agency__name",)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyTenantAdmin):
    """Receipts, and which of them wait for a worker. They name nobody."""

    list_display = ("agency", "number", "reason", "asked_at", "finished_at", "people", "leads")
    list_display_links = ("number",)
    list_filter = ("reason",)
    search_fields = ("number",)
    ordering = ("-pk",)


def fetch(source: LeadSource, operator: User) -> Job:
    return fetch_now(source.connection, operator)
