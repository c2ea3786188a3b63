"""The inbox at a million leads of 200 agencies, the largest with 170,000, on PostgreSQL; and how leads are saved.

Times are the database's as its client sees them, the way over loopback included. A page is all that the inbox asks:
the list, its count and those of the tabs, what may be filtered by, the hours, whether something new came.
"""

import statistics
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from django.core.management import call_command
from django.db import connection as db
from django.db import transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Agency, Membership, User
from accounts.roles import Role
from estates.catalogue.bulk_postgresql import copy_rows, new_ids
from estates.connections.models import Connection
from estates.leads.drafts import Draft, payload_of, row_of
from estates.leads.inbox.pages import arrived, newest_id, results
from estates.leads.inbox.search import NEWEST, OLDEST, Search, find
from estates.leads.models import Lead, LeadPayload
from estates.leads.models.leads import Way
from estates.leads.saving import _COLUMNS, _line, save
from tests.bench.measure import Ratio, scaled, stopwatch

STOCK = Path(__file__).with_name("inbox.sql")
LARGEST, ROUNDS, BATCH = 1, 5, 200
PAGES = (
    "", "tab=all", "tab=mine", "tab=unassigned", "tab=contacted", "tab=won", "tab=spam", "tab=answer&order=newest",
    "tab=all&order=oldest", "source=aviv", "tab=all&portal=SeLoger", "tab=all&portal=Rare",
    "tab=all&category=Estimation",
    "portal=Rare&category=Estimation", "tab=all&assignee=3", "tab=all&assignee=20", "tab=all&assignee=none",
    "tab=lost&assignee=20&portal=Rare", "tab=all&since=2026-01-01", "tab=all&until=2026-01-01", "tab=all&erased=on",
    "tab=all&query=visiter", "tab=all&query=visiter+jardin", "tab=all&query=nom4242", "query=rendez+vous",
    "tab=all&query=nom4242%40exemple.fr", "tab=all&query=06+00+00+42+42", "tab=all&query=zzzz", "tab=all&query=cfcd",
    "tab=all&query=visiter&portal=Rare",
)  # fmt: skip


def run() -> list[Ratio]:
    """Needs an empty database of its own."""
    with stopwatch("a million leads, and their indexes"):
        build(scaled(1_000_000, least=10_000))
    agency = Agency.objects.get(pk=LARGEST)
    membership = Membership.objects.create(agency=agency, user=User.objects.get(pk=3), role=Role.AGENT)
    results(QueryDict(), membership)
    with stopwatch(f"{len(PAGES)} pages of the inbox, {ROUNDS} times"):
        times = {page: [page_time(membership, page) for _ in range(ROUNDS)] for page in PAGES}
    for page, spent in times.items():
        print(f"    {page or 'to answer':42} {statistics.median(spent) * 1000:8.2f} ms")
    every = sorted(moment for spent in times.values() for moment in spent)
    queries = {size: queries_of(agency, membership, size) for size in (1, 5, 25, 50, 200)}
    look = statistics.median(timed(lambda: arrived(agency, Search(), newest_id() - 50)) for _ in range(20))
    return [
        Ratio(
            "inbox: p95 of a page in the database, ms",
            every[round(0.95 * len(every)) - 1] * 1000,
            10,
            at_most=True,
        ),
        Ratio("inbox: looking for new leads, ms", look * 1000, 2, at_most=True),
        Ratio(
            "inbox: queries of the longest page against the shortest",
            max(queries.values()) / min(queries.values()),
            1,
            at_most=True,
            detail=f"{queries}",
        ),
        *saving(Connection.objects.across_agencies().get(pk=LARGEST)),
    ]


def build(leads: int) -> None:
    # The indexes when the table is filled: word by word they take many times as long.
    call_command("migrate", "leads", "0001", verbosity=0)
    with db.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone()
        cursor.execute(f'ALTER DATABASE "{name}" SET maintenance_work_mem = %s', ["1GB"])
        cursor.execute(STOCK.read_text().replace("{leads}", str(leads)))
    db.close()
    call_command("migrate", verbosity=0)
    with db.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('leads_lead', 'id'), (SELECT max(id) FROM leads_lead))"
        )
        cursor.execute("VACUUM ANALYZE leads_lead")


