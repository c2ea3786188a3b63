"""How a person or a script drives a running sandbox: POST below `/__sandbox/`, as a form or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from portal.sandbox.faults import Fault
from portal.sandbox.messages import HTML, Answer, Refusal, Request, json_answer
from portal.sandbox.pages import page
from portal.sandbox.seeki import driving
from portal.sandbox.ts_immo import desk

if TYPE_CHECKING:
    from portal.sandbox.box import Sandbox

PREFIX = "/__sandbox/"
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
HEADERS = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store"}
MOST_ESTATES = 100_000
MOST_CONTACTS = 10_000
LONGEST_DELAY = 86_400


def respond(box: Sandbox, request: Request) -> Answer:
    """The page, the state as JSON, or an action: then back to the page for a form, JSON for JSON."""
    try:
        _require_local(request)
        if request.path == "/" and request.method in ("GET", "HEAD"):
            return Answer(200, page(box).encode(), HTML, HEADERS)
        if request.path == f"{PREFIX}state" and request.method == "GET":
            return json_answer(state(box))
        action = ACTIONS.get(request.path.removeprefix(PREFIX)) if request.path.startswith(PREFIX) else None
        if action is None:
            raise Refusal(404, "Not found")
        if request.method != "POST":
            raise Refusal(405, "POST only")
        return _act(box, action, request)
    except Refusal as refusal:
        return json_answer({"error": refusal.message}, refusal.status)


def state(box: Sandbox) -> dict[str, Any]:
    """Faults in force, the accounts in numbers, and where which website is served; no key."""
    return {
        "faults": [asdict(fault) for fault in box.dial.current()],
        "received": len(box.received),
        "accounts": {
            account.slug: {
                "estates": len(account.stock),
                "empty": account.stock.empty,
                "shift": account.stock.drift,
                "leads": len(account.leads),
                "replays": sum(account.replays.values()),
                "full_replays": account.full_replays,
                "tickets": len(account.tickets),
                "sites": sum(site.active for site in account.sites.values()),
            }
            for account in list(box.ts_immo.accounts.values())
        },
        "clerk": box.clerk.delay,
        "marketing_lab": {
            account.slug: {"contacts": len(account.contacts), "ready": len(account.all_ready())}
            for account in list(box.marketing_lab.accounts.values())
        },
        "websites": box.doors.addresses() if box.doors else {},
        "aviv": {
            account.slug: {
                "leads": len(account.leads),
                "subscriptions": len(account.subscriptions),
                "webhooks": account.webhooks.sent,
            }
            for account in list(box.aviv.accounts.values())
        },
        "aviv_violations": box.aviv.manners.violations,
        "seeki": driving.state(box),
    }


def _act(box: Sandbox, action: Callable[[Sandbox, dict[str, str]], object], request: Request) -> Answer:
    as_json = request.headers.get("content-type", "").startswith("application/json")
    fields = request.json() if as_json else _form(request.body)
    if not isinstance(fields, dict):
        raise Refusal(400, "an object is expected")
    try:
        done = action(box, {name: _text(value) for name, value in fields.items()})
    except KeyError as error:
        raise Refusal(404, f"unknown: {error.args[0]}") from None
    except ValueError as error:
        raise Refusal(400, str(error)) from None
    return json_answer({"done": done}) if as_json else Answer(303, b"", "", {"Location": "/"})


def _require_local(request: Request) -> None:
    """A web page elsewhere must not reach the sandbox through the browser of whoever runs it."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    try:
        local = urlsplit(f"//{host}").hostname in LOCAL_NAMES
        own_page = not origin or urlsplit(origin).netloc == host
    except ValueError:
        raise Refusal(400, "malformed Host or Origin") from None
    if not (local and own_page):
        raise Refusal(403, "local callers only")


def _form(body: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50))
    except ValueError:
        raise Refusal(400, "not a form") from None


def _text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def _count(fields: dict[str, str], name: str, least: int, most: int) -> int:
    number = int(fields.get(name) or "1")
    if not least <= number <= most:
        raise ValueError(f"{name} must be from {least} to {most}")
    return number


def set_fault(box: Sandbox, fields: dict[str, str]) -> str:
    times = _count(fields, "times", 1, 1_000_000) if fields.get("times") else None
    wanted = {name: fields.get(name, "") for name in ("operation", "path", "value")}
    box.dial.set(
        Fault(fields.get("kind", ""), method=fields.get("method", "").upper(), times=times, **wanted)
    )
    return fields["kind"]


