"""The sandbox's own page: the dial, the accounts, and what was received. A developer's tool, in English."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus

from portal.sandbox.markup import field as _input
from portal.sandbox.markup import form as _form
from portal.sandbox.markup import select as _select
from portal.sandbox.markup import table as _table
from portal.sandbox.seeki import driving
from portal.sandbox.ts_immo import desk
from portal.sandbox.ts_immo.hostile import HOSTILE
from portal.sandbox.websites import kinds

if TYPE_CHECKING:
    from portal.sandbox.box import Sandbox
    from portal.sandbox.inbox import Received

SHOWN = 200
PLUGIN_CHANGES = ("publish", "repack", "sign_wrongly", "withdraw", "mend", *HOSTILE)
EXCERPT = 300
SITE_FAULTS = {*kinds.KINDS, "dropped", "slow", "endless", "redirect", "error_500", "unavailable_503"}
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1200px; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100%; font-size: 13px }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #dde3e8; vertical-align: top }
form { display: inline-flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: .2rem 1rem .2rem 0 }
label { display: flex; flex-direction: column; font-size: 12px; color: #5a6672 }
input, select, button { font: inherit; padding: .25rem .5rem } input { width: 5rem }
form { vertical-align: bottom } td { overflow-wrap: anywhere }
"""


def page(box: Sandbox) -> str:
    """The whole page, every received text escaped and every known key masked."""
    parts = (_dial, _accounts, _clerk, _contacts, _aviv, driving.section, _websites, _received)
    sections = [part(box) for part in parts]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sandbox</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f"<h1>Sandbox</h1>{''.join(sections)}</body></html>"
    )


def masked(text: str, secrets: Iterable[str]) -> str:
    """The text with all but the last four characters of every known key gone."""
    for secret in secrets:
        text = text.replace(secret, f"…{secret[-4:]}")
    return text


def _dial(box: Sandbox) -> str:
    operations = [route.operation for system in box.systems for route in system.router.routes]
    rows = [
        (fault.kind, fault.operation or "any", fault.method or "any", fault.path or "any",
         "until cleared" if fault.times is None else str(fault.times), fault.value)
        for fault in box.dial.current()
    ]  # fmt: skip
    form = _form(
        "faults",
        "Set",
        _select("kind", sorted(box.dial.kinds)),
        _select("operation", ["", *dict.fromkeys(operations)]),
        _select("method", ["", "GET", "POST", "PUT", "DELETE"]),
        _input("path", ""),
        _input("times", ""),
        _input("value", ""),
    )
    hint = (
        "<p>Value: seconds for throttled, milliseconds for slow and late, an address for redirect. "
        "Path: a pattern, as in */estates/* or //www.agence.example/* for a website.</p>"
    )
    table = (
        _table(("Kind", "Operation", "Method", "Path", "Times left", "Value"), rows)
        if rows
        else "<p>All well.</p>"
    )
    return f"<h2>Faults</h2>{table}{form}{_form('faults/clear', 'Clear all')}{hint}"


def _accounts(box: Sandbox) -> str:
    parts = []
    for account in list(box.ts_immo.accounts.values()):
        slug = f'<input type="hidden" name="account" value="{escape(account.slug)}">'
        numbers = (
            f"{len(account.stock)} estates, {len(account.leads)} leads, {len(account.tickets)} tickets, "
            f"{sum(account.replays.values())} replays, {account.full_replays} full replays"
        )
        on = "false" if account.stock.empty else "true"
        forms = (
            _form("prices", "Change prices", slug, _input("percent", "5")),
            _form("remove", "Remove oldest", slug, _input("count", "3")),
            _form("add", "Add", slug, _input("count", "3")),
            _form("shift", "Shift while read", slug, _input("by", str(account.stock.drift))),
            _form(
                "plugins",
                "Change plugin",
                slug,
                _select("plugin", [plugin.slug for plugin in account.plugins.all()]),
                _select("how", PLUGIN_CHANGES),
                _input("version", ""),
            ),
            _form("tickets", "Change a ticket", slug, _select("how", desk.CHANGES), _input("ticket", "")),
            _form(
                "empty",
                "Answer again" if account.stock.empty else "Answer with nothing",
                slug,
                f'<input type="hidden" name="on" value="{on}">',
            ),
        )
        title = f"<h2>{escape(account.name)} <small>key …{escape(account.key[-4:])}</small></h2>"
        parts.append(f"{title}<p>{numbers}</p>{''.join(forms)}")
    return "".join(parts)