def timed(task: Any) -> float:
    """Seconds that the database takes for what a task asks of it."""
    spent: list[float] = []

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(time.perf_counter() - began)

    with db.execute_wrapper(wrapper):
        task()
    return sum(spent)


def page_time(membership: Membership, page: str) -> float:
    return timed(lambda: results(QueryDict(page), membership))


def queries_of(agency: Agency, membership: Membership, size: int) -> int:
    with CaptureQueriesContext(db) as asked:
        assert len(find(agency, Search("all", order=NEWEST), "", size).leads) == size
        find(agency, Search(order=OLDEST), "", size)
        results(QueryDict(), membership)
    return len(asked)


def saving(connection: Connection) -> list[Ratio]:
    """A batch of new leads by `save`, against COPY of its ready rows and against asking for each lead."""
    ours, copied, naive = [], [], []
    for number in range(15):
        batches = [drafts(f"{way}-{number}-") for way in ("save", "copy")]
        ours.append(committed(lambda batch=batches[0]: save(connection, batch, Way.PULL)))
        rows = [row_of(draft, connection, Way.PULL, timezone.now()) for draft in batches[1]]
        ids = new_ids(Lead._meta.db_table, BATCH)
        lines = [_line(pk, row) for pk, row in zip(ids, rows, strict=True)]
        bodies = list(zip(ids, map(payload_of, batches[1]), strict=True))
        copied.append(committed(lambda lines=lines, bodies=bodies: copy_ready(lines, bodies)))
    for number in range(3):
        batch = drafts(f"naive-{number}-")
        naive.append(wall(lambda batch=batch: one_by_one(connection, batch)))
    usual, least = statistics.median(ours), statistics.median(copied)
    return [
        Ratio(
            "leads: saving 200 against COPY of the ready rows",
            least / usual,
            0.6,
            detail=f"{usual * 1000:.1f} ms",
        ),
        Ratio("leads: saving 200 against get_or_create", statistics.median(naive) / usual, 40),
    ]


def drafts(prefix: str) -> list[Draft]:
    now = timezone.now()
    made = []
    for number in range(BATCH):
        name = f"{prefix}{number}"
        message = "Bonjour, je souhaite visiter cet appartement samedi. Merci de me rappeler après 18 h. " * 3
        raw = {"action_id": name, "nom": "Dupont", "message": message, "telephone": f"06 12 34 {number:04}"}
        made.append(
            Draft(
                remote_id=name,
                raw=orjson.dumps(raw),
                happened_at=now - timedelta(seconds=number),
                portal="SeLoger",
                first_name="Jean",
                last_name="Dupont",
                email=f"jean.{name}@exemple.fr",
                message=message,
                phones=(("MOBILE", f"06 12 34 {number % 100:02} {number // 100:02}"),),
                programme="Les Jardins",
            )
        )
    return made


def copy_ready(lines: list[Any], bodies: list[Any]) -> None:
    copy_rows(f"{Lead._meta.db_table} (id, {', '.join(_COLUMNS)})", lines)
    copy_rows(f"{LeadPayload._meta.db_table} (lead_id, body)", bodies)


def one_by_one(connection: Connection, batch: list[Draft]) -> None:
    for draft in batch:
        row = row_of(draft, connection, Way.PULL, timezone.now())
        known = {name: row.pop(name) for name in ("connection_id", "remote_id")}
        with transaction.atomic():
            lead, _ = Lead.objects.across_agencies().get_or_create(**known, defaults=row)
            LeadPayload.objects.get_or_create(lead=lead, defaults={"body": payload_of(draft)})


def committed(task: Any) -> float:
    def inside() -> None:
        with transaction.atomic():
            task()

    return wall(inside)


def wall(task: Any) -> float:
    began = time.perf_counter()
    task()
    return time.perf_counter() - began
