"""Every page asks the database as often for much as for little, and few times."""

from django.core.cache import cache
from django.db import connection as db
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Agency
from tests import canaries, crowd
from tests.test_isolation import OF_AN_AGENCY, address, body

MOST = 12
FEW, MANY = 3, 20
"""Of each thing. The few fill a list, and the many no more than a page of one."""


def asked_by_page(agency: Agency, word: str, size: int) -> dict[str, list[str]]:
    """What each page asks when nothing is in the cache; what is no page is not there."""
    rows = canaries.fill(agency, word)
    crowd.multiply(agency, size)
    client, asked = Client(), {}
    client.force_login(rows["owner"], backend="allauth.account.auth_backends.AuthenticationBackend")
    for name in OF_AN_AGENCY:
        page = address(name, agency.slug, rows)
        answer = client.get(page)
        body(answer)
        if answer.status_code != 200 or answer.streaming or "text/html" not in answer["Content-Type"]:
            continue
        cache.clear()
        with CaptureQueriesContext(db) as queries:
            client.get(page)
        asked[name] = [query["sql"] for query in queries]
    return asked


def test_no_page_asks_more_often_when_there_is_more(agency, other_agency):
    few, many = asked_by_page(agency, "FEW", FEW), asked_by_page(other_agency, "MANY", MANY)
    assert few.keys() == many.keys()
    grown = {
        name: f"{len(few[name])} → {len(many[name])}" for name in few if len(few[name]) != len(many[name])
    }
    assert grown == {}
    asking = {name: len(queries) for name, queries in many.items() if len(queries) > MOST}
    assert asking == {}
