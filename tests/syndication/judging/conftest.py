"""A plan of Agence Martin, estates that Seeki would take, and a look through them."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

import orjson
import pytest
from django.core.cache import cache

from accounts.models import Agency
from accounts.roles import Role
from estates.catalogue.models import Estate, EstatePayload
from estates.connections.models import Connection, State
from estates.jobs.work import run_now
from estates.syndication.looking import start_look
from estates.syndication.models import Listing, Plan

DAY = datetime(2026, 1, 2, 9, tzinfo=UTC)
GOOD = {
    "title": "Appartement T3 avec terrasse",
    "type": "apartment",
    "sub_type": "flat",
    "offer_type": "sale",
    "status": "available",
    "price": Decimal(320_000),
    "currency": "EUR",
    "surface": Decimal("64.50"),
    "rooms": 3,
    "address": "12 rue de la République",
    "city": "Lyon",
    "postal_code": "69002",
    "country": "FR",
    "latitude": 45.754,
    "longitude": 4.83,
    "images": ["https://photos.martin.example/1.jpg"],
}
PAYLOAD = {
    "description": "Lumineux, traversant et calme, à deux pas de la place Bellecour et du métro.",
    "floor": 2,
    "contact": {"name": "Éloïse Faÿ", "mail": "eloise.fay@martin.example", "phone": "+33465710001"},
}


@pytest.fixture(autouse=True)
def fresh_cache():
    """The words of one test's agency are not the next one's, though both have the same key."""
    cache.clear()


def ts_immo(agency: Agency, label: str = "Lyon") -> Connection:
    found = Connection.objects.for_agency(agency).filter(system="ts_immo", label=label).first()
    return found or Connection.objects.create(
        agency=agency, system="ts_immo", label=label, state=State.WORKING
    )


def unsaved(**values) -> Estate:
    """An estate that Seeki would take, with some columns otherwise; never stored."""
    return Estate(
        **{
            "remote_id": "e-1",
            "reference": "MART-1",
            "created_at": DAY,
            "first_seen_at": DAY,
            **GOOD,
            **values,
        }
    )


@pytest.fixture
def add_estate(db):
    """`add_estate(agency, price=None, payload={…}, label=…)` stores an estate that Seeki would take otherwise."""
    numbers = count(1)

    def add(agency: Agency, payload: dict | None = None, label: str = "Lyon", **values) -> Estate:
        number = next(numbers)
        estate = unsaved(
            **{"remote_id": f"remote-{number}", "reference": f"MART-{number:04}", "changed_at": DAY, **values}
        )
        estate.agency, estate.connection, estate.digest = agency, ts_immo(agency, label), b"0" * 16
        estate.save(force_insert=True)
        body = orjson.dumps({**PAYLOAD, **(payload or {})}).decode()
        EstatePayload.objects.create(estate=estate, body=body)
        return estate

    return add


@pytest.fixture
def plan(agency) -> Plan:
    return plan_of(agency)


@pytest.fixture
def manager(agency, member):
    return member(agency, Role.MANAGER)


def plan_of(agency: Agency, label: str = "Seeki") -> Plan:
    seeki = Connection.objects.create(agency=agency, system="seeki", label=label, state=State.WORKING)
    return Plan.objects.create(agency=agency, connection=seeki, active=True)


@pytest.fixture
def look():
    """`look(plan)` looks through the catalogue at once and gives the listings by their number."""

    def get(plan: Plan) -> dict[str, Listing]:
        job = run_now(start_look(plan))
        assert (job.status, job.error) == ("done", "")
        return listings(plan)

    return get


def listings(plan: Plan) -> dict[str, Listing]:
    rows = Listing.objects.for_agency(plan.agency).filter(plan=plan)
    return {row.external_id: row for row in rows}
