"""Pages by keyset: the next page begins behind the last row shown, however many there were before.

Rows without the value that orders come last, whichever way the order goes. A list is therefore two
segments, those with a value and those without, each of which an index walks in both directions.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, NamedTuple, cast

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import BooleanField, F, Field, Func, Model, Q, QuerySet, Value

from estates.catalogue.models import Estate

ORDERS = {
    "created_at": None,
    "price": Q(price=None),
    "surface": Q(surface=None),
    "city": Q(city=""),
    "updated_at": Q(updated_at=None),
}
"""The columns that order the estates, each with what says that an estate lacks it."""


@cache
def signer() -> Signer:
    """Made when it is needed: jobs read this module before it is known whether there is a SECRET_KEY."""
    return Signer(salt="catalogue.cursor")


class Order(NamedTuple):
    column: str = "created_at"
    descending: bool = True


NEWEST = Order()


class Mark(NamedTuple):
    """A place between two rows: behind the one named, or before it where `back`. `value` may be None."""

    back: bool
    value: Any
    pk: int


class Page(NamedTuple):
    """Keys of the rows in their order, and the cursors of the pages around them, or ""."""

    keys: list[int]
    before: str = ""
    after: str = ""


def page_of(rows_of: QuerySet[Any], order: Order, cursor: str, size: int) -> Page:
    """The page at the cursor. One that is damaged, or of another order, leads to the first page."""
    mark = read_mark(cursor, order, rows_of.model)
    rows = _walk(rows_of, order, mark, size + 1)
    more, rows = len(rows) > size, rows[:size]
    back = mark is not None and mark.back
    if back:
        rows.reverse()
    if not rows:
        return Page([])
    before = more if back else mark is not None
    after = back or more
    return Page(
        [pk for pk, _value in rows],
        write_mark(order, Mark(True, rows[0][1], rows[0][0])) if before else "",
        write_mark(order, Mark(False, rows[-1][1], rows[-1][0])) if after else "",
    )


@lru_cache(maxsize=1_000)
def write_mark(order: Order, mark: Mark) -> str:
    """A cursor. Remembered, for who asks for the newest page mostly gets the one of before."""
    value = None if mark.value is None else str(mark.value)
    return signer().sign_object([order.column, order.descending, mark.back, value, mark.pk])


def read_mark(cursor: str, order: Order, model: type[Model] = Estate) -> Mark | None:
    try:
        column, descending, back, value, pk = signer().unsign_object(cursor)
        if (column, descending) != tuple(order):
            return None
        return Mark(back, _column(model, column).to_python(value), pk)
    except (BadSignature, ValidationError, ValueError):
        return None


def segments(rows_of: QuerySet[Any], order: Order) -> list[QuerySet[Any]]:
    """The list in its order, cut in two where the rows without a value begin."""
    lacking = ORDERS.get(order.column)
    if lacking is None:
        return [_sorted(rows_of, [order.column, "pk"], order.descending)]
    valued = _sorted(rows_of.exclude(lacking), [order.column, "pk"], order.descending)
    return [valued, _sorted(rows_of.filter(lacking), ["pk"], order.descending)]


def _walk(rows_of: QuerySet[Any], order: Order, mark: Mark | None, limit: int) -> list[tuple[int, Any]]:
    back = mark is not None and mark.back
    towards = Order(order.column, order.descending != back)
    sides = list(zip(segments(rows_of, towards), [True, False], strict=False))
    if back:
        sides.reverse()
    if mark:
        here = mark.value is not None
        beyond = [
            (side.filter(_beyond(rows_of.model, towards, mark)), valued)
            for side, valued in sides
            if valued == here
        ]
        sides = beyond + (sides[1:] if sides[0][1] == here else [])
    rows: list[tuple[int, Any]] = []
    for side, valued in sides:
        found = side.values_list("pk", order.column)[: limit - len(rows)]
        rows += [(pk, value if valued else None) for pk, value in found]
        if len(rows) == limit:
            break
    return rows


def _column(model: type[Model], name: str) -> Field[Any, Any]:
    return cast("Field[Any, Any]", model._meta.get_field(name))


def _sorted(rows_of: QuerySet[Any], columns: list[str], descending: bool) -> QuerySet[Any]:
    return rows_of.order_by(*(F(column).desc() if descending else F(column).asc() for column in columns))


def _beyond(model: type[Model], order: Order, mark: Mark) -> Func:
    """`(column, id) > (value, id)`, which a b-tree answers as one range; `OR` would make it read all ties."""
    values = {order.column: mark.value, "id": mark.pk} if mark.value is not None else {"id": mark.pk}
    here = Func(*map(F, values), template="(%(expressions)s)")
    fields = (_column(model, name) for name in values)
    given = (Value(value, output_field=field) for value, field in zip(values.values(), fields, strict=True))
    there = Func(*given, template="(%(expressions)s)")
    joiner = " < " if order.descending else " > "
    return Func(here, there, template="%(expressions)s", arg_joiner=joiner, output_field=BooleanField())
