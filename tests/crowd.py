"""Many of everything that an agency owns: the rows of the canaries once more, as often as one likes.

Pages are looked at with few rows and with many, and must not ask the database more often for many.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection as db
from django.db import models

from accounts.models import Agency, Membership, User
from accounts.tenancy import TenantModel
from tests import canaries

Ids = dict[tuple[type[models.Model], Any], list[Any]]
"""What each row's copies are called, the row by its model and key."""


def multiply(agency: Agency, times: int) -> None:
    """Copies each row of the agency so many times, and as many times again what hangs on such rows.

    Of the first copies each set hangs together: its lead has its own person, estate and colleague, so that lists
    show different ones. The others hang on the rows that were there: one lead with many events.
    """
    copies: Ids = dict(_people(agency, times))
    models_of = [Membership, *canaries.tenant_models()]
    originals = {model: _rows_of(model, agency) for model in _in_order(models_of)}
    for model, rows in originals.items():
        for row in rows:
            made = [_copy(row, copies, turn) for turn in range(times)]
            if all(made):
                fresh = canaries.every_row(model).bulk_create(made)
                copies[(model, row.pk)] = [each.pk for each in fresh]
    for model, rows in originals.items():
        made = [_copy(row, {}, times + turn) for row in rows for turn in range(times)]
        # What there can be only one of stays alone.
        canaries.every_row(model).bulk_create([each for each in made if each], ignore_conflicts=True)


def many(row: models.Model, number: int, **columns: str) -> None:
    """Copies a row so many times on PostgreSQL; `columns` are expressions in SQL over `n`, which counts them."""
    fields = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    values = [columns.get(column, f"original.{column}") for column in fields]
    table = row._meta.db_table
    with db.cursor() as cursor:
        # Every word of it is the caller's own.
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(fields)}) SELECT {', '.join(values)} FROM {table} original"  # noqa: S608
            f" CROSS JOIN generate_series(1, {number}) n WHERE original.id = {int(row.pk)}"
        )


def _people(agency: Agency, times: int) -> Iterable[tuple[tuple[type[models.Model], Any], list[Any]]]:
    for person in User.objects.filter(memberships__agency=agency).order_by("pk"):
        made = [User(email=f"{turn}-{person.email}", name=f"{turn} {person.name}") for turn in range(times)]
        yield (User, person.pk), [each.pk for each in User.objects.bulk_create(made)]


def _rows_of(model: type[models.Model], agency: Agency) -> list[models.Model]:
    own = model is Membership or issubclass(model, TenantModel)
    owner = "agency" if own else f"{_parents(model)[0].name}__agency"
    return list(canaries.every_row(model).filter(**{owner: agency}).order_by("pk"))


def _parents(model: type[models.Model]) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if field.is_relation and issubclass(field.related_model, TenantModel)
    ]


def _in_order(found: list[type[models.Model]]) -> list[type[models.Model]]:
    """Parents before their parts; what may be empty decides nothing where that would be a circle."""
    left, done = list(found), []
    while left:
        ready = [
            model
            for model in left
            if not {field.related_model for field in model._meta.concrete_fields if field.is_relation}
            & (set(left) - {model})
        ]
        chosen = ready or [
            model
            for model in left
            if not {
                field.related_model
                for field in model._meta.concrete_fields
                if field.is_relation and not field.null
            }
            & (set(left) - {model})
        ]
        assert chosen, f"these models need each other: {left}"
        done += chosen[: len(ready) or 1]
        left = [model for model in left if model not in done]
    return done


def _copy(row: models.Model, copies: Ids, turn: int) -> models.Model | None:
    """The row anew, hanging on the copies of this turn; None where the database allows no second one."""
    made = type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
    changed = set()
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.is_relation and (field.related_model, value) in copies:
            setattr(made, field.attname, copies[(field.related_model, value)][turn])
            changed.add(field.name)
        elif field.primary_key and not field.is_relation:
            setattr(made, field.attname, None)
            changed.add(field.name)
    for names in _unique_sets(type(row)):
        if not changed.intersection(names) or not copies:
            changed.update(_distinguish(made, names, turn))
        if not changed.intersection(names):
            return None
    return made


def _unique_sets(model: type[models.Model]) -> list[tuple[str, ...]]:
    alone = [(field.name,) for field in model._meta.concrete_fields if field.unique]
    together = [tuple(names) for names in model._meta.unique_together]
    constraints = [
        (*each.fields, *_named_in(each.expressions))
        for each in model._meta.constraints
        if isinstance(each, models.UniqueConstraint)
    ]
    return [*alone, *together, *constraints]


def _named_in(expressions: Iterable[Any]) -> list[str]:
    parts = [part for each in expressions for part in getattr(each, "flatten", lambda each=each: [each])()]
    return [part.name for part in parts if isinstance(part, models.F)]


def _distinguish(row: models.Model, names: tuple[str, ...], turn: int) -> list[str]:
    """Makes the first text or number of these columns another one; returns its name."""
    for name in names:
        field, value = row._meta.get_field(name), getattr(row, row._meta.get_field(name).attname)
        if field.is_relation or field.choices or field.primary_key:
            continue
        if isinstance(value, str):
            setattr(row, name, f"{turn}-{value}"[: field.max_length])
            return [name]
        if isinstance(value, int):
            setattr(row, name, value + 100 * (turn + 1))
            return [name]
    return []
