"""Links of the guide: into the agency around the page, and only where the reader may go."""

from typing import Any

from django import template
from django.urls import resolve, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Membership
from accounts.roles import Role

register = template.Library()


@register.simple_block_tag(takes_context=True)
def place(context: dict[str, Any], content: SafeString, name: str) -> SafeString:
    """`{% place "leads:index" %}…{% endplace %}` links the agency's page of that name, or names it only."""
    membership: Membership | None = context.get("membership")
    if membership:
        address = reverse(name, args=[membership.agency.slug])
        if membership.may(getattr(resolve(address).func, "least_role", Role.VIEWER)):
            return format_html('<a href="{}">{}</a>', address, content)
    return format_html("<strong>{}</strong>", content)


@register.simple_tag(takes_context=True)
def guide_url(context: dict[str, Any], route: str) -> str:
    """A page of the guide that stays in the agency around this one."""
    agency = context.get("agency")
    return reverse(route) + (f"?agency={agency.slug}" if agency else "")


@register.simple_block_tag(takes_context=True)
def chapter(context: dict[str, Any], content: SafeString, name: str) -> SafeString:
    """`{% chapter "leads" %}…{% endchapter %}` links another chapter."""
    return format_html('<a href="{}">{}</a>', guide_url(context, f"guide:{name}"), content)
