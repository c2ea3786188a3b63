"""Seeki's client, on a sandbox of its own or on a server that misbehaves."""

import json

import pytest

from estates.remotes.seeki import SeekiClient

KEY = "seeki_live_Canary+9/x&7=Zq'secret"


def listing(number=1, **changes):
    """The guide's example, with an id of its own."""
    return {
        "external_id": f"crm-{number}",
        "listing_type": "SELL",
        "real_estate_type": "APARTMENT",
        "price": 320000,
        "currency": "EUR",
        "address": {"street": "Wenceslas Square 1", "city": "Prague", "country_code": "CZ"},
        "name": "Sunny 2-bedroom apartment",
    } | changes


def sendable(count=1, **changes):
    return [json.dumps(listing(number, **changes)).encode() for number in range(1, count + 1)]


@pytest.fixture
def martin(box):
    return box.seeki.accounts["martin"]


@pytest.fixture
def client(box, martin, answers):
    """A client of Agence Martin's at the sandbox."""
    client = SeekiClient(f"{box.url}{box.seeki.base}", martin.key, on_answer=answers.append)
    yield client
    client.close()


@pytest.fixture
def lone(server, answers, patience):
    """A client of a server that answers with whatever bytes it is told."""
    client = SeekiClient(
        server.url,
        KEY,
        patience=patience,
        max_bytes=50_000,
        on_answer=answers.append,
    )
    yield client
    client.close()
