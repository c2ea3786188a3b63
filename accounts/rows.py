"""Writing many rows at once, each with values of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db import connection, transaction
from django.db.models import Field, Model


def update_rows(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Writes the named fields of rows of one model that are there already; a row that is gone stays so.

    Django's `bulk_update` builds an expression for every value: at thirty fields it takes twenty times as long.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [cast("Field[Any, Any]", meta.get_field(name)) for name in [*names, meta.pk.name]]
    columns = [str(field.column) for field in fields]
    table, *given, key = map(connection.ops.quote_name, [meta.db_table, *columns])
    values = ", ".join(f"{name} = %s" for name in given)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {values} WHERE {key} = %s",  # noqa: S608  # our own names
            [
                [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
                # In the order of their keys, so that two who write the same rows do not wait for each other.
                for row in sorted(rows, key=lambda row: row.pk)
            ],
        )
