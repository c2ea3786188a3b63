from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.admin_base import ReadOnlyTenantAdmin
from accounts.models import User
from support.mirror.mirror import read_now
from support.models import Attachment, Delivery, Following, Message, Mirrored, Notice, Ticket
from support.writing import NotNow, send_again

SHOWN = 200
NOT_SENT = (Delivery.REFUSED, Delivery.UNKNOWN)


@admin.register(Ticket)
class TicketAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "subject", "domain", "state", "not_sent", "changed_at")
    list_filter = ("state",)
    search_fields = ("subject", "domain", "remote_id")
    exclude = ("digest",)
    readonly_fields = ("thread",)
    ordering = ("-changed_at", "-pk")
    actions = ("read_again",)

    @admin.action(description=_("Read again at Ts-Immo"), permissions=["act"])
    def read_again(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        words = ngettext_lazy(
            "%(number)s ticket is read again.", "%(number)s tickets are read again.", "number"
        )
        self.ask_each(request, queryset.select_related("agency", "connection"), read_now, words)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        unsent = Count("messages", filter=Q(messages__delivery__in=NOT_SENT))
        return super().get_queryset(request).annotate(unsent=unsent)

    @admin.display(description=_("messages not sent"), ordering="unsent")
    def not_sent(self, ticket: Any) -> int:
        return int(ticket.unsent)

    @admin.display(description=_("messages"))
    def thread(self, ticket: Ticket) -> SafeString:
        """Who wrote what and when, and how it went. No inline: its forms would ask the fail-closed manager."""
        row = "<tr><td>{}<br>{}</td><td>{}<br>{}</td><td>{}</td></tr>"
        lines = (
            (
                message.author_name,
                formats.date_format(timezone.localtime(message.written_at), "DATETIME_FORMAT"),
                message.get_delivery_display(),
                message.words,
                mark_safe(linebreaks(message.text, autoescape=True)),
            )
            for message in ticket.messages.all()[:SHOWN]
        )
        return format_html("<table>{}</table>", format_html_join("", row, lines))


@admin.register(Message)
class MessageAdmin(ReadOnlyTenantAdmin):
    """What people wrote is theirs: operators see it, and can have sent what was refused, as it stands."""

    list_display = ("agency", "ticket", "author_name", "written_at", "delivery", "words")
    list_filter = ("delivery", "from_support")
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "ticket")
    search_fields = ("ticket__subject", "ticket__domain", "author_name")
    ordering = ("-written_at", "-pk")
    actions = ("send_again",)

    @admin.action(description=_("Send again what was refused"), permissions=["act"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Only what was refused: of what has perhaps arrived, only who wrote it can say whether it did."""
        words = ngettext_lazy(
            "%(number)s message is sent again.", "%(number)s messages are sent again.", "number"
        )
        refused = queryset.filter(delivery=Delivery.REFUSED, ticket__connection__removed_at=None)
        rows = refused.select_related("agency", "ticket__agency")
        self.ask_each(request, rows, send_message, words, refusals=(NotNow,))


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "name", "mime_type", "size", "stored_as", "created_at")
    list_filter = ("mime_type",)
    search_fields = ("name", "stored_as")
    exclude = ("draft",)
    ordering = ("-pk",)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "message", "user", "state", "at", "sent_at")
    list_filter = ("state",)
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "message", "user")
    search_fields = ("user__email",)
    ordering = ("-pk",)


@admin.register(Mirrored)
class MirroredAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "connection", "domain", "read_at", "failing_since", "words")
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "connection")
    search_fields = ("domain", "words")
    ordering = ("agency__name", "domain", "pk")
    actions = ("read_again",)

    @admin.action(description=_("Read all tickets again"), permissions=["act"])
    def read_again(self, request: HttpRequest, queryset: QuerySet[Mirrored]) -> None:
        words = ngettext_lazy(
            "%(number)s domain is read again.", "%(number)s domains are read again.", "number"
        )
        rows = queryset.filter(connection__removed_at=None).select_related("agency", "connection")
        self.ask_each(request, rows, read_now, words)


@admin.register(Following)
class FollowingAdmin(ReadOnlyTenantAdmin):
    list_display = ("agency", "ticket", "user", "watches")
    list_display_links = ("ticket",)
    list_filter = ("watches",)
    list_select_related: ClassVar[tuple[str, ...]] = ("agency", "ticket", "user")
    search_fields = ("ticket__subject", "user__email")
    ordering = ("-pk",)


def send_message(message: Message, operator: User) -> bool:
    send_again(message, operator)
    return True
