"""Reading AVIV's leads window by window and page by page, each page saved together with where to go on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from estates.connections.models import Connection
from estates.jobs.run import Continue, Run
from estates.leads.aviv.storing import store
from estates.leads.models.leads import Way
from estates.remotes.aviv import AvivClient
from estates.remotes.aviv_answers import LeadPage
from estates.remotes.aviv_requests import windows
from estates.remotes.errors import Refused

logger = logging.getLogger(__name__)

RETRIES = 2
OnWindow = Callable[[datetime], None]


def span(since: datetime, until: datetime) -> dict[str, Any]:
    """A checkpoint that says: all between these moments is still to be read."""
    number = len(list(windows(since, until)))
    return {"since": int(since.timestamp()), "until": int(until.timestamp()), "windows": number, "read": 0}


class WindowReader:
    """Reads all leads that AVIV took in between two moments, oldest first.

    A slice that ends, or a worker that dies, goes on from the run's checkpoint: `since` and `until`, in seconds
    since 1970, are what is not read yet, `start` the page within its first window, `read` how many leads were
    read and `windows` how many windows there were.
    """

    def __init__(self, run: Run, connection: Connection, client: AvivClient, way: Way) -> None:
        self.run, self.connection, self.client, self.way = run, connection, client, way

    def read_all(
        self, since: datetime, until: datetime, on_window: OnWindow, *, counts_windows: bool = False
    ) -> None:
        """Raises `Continue` at the end of a slice. Progress is in windows, or else in leads.

        `on_window` runs in the step that saves a window's last page, with the window's end.
        """
        state = self.run.checkpoint if "since" in self.run.checkpoint else span(since, until)
        start = state.get("start")
        left = list(windows(_moment(state["since"]), _moment(state["until"])))
        self.run.report(total=state["windows"] if counts_windows else None, phase="reading")
        for number, (begin, end) in enumerate(left):
            seen: set[str] = set()
            while True:
                page = self._page(begin, end, start)
                start = self._next(page, seen)
                read = state["read"] + len(page.leads) + len(page.unreadable)
                state = state | {
                    "since": int((begin if start else end).timestamp()),
                    "start": start,
                    "read": read,
                }
                behind = state["windows"] - len(left) + number + (start is None)
                with self.run.step(done=behind if counts_windows else read, checkpoint=state):
                    store(self.connection, page.leads, page.unreadable, self.way)
                    if start is None:
                        on_window(end)
                if self.run.out_of_time and (start or number + 1 < len(left)):
                    raise Continue
                if start is None:
                    break

    def _page(self, begin: datetime, end: datetime, start: str | None) -> LeadPage:
        """A page; where AVIV no longer knows the lead that it was to begin after, the window's first one."""
        try:
            return self.client.leads(begin, end, start=start, retries=RETRIES)
        except Refused:
            if start is None:
                raise
        return self.client.leads(begin, end, retries=RETRIES)

    def _next(self, page: LeadPage, seen: set[str]) -> str | None:
        if page.next_start in seen:
            logger.warning("AVIV leads back to a page that was read: its list ends there")
            return None
        if page.next_start:
            seen.add(page.next_start)
        return page.next_start


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
