"""How a person or a script drives Seeki: its clock, how long its imports take, and whose subscription is active."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from portal.sandbox.markup import field, form, hidden, table

if TYPE_CHECKING:
    from portal.sandbox.box import Sandbox
    from portal.sandbox.seeki.account import Account
    from portal.sandbox.seeki.system import Seeki

MOST_DAYS = 400
LONGEST_DELAY = 86_400
SHOWN = 100
ENVIRONMENTS = ("seeki", "seeki_staging")


def _number(fields: dict[str, str], name: str, most: float) -> float:
    number = float(fields.get(name) or "0")
    if not (math.isfinite(number) and 0 <= number <= most):
        raise ValueError(f"{name} must be from 0 to {most:g}")
    return number


def _environment(box: Sandbox, fields: dict[str, str]) -> Seeki:
    """Raises `KeyError` for one that does not exist."""
    name = fields.get("environment") or ENVIRONMENTS[0]
    return {system.name: system for system in (box.seeki, box.seeki_staging)}[name]


def move_clock(box: Sandbox, fields: dict[str, str]) -> str:
    """Forward by some days, in both environments; the time that it is then."""
    box.seeki.clock.move(days=_number(fields, "days", MOST_DAYS))
    return box.seeki.clock.now().isoformat(timespec="seconds")


def set_delay(box: Sandbox, fields: dict[str, str]) -> float:
    """Imports that begin from now on take so many seconds, in every account of both environments."""
    seconds = _number(fields, "seconds", LONGEST_DELAY)
    for _, account in _accounts(box):
        account.delay = seconds
    return seconds


def set_subscription(box: Sandbox, fields: dict[str, str]) -> bool:
    account = _environment(box, fields).accounts[fields.get("account", "")]
    account.active = fields.get("on", "true") == "true"
    return account.active


ACTIONS: dict[str, Callable[[Sandbox, dict[str, str]], object]] = {
    "seeki/clock": move_clock,
    "seeki/delay": set_delay,
    "seeki/subscription": set_subscription,
}


def state(box: Sandbox) -> dict[str, Any]:
    """Numbers for each account of each environment, and Seeki's time."""
    found: dict[str, Any] = {"clock": box.seeki.clock.now().isoformat(timespec="seconds")}
    for system, account in _accounts(box):
        numbers = {
            "listings": len(account.listings),
            "online": len(account.online),
            "items": len(account.items),
        }
        found.setdefault(system.name, {})[account.slug] = numbers | {"active": account.active}
    return found


def section(box: Sandbox) -> str:
    """Of the page: the clock, and for each account what is published and until when."""
    now = box.seeki.clock.now()
    head = (
        f"<h2>Seeki</h2><p>It is {now:%Y-%m-%d %H:%M} UTC there.</p>"
        f"{form('seeki/clock', 'Move the clock', field('days', '5'))}"
        f"{form('seeki/delay', 'Let imports take seconds', field('seconds', '0'))}"
    )
    return head + "".join(_account(system, account) for system, account in _accounts(box))


def _account(system: Seeki, account: Account) -> str:
    listings = sorted(account.listings.values(), key=lambda listing: listing.expires_at)
    rows = [
        (
            listing.external_id,
            str(listing.payload.get("name", "")),
            f"{listing.expires_at:%Y-%m-%d %H:%M}",
            "online" if listing.online else "expired",
            str(listing.imports),
        )
        for listing in listings[:SHOWN]
    ]
    online = sum(listing.online for listing in listings)
    title = escape(f"{account.name} at {system.name.replace('_', ' ')}")
    numbers = f"{online} listings online, {len(listings) - online} expired, {len(account.items)} imports"
    change = form(
        "seeki/subscription",
        "End the subscription" if account.active else "Renew the subscription",
        hidden("environment", system.name),
        hidden("account", account.slug),
        hidden("on", "false" if account.active else "true"),
    )
    shown = table(("External id", "Name", "Until (UTC)", "State", "Imports"), rows) if rows else ""
    return f"<h3>{title} <small>key …{escape(account.key[-4:])}</small></h3><p>{numbers}</p>{change}{shown}"


def _accounts(box: Sandbox) -> Iterator[tuple[Seeki, Account]]:
    for system in (box.seeki, box.seeki_staging):
        for account in list(system.accounts.values()):
            yield system, account
