"""Every page of an agency with 100,000 estates and 100,000 leads, on PostgreSQL: its queries, and its time here.

The agency has some of everything else, 100,000 listings at Seeki, a proof for each of 20,000 estates, 50,000 people
and 20,000 jobs. Times are of the whole request in this process, the database's share included.
"""

import logging
import time
from collections.abc import Callable
from typing import NamedTuple

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection as db
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from accounts.models import Agency
from portal.serving import warm_up
from tests import canaries
from tests.bench.measure import Ratio, scaled, stopwatch
from tests.crowd import many, multiply
from tests.test_isolation import OF_AN_AGENCY, address

ROUNDS = 20
PATIENCE = 10_000
"""Milliseconds after which a slow page is not asked for again."""
QUERIES, MILLISECONDS = 12, 150

SIZES = {"estates": 100_000, "leads": 100_000, "people": 50_000, "proofs": 20_000, "jobs": 20_000}


class Visit(NamedTuple):
    """Of a page: its queries with an empty cache, and the 95th percentile in ms; `anew` with such a cache."""

    queries: int
    spent: float
    anew: float


def run() -> list[Ratio]:
    """Needs an empty database of its own."""
    call_command("migrate", verbosity=0)
    agency = Agency.objects.create(name="Agence Martin", slug="martin")
    rows = canaries.fill(agency, "Bench")
    multiply(agency, 3)
    with stopwatch("an agency with 100,000 estates and 100,000 leads"):
        fill(rows)
    logging.disable(logging.WARNING)
    warm_up()
    with override_settings(ALLOWED_HOSTS=["*"]), stopwatch(f"its pages, {ROUNDS} times"):
        measured = {name: visit(address(name, agency.slug, rows), rows) for name in OF_AN_AGENCY}
    pages = {name: found for name, found in measured.items() if found}
    for name, found in sorted(pages.items(), key=lambda page: -page[1].spent):
        print(f"    {name:34} {found.queries:4} queries {found.spent:8.1f} ms, anew {found.anew:8.1f} ms")
    asking, slowest, slowest_anew = (
        max(pages, key=lambda name, of=of: getattr(pages[name], of)) for of in Visit._fields
    )
    over = [name for name, found in pages.items() if found.queries > QUERIES or found.spent > MILLISECONDS]
    return [
        Ratio("pages: queries of the one that asks most", pages[asking].queries, QUERIES, True, asking),
        Ratio("pages: p95 of the slowest, ms", pages[slowest].spent, MILLISECONDS, True, slowest),
        Ratio("pages: the same anew, ms", pages[slowest_anew].anew, MILLISECONDS, True, slowest_anew),
        Ratio(f"pages: over 12 or 150 ms, of {len(pages)}", len(over), 0, True, ", ".join(over)),
    ]


