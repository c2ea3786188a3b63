"""Where credentials are exchanged for a token. Its errors are OAuth's, not RFC 7807's."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from portal.sandbox.aviv.payloads import answered, complaints, text
from portal.sandbox.messages import Answer, Refusal, Request

if TYPE_CHECKING:
    from portal.sandbox.aviv.system import Aviv

FIELDS = ("client_id", "client_secret", "grant_type", "audience", "intermediary_id")
SHAPE = {name: (True, text(1, 500)) for name in FIELDS}


def token(request: Request, aviv: Aviv) -> Answer:
    """`{access_token, expires_in}` for the very five fields, in JSON."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return _refused(400, "invalid_request", "JSON expected")
    try:
        asked = request.json()
    except Refusal:
        return _refused(400, "invalid_request", "JSON expected")
    if not isinstance(asked, dict) or (found := complaints(asked, SHAPE)):
        return _refused(400, "invalid_request", "; ".join(found) if isinstance(asked, dict) else "an object")
    if asked["grant_type"] != "client_credentials":
        return _refused(400, "unsupported_grant_type", "client_credentials only")
    environment = next((e for e in aviv.environments if e.address == asked["audience"]), None)
    if environment is None:
        return _refused(403, "access_denied", "Service not found")
    for account in list(environment.accounts.values()):
        if account.client_id == asked["client_id"]:
            if not hmac.compare_digest(account.client_secret.encode(), asked["client_secret"].encode()):
                break
            if account.intermediary_id != asked["intermediary_id"]:
                return _refused(403, "access_denied", "Client is not authorized for this intermediary")
            issued = {"access_token": account.issue_token(), "token_type": "Bearer"}
            return answered(issued | {"expires_in": account.token_seconds})
    return _refused(401, "access_denied", "Unauthorized")


def _refused(status: int, error: str, description: str) -> Answer:
    return answered({"error": error, "error_description": description}, status)
