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


def recognised(request: HttpRequest, token: str, scope: Scope | None) -> PartnerKey | None:
    """The key, counted and within its pace. None for what opens nothing, without a word why.

    Raises Refusal 403 where the key may not do this, and 429.
    """
    key = partner_keys.found(token)
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

    def __init__(self, scope: Scope | None) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> PartnerKey | None:
        return recognised(request, token, self.scope)


class Header(APIKeyHeader):
    """`X-API-Key: psl_…`."""

    param_name = "X-API-Key"
    openapi_description = "The same key in `X-API-Key: psl_…`, for software that cannot set `Authorization`."

    def __init__(self, scope: Scope | None) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, key: str | None) -> PartnerKey | None:
        return recognised(request, key, self.scope) if key else None


def needs(scope: Scope | None = None) -> list[Any]:
    """For an operation's `auth`; without a scope any working key will do."""
    return [Bearer(scope), Header(scope)]


def refuse_exposed(request: HttpRequest) -> None:
    """A key in an address has been read by logs and proxies: its owner is told, and nothing is done."""
    found = partner_keys.TOKEN.search(request.get_full_path())
    if found:
        partner_keys.note_exposure(found[0])
        raise Refusal(401, "Unauthorized", {"WWW-Authenticate": "Bearer"})