def fill(rows: dict) -> None:
    """Rows whose words and dates are spread as those of an agency are."""
    size = {name: scaled(number, least=100) for name, number in SIZES.items()}
    estate, lead = rows["estate"], rows["lead"]
    kinds = "(string_to_array('apartment apartment apartment house house land parking commercial', ' '))"
    many(
        estate,
        size["estates"],
        remote_id="'r' || n",
        reference="'REF' || n",
        title="'Bien ' || n",
        type=f"{kinds}[1 + n % 8]",
        status="(string_to_array('available available available sold under_offer', ' '))[1 + n % 5]",
        offer_type="CASE WHEN n % 4 = 0 THEN 'rental' ELSE 'sale' END",
        price="60000 + (n * 7919) % 900000",
        city="'Ville ' || n % 400",
        postal_code="lpad((n % 400 * 37)::text, 5, '0')",
        latitude="43 + (n % 997) / 200.0",
        longitude="1 + (n % 991) / 200.0",
        public_url="'https://www.bench.example/bien/' || n",
        search_text="'ref' || n || ' bien ville ' || n % 400 || ' terrasse jardin ' || md5(n::text)",
        created_at="now() - n * interval '15 minutes'",
        changed_at="now() - n * interval '15 minutes'",
        gone_at="CASE WHEN n % 10 = 0 THEN now() - n * interval '1 minute' END",
    )
    many(rows["person"], size["people"])
    first_person, first_estate = (newest(table) - number + 1 for table, number in (
        ("leads_person", size["people"]), ("catalogue_estate", size["estates"])
    ))  # fmt: skip
    many(
        lead,
        size["leads"],
        remote_id="'r' || n",
        source="CASE WHEN n % 5 < 3 THEN 'marketing_lab' WHEN n % 5 = 3 THEN 'aviv' ELSE 'ts_immo' END",
        portal="(string_to_array('SeLoger SeLoger Logic-Immo Leboncoin', ' '))[1 + n % 4]",
        category="CASE WHEN n % 3 = 0 THEN 'Visite' ELSE 'Information' END",
        last_name="'Nom' || n",
        email="'nom' || n || '@exemple.fr'",
        email_key="'nom' || n || '@exemple.fr'",
        phone_key="'+336' || lpad(n::text, 8, '0')",
        search_text="'jean nom' || n || ' exemple fr ' || md5(n::text)",
        state="(string_to_array('new contacted contacted visit won lost lost lost lost spam', ' '))[1 + n % 10]",
        answered_at="CASE WHEN n % 10 > 0 THEN now() - (n * 10 - n % 500 * 5) * interval '1 minute' END",
        happened_at="now() - n * interval '10 minutes'",
        received_at="now() - n * interval '10 minutes'",
        changed_at="now() - n * interval '10 minutes'",
        assignee_id="CASE WHEN n % 3 > 0 THEN original.assignee_id END",
        person_id=f"{first_person} + n % {size['people']}",
        estate_id=f"{first_estate} + n % {size['estates']}",
        filed_at="now()",
        routed_at="now()",
    )
    stages = "(string_to_array('done done done done done due refused held none processing', ' '))"
    many(
        rows["listing"],
        size["estates"],
        external_id="'r' || n",
        estate_id=f"{first_estate} - 1 + n",
        title="'Bien ' || n",
        stage=f"{stages}[1 + n % 10]",
        verdict="(string_to_array('ready ready ready better will_be_refused', ' '))[1 + n % 5]",
        wanted="n % 7 > 0",
        code="CASE WHEN n % 10 = 6 THEN 'VALIDATION_FAILED' ELSE '' END",
        live_until="CASE WHEN n % 10 < 5 THEN now() + (n % 60) * interval '1 day' END",
        import_item_id="'item' || n",
    )
    proof = canaries.Proof.objects.for_agency(estate.agency).get(estate=estate)
    many(
        proof,
        size["proofs"],
        estate_id=f"{first_estate} - 1 + n",
        url="'https://www.bench.example/bien/' || n",
        verdict="CASE WHEN n % 50 = 0 THEN 'differs' ELSE 'right' END",
    )
    many(
        rows["job"],
        size["jobs"],
        subject="'estate:' || n",
        status="CASE WHEN n % 100 = 0 THEN 'failed' ELSE 'done' END",
        created_at="now() - n * interval '3 minutes'",
        finished_at="now() - n * interval '3 minutes'",
    )
    with db.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def newest(table: str) -> int:
    with db.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")  # noqa: S608
        return int(cursor.fetchone()[0])


def visit(page: str, rows: dict) -> Visit | None:
    """None where the address is no page."""
    client = Client()
    client.force_login(rows["owner"], backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(page)
    answer.close()
    if answer.status_code != 200 or answer.streaming or "text/html" not in answer["Content-Type"]:
        return None
    cache.clear()
    with CaptureQueriesContext(db) as asked:
        client.get(page)
    return Visit(len(asked), p95(client, page), p95(client, page, before=cache.clear))


def p95(client: Client, page: str, before: Callable[[], object] = lambda: None) -> float:
    spent: list[float] = []
    while len(spent) < ROUNDS and sum(spent) < PATIENCE:
        before()
        began = time.perf_counter()
        client.get(page)
        spent.append((time.perf_counter() - began) * 1000)
    return sorted(spent)[round(0.95 * len(spent)) - 1]
