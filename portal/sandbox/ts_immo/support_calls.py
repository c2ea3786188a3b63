"""The five operations on tickets (ts-immo.txt, "Support"), the doubled prefix of `close` included."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Any

from portal.sandbox.messages import Answer, Refusal, Request, json_answer
from portal.sandbox.routing import Route
from portal.sandbox.ts_immo import payloads
from portal.sandbox.ts_immo.account import Account
from portal.sandbox.ts_immo.identifiers import require_uuid
from portal.sandbox.ts_immo.tickets import FINAL, Ticket

PIECE = 256 * 1024  # of Base64; a multiple of four


def tickets(request: Request, account: Account) -> Answer:
    domain = payloads.query_domain(request)
    with account.lock:
        return json_answer([t.as_dict() for t in account.tickets.values() if t.domain == domain])


def open_ticket(request: Request, account: Account) -> Answer:
    """Not idempotent: the same body twice makes two tickets."""
    body = payloads.read(request, payloads.TICKET)
    attachments = [_attachment(item) for item in body.get("attachments") or []]
    ticket = Ticket(body["domain"].lower(), body["subject"], body["message"], body["reporter"], attachments)
    with account.lock:
        account.tickets[ticket.id] = ticket
        return json_answer(ticket.as_dict())


def ticket(request: Request, account: Account, ticket_id: str) -> Answer:
    domain = payloads.query_domain(request)
    with account.lock:
        return json_answer(_ticket(account, ticket_id, domain).as_dict())


def comment(request: Request, account: Account, ticket_id: str) -> Answer:
    found = _ticket(account, ticket_id)
    body = payloads.read(request, payloads.COMMENT)
    with account.lock:
        if found.status in FINAL:
            raise Refusal(400, "This ticket is closed")
        return json_answer(found.comment(body["comment"], body["reporter"]))


def close_ticket(request: Request, account: Account, ticket_id: str) -> Answer:
    found = _ticket(account, ticket_id, payloads.query_domain(request))
    with account.lock:
        found.close()
        return json_answer(found.as_dict())


def _ticket(account: Account, ticket_id: str, domain: str | None = None) -> Ticket:
    found = account.tickets.get(require_uuid(ticket_id))
    if found is None or domain not in (None, found.domain):
        raise Refusal(404, "Ticket not found")
    return found


def _attachment(sent: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a file, which is decoded piece by piece: three of 25 MB come at once."""
    content, digest, size = sent["content_base64"], sha256(), 0
    for start in range(0, len(content), PIECE):
        piece = base64.b64decode(content[start : start + PIECE])
        digest.update(piece)
        size += len(piece)
    about = {name: sent[name] for name in ("filename", "mime_type")}
    return {**about, "size": size, "sha256": digest.hexdigest()}


ROUTES = (
    Route("tickets", "GET", "/support/", tickets),
    Route("open_ticket", "POST", "/support/", open_ticket),
    Route("ticket", "GET", "/support/{ticket_id}", ticket),
    Route("comment", "POST", "/support/{ticket_id}/comment", comment),
    Route("close_ticket", "POST", "/support/support/{ticket_id}/close", close_ticket),
)
