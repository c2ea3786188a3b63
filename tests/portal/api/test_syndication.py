"""How an estate stands at Seeki."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Scope
from estates.connections.models import System
from estates.syndication.models import Listing, Plan

URL = "/api/v1/syndication/e1"


@pytest.fixture
def add(agency, connected):
    def get(label="x", **values) -> Listing:
        plan = Plan.objects.create(agency=agency, connection=connected(agency, System.SEEKI, label))
        return Listing.objects.create(agency=agency, plan=plan, external_id="e1", **values)

    return get


@pytest.fixture
def reader(agency, partner):
    return partner(agency, Scope.ESTATES_READ)


def test_all_that_is_known(add, reader):
    until = timezone.now() + timedelta(days=30)
    listing = add(
        wanted=True,
        stage="refused",
        live_until=until,
        verdict="will_be_refused",
        reasons=[["price_missing", "price", ""], ["no-such-code", "", "x"]],
        code="GEOCODE_ADDRESS_NOT_FOUND",
        words="no such street",
        listing_id="L1",
    )
    body = reader.get(URL).json()
    assert body["external_id"] == "e1"
    (told,) = body["listings"]
    assert (told["connection"], told["standing"]) == (listing.plan.connection_id, "refused")
    assert told["live_until"][:19] == until.isoformat()[:19]
    assert told["seeki"] == {
        "code": "GEOCODE_ADDRESS_NOT_FOUND",
        "words": "no such street",
        "listing_id": "L1",
    }
    assert told["forecast"]["verdict"] == "will_be_refused"
    known, unknown = told["forecast"]["reasons"]
    assert known["code"] == "price_missing"
    assert "on request" in known["words"]
    assert unknown["refuses"] is False


@pytest.mark.parametrize(
    ("values", "days", "standing"),
    [
        ({"wanted": True}, None, "coming"),
        ({"wanted": True, "stage": "held"}, None, "held"),
        ({"wanted": True, "stage": "done"}, 9, "live"),
        ({}, 9, "lapsing"),
        ({}, -9, "lapsed"),
        ({}, None, "out"),
    ],
)
def test_standing(add, reader, values, days, standing):
    add(**values, live_until=timezone.now() + timedelta(days=days) if days else None)
    assert reader.get(URL).json()["listings"][0]["standing"] == standing


def test_each_account(add, reader):
    first, second = add("one"), add("two")
    told = reader.get(URL).json()["listings"]
    assert [one["connection"] for one in told] == [first.plan.connection_id, second.plan.connection_id]
    assert "two" in told[1]["account"]


def test_it_speaks_english(add, reader, settings):
    settings.LANGUAGE_CODE = "fr"
    add(reasons=[["name_missing", "name", ""]], verdict="better")
    words = reader.get(URL).json()["listings"][0]["forecast"]["reasons"][0]
    assert words["mend"] == "Mend it in Ts-Immo; it comes here with the next sync."


def test_missing(add, reader):
    add()
    for name in ("e2", "x" * 400, "e1%20"):
        assert reader.get(f"/api/v1/syndication/{name}").status_code == 404


def test_the_same_is_not_sent_again(add, reader):
    listing = add()
    tag = reader.get(URL)["ETag"]
    assert reader.get(URL, headers={"If-None-Match": tag}).status_code == 304
    Listing.objects.for_agency(listing.agency).update(wanted=True)
    assert reader.get(URL, headers={"If-None-Match": tag}).status_code == 200


def test_scope(agency, add, partner):
    add()
    assert partner(agency, Scope.ESTATES_WRITE).get(URL).status_code == 403
