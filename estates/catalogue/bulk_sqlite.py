"""Writing many estates to SQLite, whose one writer at a time leaves no races to care for."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection as db

from estates.catalogue.rows import COLUMNS, OVERWRITTEN, PAYLOADS, TABLE, Row

_UPSERT = f"""
INSERT INTO {TABLE} ({", ".join(COLUMNS)}) VALUES ({", ".join(["%s"] * len(COLUMNS))})
ON CONFLICT (connection_id, remote_id) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in OVERWRITTEN)},
    changed_at = CASE WHEN {TABLE}.digest <> excluded.digest OR {TABLE}.gone_at IS NOT NULL
                 THEN excluded.changed_at ELSE {TABLE}.changed_at END
"""  # noqa: S608
_UPSERT_PAYLOAD = f"""
INSERT INTO {PAYLOADS} (estate_id, body)
SELECT id, %s FROM {TABLE} WHERE connection_id = %s AND remote_id = %s
ON CONFLICT (estate_id) DO UPDATE SET body = excluded.body
"""  # noqa: S608
_CONNECTION, _REMOTE_ID = COLUMNS.index("connection_id"), COLUMNS.index("remote_id")


def write(new: Sequence[Row], known: Sequence[Row]) -> int:
    """See `merge.Bulk`."""
    rows = [*new, *known]
    with db.cursor() as cursor:
        cursor.executemany(_UPSERT, [tuple(map(_adapted, row.values)) for row in rows])
        cursor.executemany(
            _UPSERT_PAYLOAD, [(row.body, row.values[_CONNECTION], row.values[_REMOTE_ID]) for row in rows]
        )
    return len(new)


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return db.ops.adapt_datetimefield_value(value)
    return str(value) if isinstance(value, Decimal) else value
