"""The first page in the usual order, which is what partners ask for most: in one query, made ready once.

Putting the query together costs more than the database needs to answer it. So its SQL is remembered, with the
total, for as long as a total is; and whether the caller's key works is asked in the same statement.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import prepared
from accounts.caching import SECONDS
from accounts.models import Agency, PartnerKey
from accounts.partners.keys import asking
from estates.catalogue.paging import Mark, segments, write_mark
from estates.catalogue.search import select
from portal.api.estates_list import Listed, Row, total_of
from portal.api.estates_query import EstateQuery
from portal.api.keys import ensure_it_works, stranger

MOST_REMEMBERED = 500


class Ready(NamedTuple):
    """A page's query, as SQL too; how many estates there are in all, and until when (monotonic) that is good.

    `order` is that of the columns that come first. `is_plain` where nothing is filtered: the values of filters decide
    which index is best.
    """

    rows: QuerySet[Any, Any]
    sql: str
    params: tuple[Any, ...]
    order: str
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


def first(
    request: HttpRequest, key: PartnerKey, given: EstateQuery, *, bodies: bool
) -> tuple[Listed, list[Row]]:
    """The page and its estates, with their payloads or without. Raises Refusal 401 for a key that does not work."""
    ready = _ready(key.agency, given, request.META["QUERY_STRING"], bodies)
    if connection.vendor == "postgresql" and request.is_key_unasked:  # type: ignore[attr-defined]
        found = _fetched_with(key, ready)
    else:
        ensure_it_works(request)
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
    order = "1 DESC, 2 DESC" if given.ordered.descending else "1, 2"
    ready = Ready(rows, sql, params, order, not search.filters, total, now + SECONDS)
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[name] = ready
    return ready


def _fetched(ready: Ready) -> list[Any]:
    if connection.vendor != "postgresql":
        return list(ready.rows.all())  # what SQLite gives is no date yet
    return prepared.ask(ready.sql, ready.params, planned_once=ready.is_plain)


def _fetched_with(key: PartnerKey, ready: Ready) -> list[Any]:
    """No row at all where the key does not work, and one without anything where the page is empty."""
    working, params = asking(key)
    sql = f"SELECT page.* FROM ({working}) AS key LEFT JOIN ({ready.sql}) AS page ON TRUE ORDER BY {ready.order}"  # noqa: S608
    found = prepared.ask(sql, (*params, *ready.params), planned_once=ready.is_plain)
    if not found:
        raise stranger()
    return [row for row in found if row[1] is not None]
