"""Who calls: by a partner's key in a header, never in the address."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja.security import APIKeyHeader, HttpBearer

from accounts.models import PartnerKey, Scope
from accounts.partners import keys as partner_keys
from accounts.scope import enter
from accounts.tracing import agency_id, calling_key
from portal.api import pace
from portal.api.errors import Refusal


def recognised(
    request: HttpRequest, token: str, scope: Scope | None, asked_later: bool = False
) -> PartnerKey | None:
    """The key, counted and within its pace. None for what opens nothing, without a word why.

    `asked_later`: the operation itself asks whether a key of a moment ago still works. Raises Refusal 403 where the
    key may not do this, and 429.
    """
    key = partner_keys.remembered(token) if asked_later else None
    request.is_key_unasked = key is not None  # type: ignore[attr-defined]
    key = key or partner_keys.found(token)
    if key is None or (key.networks and not partner_keys.lets_in(key, _address(request))):
        return None
    pace.keep(request, key)
    partner_keys.note_use(key)
    if scope and scope not in key.scopes:
        raise Refusal(403, f"This key lacks the scope {scope.value}.")
    agency_id.set(key.agency_id)
    calling_key.set(key)
    enter(key.agency_id)
    request.partner_key = key  # type: ignore[attr-defined]
    return key


def ensure_it_works(request: HttpRequest) -> None:
    """For an operation whose key is asked about later. Raises Refusal 401."""
    if request.is_key_unasked and not partner_keys.works(request.partner_key):  # type: ignore[attr-defined]
        raise stranger()


def stranger() -> Refusal:
    return Refusal(401, "Unauthorized", {"WWW-Authenticate": "Bearer"})


def _address(request: HttpRequest) -> str:
    """Whence the call comes; "" where a proxy does not tell, which is in no network."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


class Bearer(HttpBearer):
    """`Authorization: Bearer psl_…`."""

    openapi_bearerFormat = "psl_…"
    openapi_description = (
        "The key in `Authorization: Bearer psl_…`. Its owner made it under Settings → Partners."
    )

    def __init__(self, scope: Scope | None, asked_later: bool) -> None:
        super().__init__()
        self.scope, self.asked_later = scope, asked_later

    def authenticate(self, request: HttpRequest, token: str) -> PartnerKey | None:
        return recognised(request, token, self.scope, self.asked_later)


class Header(APIKeyHeader):
    """`X-API-Key: psl_…`."""

    param_name = "X-API-Key"
    openapi_description = "The same key in `X-API-Key: psl_…`, for software that cannot set `Authorization`."

    def __init__(self, scope: Scope | None, asked_later: bool) -> None:
        super().__init__()
        self.scope, self.asked_later = scope, asked_later

    def authenticate(self, request: HttpRequest, key: str | None) -> PartnerKey | None:
        return recognised(request, key, self.scope, self.asked_later) if key else None


def needs(scope: Scope | None = None, *, asked_later: bool = False) -> list[Any]:
    """For an operation's `auth`; without a scope any working key will do.

    With `asked_later` the operation must see to it that the key works (`ensure_it_works`) before it tells anything.
    """
    return [Bearer(scope, asked_later), Header(scope, asked_later)]


def refuse_exposed(request: HttpRequest) -> None:
    """A key in an address has been read by logs and proxies: its owner is told, and nothing is done."""
    found = partner_keys.TOKEN.search(request.get_full_path())
    if found:
        partner_keys.note_exposure(found[0])
        raise stranger()
