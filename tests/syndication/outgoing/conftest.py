"""Estates that a portal would take, addresses that give them, and a browser that is a portal."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from itertools import count

import orjson
import pytest
from django.core.cache import cache
from django.test import Client
from lxml import etree

from accounts.models import Agency
from accounts.roles import Role
from estates.catalogue.models import Estate, EstatePayload
from estates.catalogue.words import search_text
from estates.connections.models import Connection, State
from estates.syndication.models import Outlet
from estates.syndication.outgoing.addresses import address_of

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
    "land_surface": None,
    "rooms": 3,
    "bedrooms": 2,
    "bathrooms": 1,
    "address": "12 rue de la République",
    "city": "Lyon",
    "postal_code": "69002",
    "region": "Auvergne-Rhône-Alpes",
    "country": "FR",
    "latitude": 45.754,
    "longitude": 4.83,
    "images": ["https://photos.martin.example/1.jpg", "https://photos.martin.example/2.jpg"],
}
PAYLOAD = {
    "description": "Lumineux, traversant &amp; calme.<br>Balcon <b>plein sud</b>.",
    "floor": 2,
    "contact": {"name": "Éloïse Faÿ", "mail": "eloise.fay@martin.example", "phone": "+33465710001"},
}


@pytest.fixture(autouse=True)
def fresh_cache():
    """The words of one test's agency are not the next one's, though both have the same key."""
    cache.clear()


@pytest.fixture(autouse=True)
def fresh_storage(settings, tmp_path):
    """The files of one test's outlet are not the next one's either."""
    settings.MEDIA_ROOT = tmp_path / "media"


def ts_immo(agency: Agency) -> Connection:
    found = Connection.objects.for_agency(agency).filter(system="ts_immo").first()
    return found or Connection.objects.create(
        agency=agency, system="ts_immo", label="Lyon", state=State.WORKING
    )


def unsaved(**values) -> Estate:
    held = {"remote_id": "e-1", "created_at": DAY, "first_seen_at": DAY, "changed_at": DAY, **GOOD}
    return Estate(**{**held, **values})


@pytest.fixture
def add_estate(db):
    """`add_estate(agency, city="Nice", payload={…})` stores an estate, changed a minute after the last."""
    numbers = count(1)

    def add(agency: Agency, payload: dict | None = None, **values) -> Estate:
        number = next(numbers)
        held = {
            "remote_id": f"remote-{number}",
            "reference": f"MART-{number:04}",
            "changed_at": DAY + timedelta(minutes=number),
        }
        estate = unsaved(**{**held, **values})
        body = orjson.dumps({**PAYLOAD, **(payload or {}), "number": number})
        estate.agency, estate.connection = agency, ts_immo(agency)
        estate.digest = blake2b(body, digest_size=16).digest()
        estate.search_text = search_text((estate.reference, estate.title, estate.city))
        estate.save(force_insert=True)
        EstatePayload.objects.create(estate=estate, body=body.decode())
        return estate

    return add


@pytest.fixture
def add_outlet(db):
    def add(agency: Agency, name: str = "Portail", **values) -> Outlet:
        return Outlet.objects.create(agency=agency, name=name, **values)

    return add


@pytest.fixture
def manager(agency, member):
    return member(agency, Role.MANAGER)


@pytest.fixture
def portal(settings):
    """`portal(outlet, HTTP_IF_NONE_MATCH=…)` fetches at the outlet's address, as somebody without a login."""

    def fetch(outlet: Outlet, method: str = "get", **headers):
        path = address_of(outlet).removeprefix(settings.PUBLIC_URL)
        return getattr(Client(), method)(path, **headers)

    return fetch


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def numbers_in(response) -> list[str]:
    """The numbers of the listings that an answer holds."""
    root = etree.fromstring(body_of(response))
    return root.xpath("//objektnr_extern/text() | //referencia/text()")
