"""Callers of the simulated Seeki, which say what its guide says and nothing else."""

import json

import pytest
import requests

from portal.sandbox import sandbox


def listing(number=1, **changes):
    """With every field of the guide."""
    return {
        "external_id": f"crm-{number}",
        "listing_type": "SELL",
        "real_estate_type": "APARTMENT",
        "price": 320000,
        "currency": "EUR",
        "address": {
            "street": "Wenceslas Square 1",
            "city": "Prague",
            "country_code": "CZ",
            "postal_code": "11000",
        },
        "coordinates": {"lat": 50.08, "lng": 14.42},
        "name": "Sunny 2-bedroom apartment",
        "description": "Fifth floor",
        "floorage": 65,
        "floor": 5,
        "rooms": 2.5,
        "images": ["https://img.example/1.jpg", "http://img.example/2.jpg"],
        "contact": {"name": "A", "email": "a@x.example", "phone": "+420 1"},
    } | changes


class Caller(requests.Session):
    """Calls one environment with paths below its base and a bearer token; "" sends no header."""

    def __init__(self, box, system, key):
        super().__init__()
        self.trust_env = False
        self.base = f"{box.url}{system.base}"
        if key:
            self.headers["Authorization"] = f"Bearer {key}"

    def request(self, method, path, **options):
        options.setdefault("timeout", 60)
        options["allow_redirects"] = False
        return super().request(method, self.base + path, **options)

    def listings(self, *listings, **options):
        return self.post("/listings", json={"listings": list(listings)}, **options)

    def feed(self, path, content, content_type="application/xml"):
        return self.post(path, data=content, headers={"Content-Type": content_type})

    def status(self, item_id):
        return self.get(f"/import-items/{item_id}/status")

    def retry(self, item_id):
        return self.post(f"/import-items/{item_id}/retry")


@pytest.fixture
def box():
    with sandbox(estates=0, leads=0) as running:
        yield running


@pytest.fixture
def account(box):
    return box.seeki.accounts["martin"]


@pytest.fixture
def connect(box):
    """`connect()` is Agence Martin in production; `key=` and `system=` somebody else or elsewhere."""
    opened = []

    def get(key=None, system=None):
        system = system or box.seeki
        opened.append(Caller(box, system, system.accounts["martin"].key if key is None else key))
        return opened[-1]

    yield get
    for session in opened:
        session.close()


@pytest.fixture
def martin(connect):
    return connect()


@pytest.fixture
def imported(martin):
    """`imported(listing())` is the id of the import that the listing was accepted as."""

    def get(*listings):
        answer = martin.listings(*listings).json()
        assert answer["rejected"] == []
        return [entry["import_item_id"] for entry in answer["accepted"]]

    return get


def said(answer):
    return answer.status_code, json.loads(answer.content)["error_code"]