def _clerk(box: Sandbox) -> str:
    """With 0 seconds support answers nobody."""
    form = _form(
        "clerk", "Let support answer after so many seconds", _input("seconds", f"{box.clerk.delay:g}")
    )
    return f"<h2>Support</h2>{form}"


def _contacts(box: Sandbox) -> str:
    parts = []
    for account in list(box.marketing_lab.accounts.values()):
        slug = f'<input type="hidden" name="account" value="{escape(account.slug)}">'
        title = f"{escape(account.name)} at marketing-lab <small>key …{escape(account.key[-4:])}</small>"
        ready = len(account.all_ready())
        numbers = f"{ready} contacts ready, {len(account.contacts) - ready} pulled"
        form = _form("contacts", "Let contacts come in", slug, _input("count", "3"))
        parts.append(f"<h2>{title}</h2><p>{numbers}</p>{form}")
    return "".join(parts)


def _websites(box: Sandbox) -> str:
    if box.doors is None:
        return ""
    rows = []
    for domain in box.websites.domains():
        path = f'<input type="hidden" name="path" value="//{escape(domain)}/*">'
        spoil = _form("faults", "Set", path, _select("kind", sorted(SITE_FAULTS)), _input("value", ""))
        link = f'<a href="{escape(box.doors.local_address(domain))}">{escape(domain)}</a>'
        rows.append(f"<tr><td>{link}</td><td>{spoil}</td></tr>")
    return f"<h2>Websites</h2><table>{''.join(rows)}</table>"


def _aviv(box: Sandbox) -> str:
    parts = []
    for account in list(box.aviv.accounts.values()):
        slug = f'<input type="hidden" name="account" value="{escape(account.slug)}">'
        numbers = (
            f"{len(account.leads)} leads, {len(account.subscriptions)} subscriptions, "
            f"{account.webhooks.sent} webhooks sent"
        )
        forms = (
            _form("aviv/add", "New leads", slug, _input("count", "1")),
            _form("aviv/erase", "Forget the newest person", slug),
            _form("aviv/end-tokens", "End tokens", slug),
        )
        title = f"<h2>{escape(account.name)} at AVIV <small>token …{escape(account.token[-4:])}</small></h2>"
        parts.append(f"{title}<p>{numbers}</p>{''.join(forms)}")
    broken = f"<p>Calls beyond ten at once or in 200 ms: {box.aviv.manners.violations}</p>"
    return "".join(parts) + broken


def _received(box: Sandbox) -> str:
    secrets = [secret for system in box.systems for secret in system.secrets()]
    entries = box.received[: -SHOWN - 1 : -1]
    rows = [_row(entry, secrets) for entry in entries]
    head = ("Time (UTC)", "Operation", "Method", "Path", "Account", "Status", "ms", "Body")
    table = _table(head, rows) if rows else "<p>Nothing yet.</p>"
    links = '<p><a href="/">Reload</a> · <a href="/__sandbox/state">State as JSON</a></p>'
    return f"<h2>Received</h2>{links}{table}{_form('received/clear', 'Clear')}"


def _row(entry: Received, secrets: list[str]) -> tuple[str, ...]:
    query = f"?{unquote_plus(entry.query)}" if entry.query else ""
    body = entry.body.decode("utf-8", "replace")
    status = f"{entry.status or 'none'} {entry.fault}".strip()
    return (
        f"{entry.at:%H:%M:%S}",
        entry.operation,
        entry.method,
        masked(unquote(entry.path) + query, secrets)[:EXCERPT],
        entry.account,
        status,
        f"{entry.milliseconds:.0f}",
        masked(body, secrets)[:EXCERPT],
    )
