"""The secret addresses at which other portals fetch feeds: derived from a row's key, so stored nowhere."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts import scope
from estates.syndication.models import Outlet

FILES = {
    Outlet.Format.OPENIMMO: "openimmo.xml",
    Outlet.Format.OPENIMMO_ZIP: "openimmo.zip",
    Outlet.Format.IDEALISTA: "idealista.xml",
}
"""How an address ends."""


def token_of(outlet: Outlet) -> str:
    """The secret part: who has only the database, or only the key of the portal's signatures, cannot tell it."""
    return signer().sign(outlet.key.hex)


def address_of(outlet: Outlet) -> str:
    """The whole address, for people to copy. It stays until it is renewed, or the format is changed."""
    return f"{settings.PUBLIC_URL}{reverse('outlets:fetch', args=[token_of(outlet), FILES[_format(outlet)]])}"


def find(token: str, name: str) -> Outlet | None:
    """Whose address this is. The signature is compared in constant time, and before the database is asked."""
    try:
        key = UUID(hex=signer().unsign(token))
    except BadSignature:
        return None
    with scope.across():
        outlet = Outlet.objects.across_agencies().select_related("agency").filter(key=key).first()
    return outlet if outlet and FILES[_format(outlet)] == name else None


def _format(outlet: Outlet) -> Outlet.Format:
    return Outlet.Format(outlet.format)


def signer() -> Signer:
    """Made at each use: commands that need no SECRET_KEY import this too."""
    return Signer(salt="syndication.outlet", sep=".")
