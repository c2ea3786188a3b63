"""Addresses of estates on public web sites, as people type them."""

import ipaddress
import unicodedata
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

# RFC 6761 and RFC 6762, and what routers and companies use at home.
HOUSE_NAMES = (
    "localhost", "local", "internal", "intranet", "lan", "home", "corp", "test", "invalid", "localdomain",
    "onion", "arpa",
)  # fmt: skip


def parse_public_url(text: str) -> str:
    """The address, if it is http or https on a host that the whole world can name.

    Nothing is looked up or called: the address is only handed on. Raises `ValidationError`.
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise ValidationError(_("This is not an address of a web page.")) from None
    if parts.scheme not in ("http", "https"):
        raise ValidationError(_("The address must begin with https:// or http://."))
    if parts.username is not None or parts.password is not None:
        raise ValidationError(_("The address must not contain a user name or a password."))
    if not _is_public(host) or port == 0:
        raise ValidationError(_("The address must be on a public site, such as www.agence-martin.fr."))
    URLValidator(schemes=["http", "https"], message=_("This is not an address of a web page."))(text)
    return text


def _is_public(host: str) -> bool:
    # Browsers take 127。0。0。1 for 127.0.0.1, and the like.
    host = unicodedata.normalize("NFKC", host).replace("\u3002", ".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        labels = host.split(".")
        # They read 0x7f.1, 2130706433 and 127.1 as addresses too: a last label of digits is never a domain.
        return len(labels) > 1 and labels[-1] not in HOUSE_NAMES and not labels[-1][:1].isdigit()
    mapped = getattr(address, "ipv4_mapped", None)
    return address.is_global and not address.is_multicast and mapped is None
