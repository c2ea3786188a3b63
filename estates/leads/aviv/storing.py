"""What every way from AVIV to the inbox ends in."""

from __future__ import annotations

from collections.abc import Iterable

from estates.connections.models import Connection
from estates.leads.aviv.drafts import draft_of
from estates.leads.batches import keep
from estates.leads.erasure.erase import erase_blanked
from estates.leads.filing import start_filing
from estates.leads.models.leads import Way
from estates.leads.saving import Saved, save, set_apart
from estates.remotes.aviv_answers import Lead, UnreadableLead


def store(
    connection: Connection, leads: Iterable[Lead], unreadable: Iterable[UnreadableLead], way: Way
) -> Saved:
    """Keeps what came, saves leads, erases those that AVIV has blanked and sets apart what is none, in the caller's
    step.
    """
    leads, unreadable = list(leads), list(unreadable)
    if given := [*(lead.raw for lead in leads), *(item.raw for item in unreadable)]:
        keep(connection, way.value, b"[" + b",".join(given) + b"]", len(given))
    saved = save(connection, [draft_of(lead) for lead in leads], way)
    if saved.blanked:
        erase_blanked(connection, saved.blanked)
    for item in unreadable:
        set_apart(connection, item.raw, item.reason)
    if saved.new or saved.changed:
        start_filing(connection.agency)
    return saved
