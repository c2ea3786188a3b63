"""The first page in the usual order, which is what partners ask for most: in one query, made ready once.

Putting the query together costs more than the database needs to answer it. So its SQL is remembered, with the
total, for as long as a total is.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from accounts import prepared
from accounts.models import Agency
from estates.catalogue.paging import Mark, segments, write_mark
from estates.catalogue.search import select
from portal.api.estates_list import COUNTED_SECONDS, Listed, Row, total_of
from portal.api.estates_query import EstateQuery

MOST_REMEMBERED = 500


class Ready(NamedTuple):
    """A page's query, as SQL too; how many estates there are in all, and until when (monotonic) that is good.

    `is_plain` where nothing is filtered: the values of filters decide which index is best.
    """

    rows: QuerySet[Any, Any]
    sql: str
    params: tuple[Any, ...]
    is_plain: bool
    total: int
    until: float


_remembered: dict[tuple[int, str, bool], Ready] = {}


def forget() -> None:
    _remembered.clear()


def is_first(given: EstateQuery) -> bool:
    """Whether a page is one of these. Words are searched in more than one query."""
    usual = given.page == 1 and given.orderby == "created_at"
    return usual and not (given.cursor or given.updated_since or given.query)


def first(agency: Agency, given: EstateQuery, asked: str, *, bodies: bool) -> tuple[Listed, list[Row]]:
    """The page and its estates, with their payloads or without; `asked` is the query string."""
    ready = _ready(agency, given, asked, bodies)
    found = _fetched(ready)
    rows = [Row(pk, name, digest, None, None, *body) for _at, pk, name, digest, *body in found[: given.limit]]
    keys = [row.pk for row in rows]
    if len(rows) < given.limit:
        return Listed(keys, "", len(rows)), rows
    more = len(found) > given.limit
    after = write_mark(given.ordered, Mark(False, found[given.limit - 1][0], keys[-1])) if more else ""
    return Listed(keys, after, max(ready.total, len(found))), rows


def _ready(agency: Agency, given: EstateQuery, asked: str, bodies: bool) -> Ready:
    name, now = (agency.pk, asked, bodies), time.monotonic()
    known = _remembered.get(name)
    if known is not None and now < known.until:
        return known
    search = given.search()
    matches = select(agency, search)
    names = ["created_at", "pk", "remote_id", "digest", *(["payload__body"] if bodies else [])]
    rows = segments(matches.rows, given.ordered)[0].values_list(*names)[: given.limit + 1]
    sql, params = rows.query.sql_with_params()
    total = total_of(agency, matches, given)
    ready = Ready(rows, sql, params, not search.filters, total, now + COUNTED_SECONDS)
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[name] = ready
    return ready


def _fetched(ready: Ready) -> list[Any]:
    if connection.vendor != "postgresql":
        return list(ready.rows.all())  # what SQLite gives is no date yet
    return prepared.ask(ready.sql, ready.params, planned_once=ready.is_plain)
