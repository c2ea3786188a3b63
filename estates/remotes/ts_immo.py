"""The client of Ts-Immo, the property software. Calls cite ts-immo.txt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, BinaryIO, TypeVar

from .answers import Reply
from .base import RemoteClient
from .errors import Malformed, NotFound
from .reading import count, text
from .replies import is_object
from .secret import Secret
from .session import segment
from .ts_immo_answers import (
    Acknowledged,
    Activation,
    Plugin,
    Ticket,
    parse_activation,
    parse_plugin,
    parse_ticket,
    unwrapped,
)
from .ts_immo_estates import Estate, EstatePage, parse_estate
from .ts_immo_requests import Attachment, Buyer, EstateSearch, Reporter, ticket_upload

PAGE_LIMIT = 100
PLUGIN_BYTES = 100_000_000
PLUGIN_SECONDS = 120.0
_id = text(64)
T = TypeVar("T")


def _is_page(answer: Any) -> bool:
    return is_object(answer) and isinstance(answer.get("data"), list)


def _is_object_or_list(answer: Any) -> bool:
    return isinstance(answer, (dict, list))


class TsImmoClient(RemoteClient):
    """Ts-Immo's fifteen operations. What only reads takes `retries`; the rest is sent once."""

    system = "Ts-Immo"
    key_header = "X-TS-IMMO-KEY"

    def search_estates(
        self,
        filters: EstateSearch | Mapping[str, Any] | None = None,
        *,
        page: int = 1,
        limit: int = PAGE_LIMIT,
        orderby: str = "created_at",
        order: str = "DESC",
        retries: int = 0,
    ) -> EstatePage:
        """ts-immo.txt, GET /v1/estates. Pages drift while one reads: deduplicate by id."""
        if page < 1 or not 1 <= limit <= PAGE_LIMIT or order not in ("ASC", "DESC"):
            raise ValueError("A page starts at 1, holds 1 to 100 estates, and is ordered ASC or DESC")
        search = filters if isinstance(filters, EstateSearch) else EstateSearch(**(filters or {}))
        window = {"page": str(page), "limit": str(limit), "orderby": orderby, "order": order}
        params = search.params() | window
        reply = self.call(
            "search_estates", "GET", "/estates", params=params, retries=retries, expect=_is_page
        )
        items = tuple(parse_estate(value, i) for i, value in enumerate(reply.json["data"]))
        # Where the remote gives fewer per page than asked, its own number decides which page is the last.
        given = count(reply.json.get("limit"))
        return EstatePage(items, count(reply.json.get("total")), page, min(given or limit, limit))

    def estate(self, estate_id: str, *, retries: int = 0) -> Estate:
        """ts-immo.txt, GET /v1/estates/{id}."""
        reply = self.call("estate", "GET", f"/estates/{segment(estate_id)}", retries=retries)
        estate = parse_estate(reply.json if "id" in reply.json else unwrapped(reply.json, "data", "estate"))
        if not isinstance(estate, Estate):
            raise self._replies.malformed(reply, f"The estate is unreadable ({estate.reason})")
        return estate

    def set_public_url(self, estate_id: str, url: str) -> Acknowledged:
        """ts-immo.txt, PUT /v1/estates/{id}/url. May be repeated."""
        return self._send("set_public_url", f"/estates/{segment(estate_id)}/url", {"url": url}, method="PUT")

    def send_lead(self, estate_id: str, buyer: Buyer) -> Acknowledged:
        """ts-immo.txt, PUT /v1/estates/{id}/lead. Idempotent on the buyer's streamId."""
        return self._send("send_lead", f"/estates/{segment(estate_id)}/lead", buyer.payload(), method="PUT")

    def replay_estate(self, estate_id: str) -> Acknowledged:
        """ts-immo.txt, POST /v1/estates/{id}/replay."""
        return self._send("replay_estate", f"/estates/{segment(estate_id)}/replay", None)

    def tickets(self, domain: str, *, retries: int = 0) -> tuple[Ticket, ...]:
        """ts-immo.txt, GET /v1/support/. Malformed if an item has no id: a gap would look like a loss."""
        reply = self._read("tickets", "/support/", domain, retries)
        return self._all(reply, parse_ticket)

    def open_ticket(
        self,
        domain: str,
        subject: str,
        message: str,
        reporter: Reporter,
        attachments: Sequence[Attachment] = (),
        *,
        progress: Callable[[int], None] | None = None,
    ) -> Acknowledged:
        """ts-immo.txt, POST /v1/support/. Not idempotent: after a lost answer, or one without an id, look the
        ticket up in `tickets` before sending again.

        The files are sent as they are read. Raises Unsendable, the ticket not opened, where one of them is not as
        it was. `progress` hears before each piece how many bytes of the request are gone; what it raises ends
        the call, and the ticket is not opened.
        """
        body = {"domain": domain, "subject": subject, "message": message, "reporter": asdict(reporter)}
        if not attachments:
            return self._send("open_ticket", "/support/", body)
        upload = ticket_upload(body, attachments, progress)
        return _acknowledged(self.call("open_ticket", "POST", "/support/", upload=upload, expect=None))

    def ticket(self, ticket_id: str, domain: str, *, retries: int = 0) -> Ticket:
        """ts-immo.txt, GET /v1/support/{id}."""
        reply = self._read("ticket", f"/support/{segment(ticket_id)}", domain, retries)
        ticket = parse_ticket(reply.json) or parse_ticket(unwrapped(reply.json, "data", "ticket"))
        if ticket is None:
            raise self._replies.malformed(reply, "The ticket has no usable id")
        return ticket

    def comment(self, ticket_id: str, comment: str, reporter: Reporter) -> Acknowledged:
        """ts-immo.txt, "GET" /v1/support/{id}/comment adds a comment: a POST, not idempotent."""
        body = {"comment": comment, "reporter": asdict(reporter)}
        return self._send("comment", f"/support/{segment(ticket_id)}/comment", body)

    def close_ticket(self, ticket_id: str, domain: str) -> Acknowledged:
        """ts-immo.txt, POST /v1/support/support/{id}/close, the prefix doubled; on a 404 once single."""
        single = f"/support/{segment(ticket_id)}/close"
        try:
            return self._send("close_ticket", f"/support{single}", None, params={"domain": domain})
        except NotFound:
            return self._send("close_ticket", single, None, params={"domain": domain})

    def activate_site(
        self, domain: str, plugin_auth_key: str | Secret, theme_id: str | None = None
    ) -> Activation:
        """ts-immo.txt, POST /v1/sites/activate. A 200 with `success: false` raises Refused."""
        secret = plugin_auth_key if isinstance(plugin_auth_key, Secret) else Secret(plugin_auth_key)
        body = {"domain": domain, "plugin_auth_key": secret.reveal()}
        theme = {"theme_id": theme_id} if theme_id else {}
        reply = self.call("activate_site", "POST", "/sites/activate", json=body | theme, secrets=[secret])
        return parse_activation(reply.json, reply.body)

    def deactivate_site(self, domain: str) -> Acknowledged:
        """ts-immo.txt, POST /v1/sites/deactivate."""
        return self._send("deactivate_site", "/sites/deactivate", {"domain": domain})

    def replay_all(self) -> Acknowledged:
        """ts-immo.txt, POST /v1/sites/replay: every property to every active site of the account."""
        return self._send("replay_all", "/sites/replay", None)

    def plugins(self, domain: str, *, retries: int = 0) -> tuple[Plugin, ...]:
        """ts-immo.txt, GET /v1/plugins/plugins, the doubled prefix literal."""
        reply = self._read("plugins", "/plugins/plugins", domain, retries)
        return self._all(reply, parse_plugin)

    def download_plugin(self, plugin: Plugin, domain: str, to: BinaryIO) -> int:
        """ts-immo.txt, GET /v1/plugins/plugins/{pluginId}/download; returns the bytes written to `to`.

        Raises Untrusted, `to` as long as before, where the bytes are not those that the signature names, and
        Malformed where it names none.
        """
        promised = plugin.sha256
        if not promised:
            raise Malformed("The plugin has no sha256 signature to check it by")
        url = plugin.file_url or f"{self.base_url}/plugins/plugins/{segment(plugin.remote_id)}/download"
        start = to.tell()
        self.download(
            "download_plugin",
            url,
            to,
            params={} if "domain=" in url.partition("?")[2] else {"domain": domain},
            sha256=promised,
            seconds=PLUGIN_SECONDS,
            max_bytes=PLUGIN_BYTES,
        )
        return to.tell() - start

    def _read(self, operation: str, path: str, domain: str, retries: int) -> Reply:
        asked = {"domain": domain}
        return self.call(operation, "GET", path, params=asked, retries=retries, expect=_is_object_or_list)

    def _all(self, reply: Reply, parse: Callable[[Any], T | None]) -> tuple[T, ...]:
        items = unwrapped(reply.json, "data", "items", "tickets", "plugins")
        parsed = [parse(item) for item in items] if isinstance(items, list) else [None]
        known = tuple(item for item in parsed if item is not None)
        if len(known) < len(parsed):
            raise self._replies.malformed(reply, "The answer is no list, or an item in it has no usable id")
        return known

    def _send(
        self,
        operation: str,
        path: str,
        body: dict[str, Any] | None,
        *,
        method: str = "POST",
        params: Mapping[str, str] | None = None,
    ) -> Acknowledged:
        return _acknowledged(self.call(operation, method, path, params=params, json=body, expect=None))


def _acknowledged(reply: Reply) -> Acknowledged:
    about = unwrapped(reply.json, "data", "ticket", "comment")
    found = _id(about.get("id")) if isinstance(about, dict) else None
    return Acknowledged(found or "", reply.body)