def clear_faults(box: Sandbox, fields: dict[str, str]) -> int:
    box.clear_faults()
    return 0


def change_prices(box: Sandbox, fields: dict[str, str]) -> int:
    percent = float(fields.get("percent") or "5")
    if not 0 < percent <= 100:
        raise ValueError("percent must be more than 0, at most 100")
    return box.account(fields.get("account", "")).change_prices(percent)


def remove(box: Sandbox, fields: dict[str, str]) -> int:
    """Takes the oldest estates off the market."""
    account = box.account(fields.get("account", ""))
    gone = account.estates[: _count(fields, "count", 1, MOST_ESTATES)]
    for estate in gone:
        account.remove(estate.id)
    return len(gone)


def add(box: Sandbox, fields: dict[str, str]) -> int:
    account = box.account(fields.get("account", ""))
    return len(account.add(_count(fields, "count", 1, MOST_ESTATES)))


def empty(box: Sandbox, fields: dict[str, str]) -> bool:
    account = box.account(fields.get("account", ""))
    account.answer_empty(fields.get("on", "true") == "true")
    return account.stock.empty


def shift(box: Sandbox, fields: dict[str, str]) -> int:
    account = box.account(fields.get("account", ""))
    account.shift(_count(fields, "by", -100, 100))
    return account.stock.drift


def add_contacts(box: Sandbox, fields: dict[str, str]) -> int:
    """Contacts come in at an account of marketing-lab."""
    account = box.marketing_lab.accounts[fields.get("account", "")]
    return len(account.add_contacts(_count(fields, "count", 1, MOST_CONTACTS)))


def change_plugin(box: Sandbox, fields: dict[str, str]) -> str:
    """Publishes a version, repacks, signs wrongly, withdraws or mends a plugin, or spoils its archive in some way."""
    shelf, slug, how = (
        box.account(fields.get("account", "")).plugins,
        fields.get("plugin", ""),
        fields.get("how"),
    )
    if how == "publish":
        shelf.publish(shelf.named(slug).slug, version=fields.get("version") or "9.0.0")
    elif how in ("repack", "sign_wrongly", "withdraw", "mend"):
        getattr(shelf, how)(slug)
    else:
        shelf.spoil(slug, how or "")
    return slug


def clear_received(box: Sandbox, fields: dict[str, str]) -> int:
    box.inbox.clear()
    return 0


def add_aviv_leads(box: Sandbox, fields: dict[str, str]) -> int:
    account = box.aviv.accounts[fields.get("account", "")]
    return len(account.add_leads(_count(fields, "count", 1, MOST_ESTATES)))


def erase_aviv_lead(box: Sandbox, fields: dict[str, str]) -> str:
    """Forgets the person behind a lead, or behind the newest that is not forgotten yet."""
    account = box.aviv.accounts[fields.get("account", "")]
    newest = next((lead.id for lead in reversed(account.leads.all()) if not lead.erased), "")
    lead_id = fields.get("lead") or newest
    account.erase(lead_id)
    return lead_id


def end_aviv_tokens(box: Sandbox, fields: dict[str, str]) -> int:
    box.aviv.accounts[fields.get("account", "")].end_tokens()
    return 0


def change_ticket(box: Sandbox, fields: dict[str, str]) -> str:
    """Support asks, solves, takes or closes; a state nobody knows; a ticket that comes from elsewhere or vanishes."""
    account = box.account(fields.get("account", ""))
    ticket_id, domain = fields.get("ticket", ""), fields.get("domain", "")
    return desk.change(account, box.clerk, fields.get("how", ""), ticket_id, domain)


def set_clerk(box: Sandbox, fields: dict[str, str]) -> float:
    seconds = float(fields.get("seconds") or "0")
    if not 0 <= seconds <= LONGEST_DELAY:
        raise ValueError(f"seconds must be from 0 to {LONGEST_DELAY}")
    box.clerk.start(seconds)
    return seconds


ACTIONS: dict[str, Callable[[Sandbox, dict[str, str]], object]] = {
    "faults": set_fault,
    "faults/clear": clear_faults,
    "prices": change_prices,
    "remove": remove,
    "add": add,
    "empty": empty,
    "shift": shift,
    "contacts": add_contacts,
    "plugins": change_plugin,
    "tickets": change_ticket,
    "clerk": set_clerk,
    "received/clear": clear_received,
    "aviv/add": add_aviv_leads,
    "aviv/erase": erase_aviv_lead,
    "aviv/end-tokens": end_aviv_tokens,
    **driving.ACTIONS,
}
