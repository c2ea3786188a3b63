"""The operations on sites and plugins (ts-immo.txt, "Sites" and "Plugins"), doubled prefix included."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import Any

from portal.sandbox.messages import Answer, Refusal, Request, json_answer
from portal.sandbox.routing import Route
from portal.sandbox.ts_immo import payloads
from portal.sandbox.ts_immo.account import Account
from portal.sandbox.ts_immo.identifiers import require_uuid

MOST_PROPERTIES = 500


def activate_site(request: Request, account: Account) -> Answer:
    """Status 200 whatever comes of it: a wrong plugin key is `success: false` with an `error_message`."""
    body = payloads.read(request, payloads.ACTIVATION)
    if not hmac.compare_digest(body["plugin_auth_key"].encode(), account.plugin_auth_key.encode()):
        return json_answer(_activation(False, "Invalid plugin authentication key"))
    account.activate(body["domain"].lower(), body.get("theme_id"))
    return json_answer(_activation(True, None))


def deactivate_site(request: Request, account: Account) -> Answer:
    domain = payloads.read(request, payloads.DEACTIVATION)["domain"].lower()
    with account.lock:
        site = account.sites.get(domain)
        if site is None:
            raise Refusal(404, "Site not found")
        site.active = False
    return json_answer({"success": True})


def replay_all(request: Request, account: Account) -> Answer:
    payloads.require_no_body(request)
    return json_answer({"success": True, "sites": account.replay(), "properties": len(account.stock)})


def plugins(request: Request, account: Account) -> Answer:
    """`file_url` comes without the `domain` that the download demands, as in the document."""
    payloads.query_domain(request)
    base = f"{account.url}/ts-immo/v1/plugins/plugins"
    described = [
        {
            "id": plugin.id,
            "name": plugin.slug,
            "description": plugin.description,
            "version": plugin.version,
            "shortcodes": list(plugin.shortcodes),
            "signature": plugin.signature,
            "file_url": f"{base}/{plugin.id}/download",
        }
        for plugin in account.plugins.all()
    ]
    return json_answer(described)


def download_plugin(request: Request, account: Account, plugin_id: str) -> Answer:
    payloads.query_domain(request)
    plugin = account.plugins.get(require_uuid(plugin_id))
    if plugin is None:
        raise Refusal(404, "Plugin not found")
    disposition = f'attachment; filename="{plugin.slug}.zip"'
    return Answer(200, plugin.archive, "application/zip", {"Content-Disposition": disposition})


def _activation(success: bool, error_message: str | None) -> dict[str, Any]:
    return {
        "success": success,
        "plan": "professional" if success else None,
        "expires_at": f"{datetime.now(UTC).year + 1}-12-31" if success else None,
        "max_properties": MOST_PROPERTIES if success else None,
        "error_message": error_message,
    }


ROUTES = (
    Route("activate_site", "POST", "/sites/activate", activate_site),
    Route("deactivate_site", "POST", "/sites/deactivate", deactivate_site),
    Route("replay_all", "POST", "/sites/replay", replay_all),
    Route("plugins", "GET", "/plugins/plugins", plugins),
    Route("download_plugin", "GET", "/plugins/plugins/{plugin_id}/download", download_plugin),
)
