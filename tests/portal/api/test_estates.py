"""The list of estates: Ts-Immo's filters and envelope, its payloads as they came, pages that do not shift."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import PartnerKey, Scope
from accounts.partners import keys
from estates.catalogue.models import Estate, EstatePayload
from estates.connections.models import System
from portal.api.estates_list import OVERLAP

URL = "/api/v1/estates"


@pytest.fixture
def add(agency, connected):
    """`add(3, city="Lyon")` is estate e3, created on the third day."""
    account = connected(agency, System.TS_IMMO)
    first = timezone.now() - timedelta(days=300)

    def get(number, body=None, **values) -> Estate:
        at = first + timedelta(days=number)
        name = f"e{number}"
        row = Estate.objects.create(
            agency=agency,
            remote_id=name,
            digest=f"{name}{values}".encode(),
            **{
                "connection": account,
                "created_at": at,
                "first_seen_at": at,
                "changed_at": at,
                "search_text": name,
            }
            | values,
        )
        EstatePayload.objects.create(estate=row, body=body or f'{{"id": "{name}"}}')
        return row

    return get


@pytest.fixture
def reader(agency, partner):
    return partner(agency, Scope.ESTATES_READ)


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [estate["id"] for estate in answer.json()["data"]]


class TestEnvelope:
    def test_is_that_of_ts_immo(self, add, reader):
        for number in range(1, 4):
            add(number)
        answer = reader.get(URL, {"limit": 2})
        assert ids(answer) == ["e3", "e2"]
        body = answer.json()
        assert (body["total"], body["page"], body["limit"]) == (3, 1, 2)
        assert body["next_cursor"]
        assert "gone" not in body

    def test_the_payload_is_what_came_to_the_letter(self, add, reader):
        raw = '{"id":"e1",  "price": 1.10, "odd":"caf\\u00e9 é", "x":[1e3]}'
        add(1, raw)
        assert raw.encode() in reader.get(URL).content
        assert reader.get(f"{URL}/e1").content == raw.encode()

    def test_nothing(self, agency, reader):
        assert reader.get(URL).json() == {
            "data": [],
            "total": 0,
            "page": 1,
            "limit": 50,
            "next_cursor": None,
        }

    def test_without_a_payload_there_is_its_id_still(self, add, reader):
        EstatePayload.objects.filter(estate=add(1)).delete()
        assert reader.get(URL).json()["data"] == [{"id": "e1"}]
        assert reader.get(f"{URL}/e1").json() == {"id": "e1"}

    def test_more_estates_are_no_more_queries(self, add, reader):
        counts = []
        reader.get(URL)
        for number in range(1, 8):
            add(number)
            if number in (1, 7):
                cache.clear()
                with CaptureQueriesContext(connection) as queries:
                    reader.get(URL)
                counts.append(len(queries))
        assert counts[0] == counts[1]


class TestFilters:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"query": "vill"}, ["e2"]),
            ({"type": "house"}, ["e2"]),
            ({"sub_type": "villa"}, ["e2"]),
            ({"offer_type": "rental"}, ["e2"]),
            ({"status": "sold"}, ["e2"]),
            ({"min_price": "200000.5"}, ["e2"]),
            ({"max_price": "200000"}, ["e1"]),
            ({"min_surface": "100"}, ["e2"]),
            ({"max_surface": "99.9"}, ["e1"]),
            ({"bedrooms": "4"}, ["e2"]),
            ({"bathrooms": "2"}, ["e2"]),
            ({"city": "ecully"}, ["e2"]),
            ({"postal_code": "69"}, ["e2"]),
            ({"country": "CH"}, ["e2"]),
            ({"region": "rhone"}, ["e2"]),
            ({"featured": "true"}, ["e2"]),
            ({"featured": "false"}, ["e1"]),
            ({"is_project": "true"}, ["e2"]),
            ({"city": "ecully", "max_price": "1"}, []),
            ({"city": "", "type": ""}, ["e2", "e1"]),
        ],
    )
    def test_each(self, add, reader, asked, found):
        add(1, type="flat", offer_type="sale", status="available", price=200_000, surface=50, city="Paris")
        add(
            2,
            type="house",
            sub_type="villa",
            offer_type="rental",
            status="sold",
            price="200000.50",
            surface=100,
            bedrooms=4,
            bathrooms=2,
            city="Écully",
            postal_code="69130",
            country="CH",
            region="Rhône",
            featured=True,
            is_project=True,
            search_text="villa avec piscine",
        )
        answer = reader.get(URL, asked)
        assert ids(answer) == found
        assert answer.json()["total"] == len(found)

    @pytest.mark.parametrize(
        "asked",
        [
            {"page": "0"},
            {"limit": "101"},
            {"limit": "0"},
            {"orderby": "id"},
            {"order": "asc"},
            {"min_price": "-1"},
            {"min_price": "NaN"},
            {"max_surface": "1e300"},
            {"bedrooms": "two"},
            {"featured": "perhaps"},
            {"city": "x" * 121},
            {"updated_since": "yesterday"},
            {"updated_since": "2026-11-28T09:30:00"},
            {"updated_since": "0001-01-01T00:00:00+14:00"},
            {"updated_since": "9999-12-31T23:59:59-14:00"},
            {"cursor": "nonsense"},
        ],
    )
    def test_a_wrong_value_is_named(self, add, reader, asked):
        answer = reader.get(URL, asked)
        assert answer.status_code == 422
        assert [words.split(":")[0] for words in answer.json()["message"]] == [*asked]

    def test_an_unknown_one_is_named(self, add, reader):
        answer = reader.get(f"{URL}?citty=Lyon")
        assert (answer.status_code, answer.json()["message"][0][:6]) == (422, "citty:")

    @pytest.mark.parametrize("query", ["query=%00", "city=a%00b", "cursor=%00"])
    def test_nul_finds_nothing(self, reader, query):
        assert reader.get(f"{URL}?{query}").status_code == 422
        assert reader.get(f"{URL}/%00").status_code == 404


class TestPages:
    ORDERS = [
        (column, order)
        for column in ("created_at", "updated_at", "price", "surface", "city")
        for order in ("ASC", "DESC")
    ]

    @pytest.fixture
    def many(self, add):
        """With ties, and with estates that lack what orders."""
        for number in range(1, 12):
            values = {"price": number % 4 * 1000, "surface": number, "city": f"C{number % 3}"}
            values["updated_at"] = timezone.now() - timedelta(hours=number)
            add(number, **({} if number % 5 == 0 else values))

    @pytest.mark.parametrize(("column", "order"), ORDERS)
    def test_numbered_and_cursor_pages_agree(self, many, reader, column, order):
        asked = {"orderby": column, "order": order, "limit": 4}
        by_number = [name for page in (1, 2, 3) for name in ids(reader.get(URL, asked | {"page": page}))]
        by_cursor, cursor = [], None
        while cursor != "":
            answer = reader.get(URL, asked | ({"cursor": cursor} if cursor else {}))
            by_cursor += ids(answer)
            cursor = answer.json()["next_cursor"] or ""
        assert by_number == by_cursor
        assert sorted(by_number) == sorted(f"e{number}" for number in range(1, 12))
        if column != "created_at":
            assert {by_number[-1], by_number[-2]} == {"e5", "e10"}

    def test_a_numbered_page_has_a_cursor_to_go_on_with(self, many, reader):
        answer = reader.get(URL, {"orderby": "price", "limit": 4, "page": 2})
        cursor = answer.json()["next_cursor"]
        behind = ids(reader.get(URL, {"orderby": "price", "limit": 4, "cursor": cursor}))
        assert behind == ids(reader.get(URL, {"orderby": "price", "limit": 4, "page": 3}))

    def test_a_cursor_survives_inserts(self, add, reader):
        for number in range(10, 14):
            add(number)
        first = reader.get(URL, {"limit": 2})
        add(20)
        add(1)
        assert ids(first) == ["e13", "e12"]
        rest = reader.get(URL, {"limit": 3, "cursor": first.json()["next_cursor"]})
        assert ids(rest) == ["e11", "e10", "e1"]

    def test_not_with_another_order_or_a_page(self, many, reader):
        cursor = reader.get(URL, {"limit": 2}).json()["next_cursor"]
        for more in ({"orderby": "price"}, {"order": "ASC"}, {"page": 2}):
            assert reader.get(URL, {"limit": 2, "cursor": cursor} | more).status_code == 422

    def test_behind_the_last_page(self, many, reader):
        answer = reader.get(URL, {"page": 1_000_000, "limit": 100})
        assert ids(answer) == []
        assert answer.json()["total"] == 11

    def test_the_total_is_exact_beyond_what_the_browser_counts(self, add, reader, monkeypatch):
        monkeypatch.setattr("estates.catalogue.search.COUNTED", 2)
        for number in range(1, 6):
            add(number)
        assert reader.get(URL, {"limit": 2}).json()["total"] == 5


class TestUpdatedSince:
    def test_only_what_changed(self, add, reader):
        now = timezone.now()
        add(1)
        add(2, changed_at=now)
        answer = reader.get(URL, {"updated_since": (now - timedelta(hours=1)).isoformat()})
        assert ids(answer) == ["e2"]
        assert (answer.json()["gone"], answer.json()["total"]) == ([], 1)

    def test_what_is_gone_leaves_a_tombstone(self, add, reader):
        now = timezone.now()
        add(1, gone_at=now, changed_at=now)
        add(2, gone_at=now - timedelta(days=9), changed_at=now - timedelta(days=9))
        assert ids(reader.get(URL)) == []
        answer = reader.get(URL, {"updated_since": (now - timedelta(hours=1)).isoformat()})
        assert ids(answer) == []
        (stone,) = answer.json()["gone"]
        assert stone["id"] == "e1"
        assert stone["gone_at"].startswith(now.isoformat()[:19])

    def test_what_leaves_the_filters_too(self, add, reader):
        now = timezone.now()
        add(1, city="Lyon", changed_at=now)
        add(2, city="Paris", changed_at=now)
        asked = {"city": "Lyon", "updated_since": (now - timedelta(hours=1)).isoformat()}
        answer = reader.get(URL, asked)
        assert ids(answer) == ["e1"]
        assert [stone["id"] for stone in answer.json()["gone"]] == ["e2"]

    def test_pages_hold_both(self, add, reader):
        now = timezone.now()
        for number in range(1, 8):
            add(number, changed_at=now, **({"gone_at": now} if number % 2 else {}))
        seen, gone, cursor = [], [], None
        while cursor != "":
            asked = {"updated_since": (now - timedelta(hours=1)).isoformat(), "limit": 3}
            answer = reader.get(URL, asked | ({"cursor": cursor} if cursor else {}))
            seen += ids(answer)
            gone += [stone["id"] for stone in answer.json()["gone"]]
            cursor = answer.json()["next_cursor"] or ""
        assert (sorted(seen), sorted(gone)) == (["e2", "e4", "e6"], ["e1", "e3", "e5", "e7"])

    def test_the_next_question_overlaps(self, agency, reader):
        before = timezone.now()
        answer = reader.get(URL, {"updated_since": before.isoformat()}).json()
        assert answer["as_of"] >= (before - OVERLAP).isoformat()[:19]
        assert answer["as_of"] <= (timezone.now() - OVERLAP).isoformat()


class TestOne:
    def test_unknown_or_gone(self, add, reader):
        add(1, gone_at=timezone.now())
        for name in ("e1", "e2", "e1'", "x" * 500):
            assert reader.get(f"{URL}/{name}").status_code == 404

    def test_of_two_accounts_the_newer_row(self, agency, add, connected, reader):
        add(1)
        second = connected(agency, System.TS_IMMO, "second")
        add(1, '{"id": "e1", "newer": true}', connection=second)
        assert json.loads(reader.get(f"{URL}/e1").content)["newer"]


class TestAKeyOfAMomentAgo:
    """Whether it works still is asked along with the page, where that is the first."""

    @pytest.mark.parametrize("asked", ["", "order=ASC", "limit=2", "city=Nowhere", "page=2", "query=e1"])
    def test_opens_what_it_opened(self, add, reader, asked):
        for number in range(1, 4):
            add(number)
        first = reader.get(f"{URL}?{asked}")
        again = reader.get(f"{URL}?{asked}")
        assert (again.status_code, again.content) == (200, first.content)

    @pytest.mark.parametrize("asked", ["", "city=Nowhere", "page=2", "query=e1"])
    @pytest.mark.parametrize("headers", [{}, {"If-None-Match": "*"}], ids=["whole", "if-none-match"])
    def test_opens_nothing_from_when_it_is_revoked(self, agency, add, reader, member, asked, headers):
        add(1)
        assert reader.get(f"{URL}?{asked}", headers=headers).status_code in (200, 304)
        keys.revoke(PartnerKey.objects.for_agency(agency).get(), member(agency))
        answer = reader.get(f"{URL}?{asked}", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["message"] == ["Unauthorized"]
        assert answer["WWW-Authenticate"] == "Bearer"


def test_scope(agency, add, partner):
    add(1)
    for url in (URL, f"{URL}/e1"):
        answer = partner(agency, Scope.ESTATES_WRITE).get(url)
        assert answer.json()["message"] == ["This key lacks the scope estates:read."]
