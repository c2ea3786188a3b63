"""Addresses of estates on public web sites, as people type them."""

import ipaddress
from urllib.parse import urlsplit

import idna
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from estates.remotes.reading import web_url

# RFC 6761 and RFC 6762, and what routers and companies use at home.
HOUSE_NAMES = (
    "localhost", "local", "internal", "intranet", "lan", "home", "corp", "test", "invalid", "localdomain",
    "onion", "arpa",
)  # fmt: skip
UNICAST = ipaddress.IPv6Network("2000::/3")
"""RFC 4291: all other IPv6 addresses are local, or another way to write one of IPv4."""


def parse_public_url(text: str) -> str:
    """The address, if it is http or https on a host that the whole world can name.

    Nothing is looked up or called: the address is only handed on. Raises `ValidationError`.
    """
    text = text.strip()
    unreadable = _("This is not an address of a web page.")
    try:
        parts = urlsplit(text)
        host, port = _as_browsers_read(parts.hostname or ""), parts.port
    except ValueError:
        raise ValidationError(unreadable) from None
    if parts.scheme not in ("http", "https"):
        raise ValidationError(_("The address must begin with https:// or http://."))
    if parts.username is not None or parts.password is not None:
        raise ValidationError(_("The address must not contain a user name or a password."))
    if not _is_public(host) or port == 0:
        raise ValidationError(_("The address must be on a public site, such as www.agence-martin.fr."))
    URLValidator(schemes=["http", "https"], message=unreadable)(text)
    if web_url(text) is None or not text.isprintable():
        # What would not survive its way to the remote and back.
        raise ValidationError(unreadable)
    return text


def _as_browsers_read(host: str) -> str:
    """UTS 46: "127。0。0。1" is 127.0.0.1, and signs that nobody sees are none. Raises ValueError (idna's too)."""
    return host if host.isascii() else idna.uts46_remap(host, std3_rules=False)


def _is_public(host: str) -> bool:
    host = host.rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        labels = host.split(".")
        # Browsers read 0x7f.1, 2130706433 and 127.1 as addresses too: a last label of digits is never a domain.
        return len(labels) > 1 and labels[-1] not in HOUSE_NAMES and not labels[-1][:1].isdigit()
    if isinstance(address, ipaddress.IPv6Address) and (address not in UNICAST or address.sixtofour):
        return False
    return address.is_global and not address.is_multicast
