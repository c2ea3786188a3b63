"""The search at a million estates of 200 agencies, the largest with 170,000, on PostgreSQL.

The queries are those that the search sends; the baseline sends the same ones to the same table with no index
but the one on the agency. Times are the database's as its client sees them, the way over loopback included.
"""

import statistics
import time
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from accounts.models import Agency
from estates.catalogue import facets
from estates.catalogue.models import Estate
from estates.catalogue.paging import NEWEST, Mark, Order, write_mark
from estates.catalogue.search import Search, find
from tests.bench.measure import Ratio, scaled, stopwatch

STOCK = Path(__file__).with_name("search.sql")
PAGE = 24
LARGEST = 1
ROUNDS = 5
GOAL = 60


# Each of the seventeen filters, common and rare values, orders, texts, and what people combine.
PAGES: dict[str, Search] = {
    "all": Search(),
    "type": Search({"type": "house"}),
    "sub_type": Search({"sub_type": "loft"}),
    "offer_type": Search({"offer_type": "rental"}),
    "status": Search({"status": "available"}),
    "status, rare": Search({"status": "withdrawn"}),
    "min_price": Search({"min_price": 600_000}),
    "max_price": Search({"max_price": 90_000}),
    "min_surface": Search({"min_surface": 200}),
    "max_surface": Search({"max_surface": 30}),
    "bedrooms": Search({"bedrooms": 4}),
    "bathrooms": Search({"bathrooms": 3}),
    "city": Search({"city": "ville 3"}),
    "city, rare": Search({"city": "VILLE 390"}),
    "postal_code": Search({"postal_code": "01111"}),
    "postal_code, rare": Search({"postal_code": "15430"}),
    "country": Search({"country": "CH"}),
    "region": Search({"region": "region 5"}),
    "featured": Search({"featured": True}),
    "is_project": Search({"is_project": True}),
    "by price": Search({}, Order("price", False)),
    "by price, dearest": Search({}, Order("price", True)),
    "by surface": Search({}, Order("surface", True)),
    "by city": Search({}, Order("city", False)),
    "by update": Search({}, Order("updated_at", True)),
    "houses to buy, by price": Search(
        {"type": "house", "offer_type": "sale", "status": "available"}, Order("price")
    ),
    "flats for a family": Search(
        {"type": "apartment", "bedrooms": 3, "min_price": 200_000, "max_price": 450_000}
    ),
    "in a city, for sale": Search({"city": "ville 1", "offer_type": "sale", "status": "available"}),
    "text, common": Search({"query": "terrasse"}),
    "text, two common": Search({"query": "terrasse jardin"}),
    "text, three common": Search({"query": "maison cuis balc"}),
    "text, rare": Search({"query": "cfcd"}),
    "text, common and rare": Search({"query": "jardin c4ca"}),
    "text, reference": Search({"query": "REF1-0421"}),
    "text, nothing": Search({"query": "zzzz"}),
    "text, and filters": Search({"query": "piscine", "type": "house", "offer_type": "sale"}),
}


def run() -> list[Ratio]:
    """Needs an empty database of its own, migrated or not, and leaves it without the search's indexes."""
    with stopwatch("a million estates, and their indexes"):
        build(scaled(1_000_000, least=10_000))
    agency = Agency.objects.get(pk=LARGEST)
    facets.facets_of(agency)
    with stopwatch(f"{len(PAGES)} pages of the search, {ROUNDS} times"):
        ours = {name: [page_time(agency, search) for _ in range(ROUNDS)] for name, search in PAGES.items()}
        first, deep = deep_pages(agency)
    drop_indexes()
    with stopwatch("the same with only the agency's index"):
        theirs = {name: page_time(agency, search) for name, search in PAGES.items()}
    for name, times in ours.items():
        usual = statistics.median(times)
        print(f"    {name:26} {usual * 1000:8.2f} ms {theirs[name] / usual:8.0f} ×")
    return ratios(ours, theirs, first, deep)


def ratios(ours: dict[str, list[float]], theirs: dict[str, float], first: float, deep: float) -> list[Ratio]:
    gains = {name: theirs[name] / statistics.median(times) for name, times in ours.items()}
    least = min(gains, key=lambda name: gains[name])
    under = sorted(name for name, gain in gains.items() if gain < GOAL)
    every = sorted(moment for times in ours.values() for moment in times)
    p95 = every[round(0.95 * len(every)) - 1] * 1000
    return [
        Ratio(
            "search: a filter page, least of all",
            gains[least],
            GOAL,
            detail=f"{least}; short: {under}",
        ),
        Ratio("search: the page in the middle", statistics.median(gains.values()), GOAL),
        Ratio("search: p95 in the database, ms", p95, 10, at_most=True, detail="page and count"),
        Ratio("search: deep page against first", deep / first, 3.5, at_most=True, detail="50,000 estates in"),
    ]


def build(estates: int) -> None:
    # The indexes when the table is filled: word by word they take many times as long.
    call_command("migrate", "catalogue", "0001", verbosity=0)
    call_command("migrate", "accounts", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (name,) = cursor.fetchone()
        cursor.execute(f'ALTER DATABASE "{name}" SET maintenance_work_mem = %s', ["1GB"])
        cursor.execute(STOCK.read_text().replace("{estates}", str(estates)))
    connection.close()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE catalogue_estate")


def page_time(agency: Agency, search: Search, cursor: str = "") -> float:
    """Seconds that the database takes for a page and its count."""
    spent: list[float] = []

    def timed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(time.perf_counter() - began)

    with connection.execute_wrapper(timed):
        find(agency, search, cursor, PAGE)
    return sum(spent)


def deep_pages(agency: Agency) -> tuple[float, float]:
    """The usual seconds of the first page, and of one after 50,000 estates."""
    listed = Estate.objects.for_agency(agency).filter(gone_at=None).order_by("-created_at", "-pk")
    at = min(50_000, listed.count() // 2)
    pk, created = listed.values_list("pk", "created_at")[at]
    cursor = write_mark(NEWEST, Mark(False, created, pk))
    times = [(page_time(agency, Search()), page_time(agency, Search(), cursor)) for _ in range(20)]
    return statistics.median(first for first, _ in times), statistics.median(deep for _, deep in times)


def drop_indexes() -> None:
    """Leaves the primary key and Django's index on the agency alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes"
            " WHERE tablename = 'catalogue_estate' AND starts_with(indexname, 'estate_')"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("ANALYZE catalogue_estate")
