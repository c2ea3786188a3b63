"""What a person can have done to an account's tickets while they look: answers, states, tickets that come and go."""

from __future__ import annotations

from collections.abc import Callable

from portal.sandbox.ts_immo.account import Account
from portal.sandbox.ts_immo.clerk import Clerk
from portal.sandbox.ts_immo.tickets import FINAL, Ticket

UNKNOWN_STATE = "WAITING_FOR_EDITOR"
STRANGER = {
    "username": "webmaster",
    "mail": "webmaster@agence-web.example",
    "display_name": "Maëlle, agence web",
}
Change = Callable[[Clerk, Ticket], None]


def take(clerk: Clerk, ticket: Ticket) -> None:
    ticket.turn("IN_PROGRESS")


def ask(clerk: Clerk, ticket: Ticket) -> None:
    clerk.answer(ticket, solves=False)


def solve(clerk: Clerk, ticket: Ticket) -> None:
    clerk.answer(ticket, solves=True)


def close(clerk: Clerk, ticket: Ticket) -> None:
    ticket.close()


def puzzle(clerk: Clerk, ticket: Ticket) -> None:
    """A state that no document names."""
    ticket.turn(UNKNOWN_STATE)


ON_A_TICKET: dict[str, Change] = {
    "ask": ask,
    "solve": solve,
    "take": take,
    "close": close,
    "unknown_state": puzzle,
}
CHANGES = (*ON_A_TICKET, "elsewhere", "vanish")


def change(account: Account, clerk: Clerk, how: str, ticket_id: str = "", domain: str = "") -> str:
    """The id of the ticket that was changed: the one that is named, or the newest that is open.

    `elsewhere` opens one for `domain`, as by somebody whom the portal does not know; `vanish` removes one. Raises
    `KeyError` for an unknown ticket, or where there is none, and `ValueError` for an unknown change.
    """
    with account.lock:
        if how == "elsewhere":
            return _opened_elsewhere(account, domain)
        ticket = account.tickets[ticket_id] if ticket_id else _newest(account, closed=how == "vanish")
        if how == "vanish":
            del account.tickets[ticket.id]
        elif how in ON_A_TICKET:
            ON_A_TICKET[how](clerk, ticket)
        else:
            raise ValueError(f"how must be one of {', '.join(CHANGES)}")
        return ticket.id


def _newest(account: Account, *, closed: bool) -> Ticket:
    tickets = reversed(account.tickets.values())
    found = next((ticket for ticket in tickets if closed or ticket.status not in FINAL), None)
    if found is None:
        raise KeyError("ticket")
    return found


def _opened_elsewhere(account: Account, domain: str) -> str:
    known = [*reversed([ticket.domain for ticket in account.tickets.values()]), *account.sites]
    named = domain.lower() or next(iter(known), f"www.agence-{account.slug}.example")
    subject, message = (
        "Formulaire de contact",
        "Le formulaire du site ne renvoie plus de message de confirmation.",
    )
    ticket = Ticket(named, subject, message, dict(STRANGER), [])
    account.tickets[ticket.id] = ticket
    return ticket.id
