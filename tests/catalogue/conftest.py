"""Estates that are here already, however they came."""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import count

import pytest

from accounts.models import Agency
from estates.catalogue.models import Estate, EstatePayload
from estates.catalogue.words import search_text
from estates.connections.models import Connection, State

FIRST_DAY = datetime(2026, 1, 1, 9, tzinfo=UTC)


@pytest.fixture
def connected(db):
    """`connected(agency)` is the agency's Ts-Immo connection, made at the first call."""

    def get(agency: Agency) -> Connection:
        found = Connection.objects.for_agency(agency).filter(system="ts_immo").first()
        return found or Connection.objects.create(
            agency=agency, system="ts_immo", label="Lyon", state=State.WORKING
        )

    return get


@pytest.fixture
def add_estate(connected):
    """`add_estate(agency, city="Lyon", …)` inserts an estate, a day younger than the last."""
    numbers = count(1)

    def add(agency: Agency, payload: str = "{}", **values) -> Estate:
        number = next(numbers)
        day = FIRST_DAY + timedelta(days=number)
        values = {
            "reference": f"MART-{number:04}",
            "title": f"Estate {number}",
            "created_at": day,
            "first_seen_at": day,
            "changed_at": day,
            "currency": "EUR",
            **values,
        }
        description = values.pop("description", "")
        texts = (values["reference"], values["title"], values.get("city", ""), description)
        values.setdefault("search_text", search_text(texts))
        estate = Estate.objects.create(
            agency=agency,
            connection=connected(agency),
            remote_id=f"remote-{number}",
            digest=blake2b(payload.encode(), digest_size=16).digest(),
            **values,
        )
        EstatePayload.objects.create(estate=estate, body=payload)
        return estate

    return add
