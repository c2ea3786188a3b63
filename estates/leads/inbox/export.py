"""The leads of a list, as a file for a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.audit import record
from accounts.models import Agency, User
from estates.catalogue.paging import segments
from estates.catalogue.spreadsheets import ROWS, Row, read_capped
from estates.connections.models import System
from estates.leads.contacts import spoken
from estates.leads.inbox.search import Search, select
from estates.leads.models import State

MESSAGE = 30_000
"""Characters of a message in the file: a cell of Excel holds 32,767."""
COLUMNS = (
    "happened_at", "received_at", "source", "portal", "category", "intention", "state", "answered_at",
    "assignee__name", "assignee__email", "first_name", "last_name", "email", "phone", "message",
    "estate__reference", "estate__title", "estate_reference", "programme", "region",
)  # fmt: skip


def header() -> list[str]:
    return [
        _("When"), pgettext("a lead", "Received"), _("Source"), _("Portal"), _("Category"), _("Intention"),
        _("State"), _("Answered"), _("In charge"), _("First name"), _("Last name"), _("Mail"), _("Phone"),
        _("Message"),
        _("Estate"), _("Title"), _("Reference in the enquiry"), _("Programme"), _("Region"),
    ]  # fmt: skip


def rows(agency: Agency, search: Search, most: int = ROWS) -> Iterator[Row]:
    """A line for each lead of the list in its order, at most `most`; where there are more, a last line says so."""
    note = _("Only the first %(rows)d leads are in this file.") % {"rows": most}
    parts = segments(select(agency, search).rows, search.order)
    states, sources = dict(State.choices), dict(System.choices)
    return (
        _line(values, states, sources) if len(values) == len(COLUMNS) else values
        for values in read_capped(parts, COLUMNS, most, note)
    )


def note_export(agency: Agency, user: User, name: str, search: Search, query: str) -> None:
    """Leaves the trace of an export: its file, how many leads, the filters. Words typed may be a person's name,
    and the audit trail is for ever, so that they are left out.
    """
    number = select(agency, search).rows.order_by().values("pk")[:ROWS].count()
    record(agency, user, "leads.exported", name, leads=number, query=query[:1000])


def _line(values: Row, states: dict[str, Any], sources: dict[str, Any]) -> Row:
    known = dict(zip(COLUMNS, values, strict=True))
    known["source"] = sources.get(known["source"], known["source"])
    known["state"] = str(states.get(known["state"], known["state"]))
    # At home as people write them: a number that begins with "+" is no text for a CSV file.
    if known["phone"].startswith("+"):
        known["phone"] = spoken(known["phone"])
    known["message"] = known["message"][:MESSAGE]
    name, email = known.pop("assignee__name"), known.pop("assignee__email")
    line = list(known.values())
    line.insert(COLUMNS.index("assignee__name"), name or email or "")
    return tuple(line)
