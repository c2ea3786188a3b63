"""How fast estates are mirrored, against COPY, against a row at a time, and against fetching alone."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from django.conf import settings
from django.db import connection as db
from django.db import transaction

from accounts.models import Agency
from estates.catalogue.models import Estate, EstateChange, EstatePayload, SyncRun
from estates.catalogue.plan import start_sync
from estates.catalogue.reading import pages
from estates.catalogue.rows import GIVEN, rows_of
from estates.connections.clients import client_for
from estates.connections.models import Connection, ConnectionKey
from estates.connections.vault import seal
from estates.jobs.work import work
from estates.remotes.secret import Secret
from estates.remotes.ts_immo import TsImmoClient
from tests.bench.measure import Ratio, scaled, seconds, stopwatch

ESTATES, PAUSE = 100_000, 50
ONE_BY_ONE = 2_000
TABLES = (Estate, EstatePayload, EstateChange)


def run() -> list[Ratio]:
    count = scaled(ESTATES, least=ONE_BY_ONE)
    with remote(count) as url:
        settings.REMOTE_URLS = settings.REMOTE_URLS | {("ts_immo", "production"): url}
        return ratios(stored_connection(), count)


def ratios(connection: Connection, count: int) -> list[Ratio]:
    with stopwatch(f"{ONE_BY_ONE:,} estates page by page with update_or_create") as row_by_row:
        one_by_one(connection)
    empty()
    with stopwatch(f"first sync of {count:,} estates at {PAUSE} ms a page") as first:
        sync(connection, stored=count)
    before = rows_written()
    with stopwatch("fetching alone") as fetching:
        fetch(connection)
    with stopwatch("the same estates again, unchanged") as again:
        sync(connection, unchanged=count)
    written = rows_written() - before
    copied = copy_of_the_same_rows()
    naive = row_by_row() / ONE_BY_ONE * count
    return [
        Ratio(
            "first sync : one-stream COPY", copied / first(), 1.0, detail=f"{count / first():,.0f} estates/s"
        ),
        Ratio("first sync : update_or_create", naive / first(), 20, detail=f"{naive:,.0f} s extrapolated"),
        Ratio(
            "unchanged : fetching alone",
            fetching() / again(),
            0.9,
            detail=f"{count / again():,.0f} estates/s",
        ),
        Ratio("rows written when unchanged", written, 0, at_most=True),
    ]


@contextmanager
def remote(count: int) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.bench.pages_server", str(count), str(PAUSE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
        server.stdin.close()


def stored_connection() -> Connection:
    agency = Agency.objects.create(name="Bench", slug="bench")
    connection = Connection.objects.create(agency=agency, system="ts_immo", label="bench")
    ConnectionKey.objects.create(
        connection=connection, ciphertext=seal(Secret("bench-key")), last_four="-key"
    )
    return connection


def sync(connection: Connection, **expected: int) -> None:
    job = start_sync(connection)
    while work(job.pk):
        continue
    done = SyncRun.objects.for_agency(connection.agency).get(job=job)
    found = {name: getattr(done, name) for name in expected}
    if done.status != "done" or found != expected:
        raise AssertionError(f"{done.status} {done.error}: {found} instead of {expected}")


def fetch(connection: Connection) -> None:
    with client_for(connection, TsImmoClient) as client:
        for _ in pages(client, 1, settings.CATALOGUE_FETCHES):
            continue


def one_by_one(connection: Connection) -> None:
    """What a plain mirror does: a page, then each of its estates, then the next page."""
    with client_for(connection, TsImmoClient) as client:
        for page in islice(pages(client, 1, 1), ONE_BY_ONE // 100):
            for row in rows_of(page.items, connection, connection.created_at):
                known = dict(zip(GIVEN, row.values, strict=False))
                defaults = known | {
                    "agency": connection.agency,
                    "images": list(row.estate.images),
                    "search_text": row.values[len(GIVEN) + 1],
                    "created_at": row.estate.created_at,
                    "first_seen_at": connection.created_at,
                    "changed_at": connection.created_at,
                }
                with transaction.atomic():
                    estate, _ = Estate.objects.across_agencies().update_or_create(
                        connection=connection, remote_id=known.pop("remote_id"), defaults=defaults
                    )
                    EstatePayload.objects.update_or_create(estate=estate, defaults={"body": row.body})


def copy_of_the_same_rows() -> float:
    """Seconds for one stream of COPY into the same two tables, of rows that are formatted already."""
    ready = {}
    with db.cursor() as cursor:
        for model in (Estate, EstatePayload):
            table = model._meta.db_table
            columns = ", ".join(field.column for field in model._meta.concrete_fields)
            with cursor.copy(f"COPY (SELECT {columns} FROM {table} ORDER BY 1) TO STDOUT") as out:  # noqa: S608
                ready[f"COPY {table} ({columns}) FROM STDIN"] = [bytes(block) for block in out]
    empty()

    def copy() -> None:
        with transaction.atomic(), db.cursor() as cursor:
            for statement, blocks in ready.items():
                with cursor.copy(statement) as into:
                    for start in range(0, len(blocks), 100):
                        into.write(b"".join(blocks[start : start + 100]))

    with stopwatch("one-stream COPY of the same rows"):
        return seconds(copy)


def empty() -> None:
    with db.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in TABLES)} CASCADE")
    vacuum()


def vacuum() -> None:
    """Both sides begin with the same tidy tables and a fresh checkpoint."""
    with db.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def rows_written() -> int:
    """Rows inserted, updated or deleted in the catalogue's tables so far, as the server counts them."""
    names = [model._meta.db_table for model in TABLES]
    db.close()  # a session reports what it wrote when it ends
    with db.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1)")
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables WHERE relname = ANY(%s)",
            [names],
        )
        return int(cursor.fetchone()[0])
