"""A page of estates: their payloads' texts put together as they are, without being read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.caching import for_a_minute
from accounts.models import Agency
from estates.catalogue.matching import Matches
from estates.catalogue.models import Estate
from estates.catalogue.paging import ORDERS, Mark, Order, page_of, read_mark, write_mark
from estates.catalogue.search import select
from portal.api.errors import Refusal
from portal.api.estates_query import EstateQuery

OVERLAP = timedelta(minutes=1)
"""What a sync commits late bears an earlier time; whoever asks for changes goes back by so much."""


class Listed(NamedTuple):
    """The keys of a page in their order, the cursor behind it or "", and how many there are in all."""

    keys: list[int]
    after: str
    total: int


class Row(NamedTuple):
    """What of an estate makes its place on a page; by `digest` one knows its payload."""

    pk: int
    remote_id: str
    digest: bytes
    gone_at: Any
    changed_at: Any
    body: str | None = None


def listed(agency: Agency, given: EstateQuery) -> Listed:
    """The page that is meant. Raises Refusal 422 for a cursor that is not from here, or beside a page."""
    order = given.ordered
    if given.cursor and (given.page != 1 or read_mark(given.cursor, order) is None):
        raise Refusal(422, "cursor: not one of this list in this order, or given together with page")
    matches = _changes(agency, given) if given.updated_since else select(agency, given.search())
    if given.page == 1:
        keys, _before, after = page_of(matches.rows, order, given.cursor or "", given.limit)
    else:
        keys, after = _numbered(matches.rows, order, given)
    if not given.cursor and len(keys) < given.limit and (keys or given.page == 1):
        return Listed(keys, after, (given.page - 1) * given.limit + len(keys))
    return Listed(keys, after, total_of(agency, matches, given))


def rows_of(agency: Agency, keys: Sequence[int], *, bodies: bool) -> list[Row]:
    """The estates of these keys in their order, with their payloads or without."""
    names = [*Row._fields[:-1], *(["payload__body"] if bodies else [])]
    found = Estate.objects.for_agency(agency).filter(pk__in=keys).values_list(*names)
    by_key = {row[0]: Row(*row) for row in found}
    return [by_key[key] for key in keys if key in by_key]


def meeting(agency: Agency, given: EstateQuery, keys: Sequence[int]) -> set[int]:
    """Of some estates those that the filters mean."""
    if not given.updated_since:
        return set(keys)
    return set(select(agency, given.search()).rows.filter(pk__in=keys).values_list("pk", flat=True))


def text_of(rows: Sequence[Row], meant: set[int], page: Listed, given: EstateQuery) -> bytes:
    """Ts-Immo's envelope, with a cursor; with what is gone where changes were asked for."""
    data = ",".join(row.body or _bare(row) for row in rows if row.pk in meant)
    rest: dict[str, Any] = {
        "total": page.total,
        "page": given.page,
        "limit": given.limit,
        "next_cursor": page.after or None,
    }
    if given.updated_since:
        away = [row for row in rows if row.pk not in meant]
        rest["gone"] = [{"id": row.remote_id, "gone_at": row.gone_at or row.changed_at} for row in away]
        rest["as_of"] = timezone.now() - OVERLAP
    return b'{"data":[' + data.encode() + b"]," + orjson.dumps(rest)[1:]


def _bare(row: Row) -> str:
    """For an estate whose payload is not kept."""
    return orjson.dumps({"id": row.remote_id}).decode()


def _changes(agency: Agency, given: EstateQuery) -> Matches:
    """All that changed: also what the filters do not mean any more, or a partner's copy would keep it."""
    return Matches(Estate.objects.for_agency(agency).filter(changed_at__gte=given.updated_since))


def _numbered(rows: QuerySet[Any], order: Order, given: EstateQuery) -> tuple[list[int], str]:
    lacking = ORDERS[order.column] or Q(pk=None)
    lacks = Case(When(lacking, then=Value(True)), default=Value(False), output_field=BooleanField())
    column, pk = F(order.column), F("pk")
    towards = [column.desc(), pk.desc()] if order.descending else [column.asc(), pk.asc()]
    first = [] if ORDERS[order.column] is None else [lacks.asc()]
    start = (given.page - 1) * given.limit
    found = list(
        rows.order_by(*first, *towards)
        .annotate(lacks=lacks)
        .values_list("pk", order.column, "lacks")[start : start + given.limit + 1]
    )
    shown = found[: given.limit]
    if len(found) <= given.limit:
        return [row[0] for row in shown], ""
    last, value, is_lacking = shown[-1]
    mark = Mark(False, None if is_lacking else value, last)
    return [row[0] for row in shown], write_mark(order, mark)


def total_of(agency: Agency, matches: Matches, given: EstateQuery) -> int:
    """Exact, where the catalogue's own pages stop at a thousand: whoever reads page after page goes by it.

    It is kept, for counting a loose filter costs more than the page.
    """
    if matches.known is not None and not matches.more:
        return matches.known
    asked = given.model_dump(mode="json", exclude={"page", "limit", "cursor", "order", "orderby"})
    digest = blake2b(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()
    return for_a_minute(agency, f"api:total:{digest}", matches.rows.order_by().count)
