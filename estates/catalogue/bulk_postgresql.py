"""Writing many estates to PostgreSQL.

New ones are copied straight into their tables, which costs what the indexes cost. Where another worker turns
out to have been faster, and for estates that we hold, COPY goes to a staging table and one statement merges
from there.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db import connection as db

from estates.catalogue.rows import COLUMNS, OVERWRITTEN, PAYLOADS, TABLE, Row

_COLUMNS = ", ".join(COLUMNS)
_STAGE = (
    f"CREATE TEMP TABLE IF NOT EXISTS staged_estate ON COMMIT DELETE ROWS AS"  # noqa: S608
    f" SELECT {_COLUMNS}, ''::text AS body FROM {TABLE} WITH NO DATA"
)
_MERGE = f"""
INSERT INTO {TABLE} AS held ({_COLUMNS}) SELECT {_COLUMNS} FROM staged_estate ORDER BY remote_id
ON CONFLICT (connection_id, remote_id) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in OVERWRITTEN)},
    changed_at = CASE WHEN held.digest <> excluded.digest OR held.gone_at IS NOT NULL
                 THEN excluded.changed_at ELSE held.changed_at END
WHERE held.digest <> excluded.digest OR held.missed <> 0 OR held.gone_at IS NOT NULL
RETURNING id, remote_id, xmax = 0 AS is_new
"""  # noqa: S608
# A statement of its own: within one, a payload's policy would not see the estate that was just written. And no mere
# copy: that would be compressed as the staging table compresses.
_MERGE_PAYLOADS = f"""
INSERT INTO {PAYLOADS} (estate_id, body)
SELECT written.id, staged.body || '' FROM unnest(%s::bigint[], %s::text[]) AS written (id, remote_id)
JOIN staged_estate staged USING (remote_id)
ON CONFLICT (estate_id) DO UPDATE SET body = excluded.body
"""  # noqa: S608


def write(new: Sequence[Row], known: Sequence[Row]) -> int:
    """See `merge.Bulk`."""
    with db.cursor() as cursor:
        # Nobody needs to wait for the disk: what a crash of the server takes is read again, because the
        # commit that moves the reading on does wait, for everything before it too.
        cursor.execute("SET LOCAL synchronous_commit TO off")
    if settings.DATABASE_ROLE:
        # PostgreSQL copies nothing into a table that has policies.
        return _merge([*new, *known])
    try:
        with transaction.atomic():
            _insert(new)
    except IntegrityError:
        return _merge([*new, *known])
    _merge(known)
    return len(new)


def _insert(rows: Sequence[Row]) -> None:
    if not rows:
        return
    ids = new_ids(TABLE, len(rows))
    copy_rows(f"{TABLE} (id, {_COLUMNS})", ((pk, *row.values) for pk, row in zip(ids, rows, strict=True)))
    copy_rows(f"{PAYLOADS} (estate_id, body)", ((pk, row.body) for pk, row in zip(ids, rows, strict=True)))


def _merge(rows: Sequence[Row]) -> int:
    if not rows:
        return 0
    with db.cursor() as cursor:
        cursor.execute("SET LOCAL client_min_messages TO warning")
        cursor.execute(_STAGE)
        cursor.execute("TRUNCATE staged_estate")
        copy_rows(f"staged_estate ({_COLUMNS}, body)", ((*row.values, row.body) for row in rows))
        cursor.execute(_MERGE)
        written = cursor.fetchall()
        cursor.execute(_MERGE_PAYLOADS, [[pk for pk, _, _ in written], [name for _, name, _ in written]])
        return sum(is_new for _, _, is_new in written)


def new_ids(table: str, number: int) -> list[int]:
    """So many keys that nobody else gets."""
    sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    with db.cursor() as cursor:
        cursor.execute(sequence, [table, number])
        return [pk for (pk,) in cursor]


def copy_rows(target: str, lines: Iterable[tuple[Any, ...]]) -> None:
    """Copies rows into `target`, a table with its columns in brackets. Raises Django's database errors."""
    # Django translates the driver's errors for execute, but knows nothing of COPY.
    with db.wrap_database_errors, db.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for line in lines:
            copy.write_row(line)
