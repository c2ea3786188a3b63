"""Short lists of one page that are asked for at once."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Count, Model, QuerySet, Subquery, Value, Window
from django.db.models.functions import RowNumber

Row = TypeVar("Row", bound=Model)


def together(rows: QuerySet[Row], *, counted: bool = False, **lists: QuerySet[Row]) -> dict[str, list[Row]]:
    """The rows of each list, which has an order and an end, loaded as `rows` are: in one query.

    If `counted`, each row says as `number` how many its list would have without its end.
    """
    arms = [_arm(rows, name, each, counted) for name, each in lists.items()]
    found: dict[str, list[Row]] = {name: [] for name in lists}
    for row in arms[0].union(*arms[1:], all=True).order_by("place") if arms else ():
        found[row.list].append(row)
    return found


def _arm(rows: QuerySet[Any], name: str, part: QuerySet[Any], counted: bool) -> QuerySet[Any]:
    """SQLite takes neither an order nor an end in a part of a union, but both in a condition of it."""
    arm = rows.filter(pk__in=part.values("pk")).annotate(
        list=Value(name),
        place=Window(RowNumber(), order_by=part.query.order_by),  # type: ignore[arg-type]
    )
    return arm.annotate(number=_number(part)) if counted else arm


def _number(part: QuerySet[Any]) -> Subquery:
    whole = part.all()
    whole.query.clear_limits()
    return Subquery(whole.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n"))
