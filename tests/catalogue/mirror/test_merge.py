from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection as db
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from estates.catalogue import merge as merging
from estates.catalogue.merge import differences, held_by, merge
from estates.catalogue.models import Estate, EstateChange, EstatePayload
from tests.catalogue.mirror.conftest import remote

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
WRITES = ("INSERT", "UPDATE", "DELETE", "COPY", "WITH", "CREATE", "TRUNCATE")


def estates(connection):
    return Estate.objects.for_agency(connection.agency).order_by("remote_id")


def history(connection):
    lines = EstateChange.objects.for_agency(connection.agency).order_by("id")
    return [(line.estate.remote_id, line.field, line.before, line.after) for line in lines]


def everything(connection):
    """All rows and payloads, but for the ids that a database gives out."""
    rows = [{k: v for k, v in row.items() if k != "id"} for row in estates(connection).values()]
    bodies = list(EstatePayload.objects.order_by("estate__remote_id").values_list("body", flat=True))
    return rows, bodies, history(connection)


def test_a_new_estate_is_stored_with_its_columns_and_its_payload(connection):
    merged = merge(connection, [remote(7, bedrooms=3, price="1 250 000,50", unheard_of={"a": [1]})], NOW)
    assert (merged.stored, merged.changed, merged.rejected) == (1, 0, [])
    estate = estates(connection).get()
    assert (estate.remote_id, estate.reference, estate.title) == ("id-00007", "REF-7", "Maison n° 7")
    assert (estate.city, estate.bedrooms, estate.price) == ("Écully", 3, Decimal("1250000.50"))
    assert estate.images == ["https://pictures.example/7.jpg"]
    assert (estate.agency, estate.connection) == (connection.agency, connection)
    assert (estate.first_seen_at, estate.changed_at, estate.missed, estate.gone_at) == (NOW, NOW, 0, None)
    assert estate.created_at == datetime(2025, 1, 15, 10, 30, tzinfo=UTC)
    assert '"unheard_of":{"a":[1]}' in estate.payload.body
    assert "ecully" in estate.search_text.split()


def test_an_estate_without_a_creation_date_counts_as_created_when_first_seen(connection):
    merge(connection, [remote(1, created_at=None)], NOW)
    merge(connection, [remote(1, created_at=None, title="Autre")], LATER)
    estate = estates(connection).get()
    assert (estate.title, estate.created_at, estate.first_seen_at) == ("Autre", NOW, NOW)
    assert estate.changed_at == LATER


def test_price_and_status_changes_are_kept_as_history(connection):
    merge(connection, [remote(1, price=200_000), remote(2)], NOW)
    merged = merge(
        connection, [remote(1, price=190_000.5, status="under_offer"), remote(2, title="X")], LATER
    )
    assert (merged.stored, merged.changed) == (0, 2)
    assert history(connection) == [
        ("id-00001", "price", "200000.00", "190000.50"),
        ("id-00001", "status", "available", "under_offer"),
    ]
    assert EstateChange.objects.for_agency(connection.agency).first().at == LATER


def test_a_price_that_appears_or_disappears_is_history_too(connection):
    for price in (None, 10, None):
        merge(connection, [remote(1, price=price)], NOW)
    assert history(connection) == [("id-00001", "price", "", "10.00"), ("id-00001", "price", "10.00", "")]


def test_the_same_page_twice_writes_nothing_the_second_time(connection):
    page = [remote(number) for number in range(50)]
    merge(connection, page, NOW)
    before = everything(connection)
    with CaptureQueriesContext(
        db,
    ) as queries:
        merged = merge(connection, page, LATER)
    assert (merged.stored, merged.changed) == (0, 0)
    assert not [query for query in queries if query["sql"].startswith(WRITES)]
    assert everything(connection) == before


def test_only_what_differs_is_touched(connection):
    merge(connection, [remote(number) for number in range(20)], NOW)
    merge(connection, [remote(n, status="sold") if n == 3 else remote(n) for n in range(20)], LATER)
    touched = estates(connection).filter(changed_at=LATER)
    assert [estate.remote_id for estate in touched] == ["id-00003"]


def test_an_estate_that_was_missed_once_is_put_right_silently(connection):
    merge(connection, [remote(1)], NOW)
    estates(connection).update(missed=1)
    merged = merge(connection, [remote(1)], LATER)
    estate = estates(connection).get()
    assert (merged.stored, merged.changed, estate.missed, estate.changed_at) == (0, 0, 0, NOW)
    assert history(connection) == []


def test_an_estate_that_was_gone_is_noted_as_back(connection):
    merge(connection, [remote(1)], NOW)
    estates(connection).update(missed=2, gone_at=NOW)
    merged = merge(connection, [remote(1)], LATER)
    estate = estates(connection).get()
    assert (merged.changed, estate.missed, estate.gone_at, estate.changed_at) == (1, 0, None, LATER)
    assert history(connection) == [("id-00001", "back", "", "")]


def test_what_we_hold_tells_the_differences(connection):
    merge(connection, [remote(1), remote(2), remote(3)], NOW)
    estates(connection).filter(remote_id="id-00003").update(missed=1)
    held = held_by(connection)
    assert held["id-00001"].quiet
    assert not held["id-00003"].quiet
    listed = [remote(1), remote(2, title="X"), remote(3), remote(4)]
    assert [estate.remote_id for estate in differences(listed, held)] == ["id-00002", "id-00003", "id-00004"]


def test_two_connections_with_the_same_remote_ids_stay_apart(connection, other_agency):
    from estates.connections.models import Connection

    other = Connection.objects.create(agency=other_agency, system="ts_immo", label="other")
    merge(connection, [remote(1, title="Ours")], NOW)
    merge(other, [remote(1, title="Theirs", price=1)], NOW)
    assert estates(connection).get().title == "Ours"
    assert estates(other).get().title == "Theirs"
    assert history(connection) == history(other) == []


def test_another_workers_insert_is_merged_with(connection, monkeypatch):
    """Both saw the estates as new; the second comes when the first has committed."""
    page = [remote(1), remote(2, price=5)]
    merge(connection, [remote(1), remote(2)], NOW)
    monkeypatch.setattr(merging, "_locked", lambda *_: {})
    merge(connection, page, LATER)
    assert estates(connection).count() == EstatePayload.objects.count() == 2
    assert [str(estate.price) for estate in estates(connection)] == ["200001.00", "5.00"]
    assert estates(connection).first().changed_at == NOW


HOSTILE = {
    "nul": {"title": "a\0b", "description": "\0" * 10, "images": ["https://x.example/\0.jpg"]},
    "huge numbers": {
        "price": 10**30,
        "bedrooms": 10**12,
        "surface": 1e308,
        "rooms": -5,
        "land_surface": 1e11,
    },
    "huge strings": dict.fromkeys(("title", "description", "reference", "status", "type"), "é" * 1000000),
    "wrong types": {"title": {"x": 1}, "images": 7, "location": [], "featured": "oui", "created_at": []},
    "dates": {"created_at": "0001-01-01T00:00:00Z", "updated_at": 10**40},
    "copy's own marks": {"title": "\\.\n\\N\t\\x00", "description": "a\tb\nc\\.\r\n\\N"},
    "sql": {"title": "'); DROP TABLE catalogue_estate; --", "reference": "%s %(x)s {0}"},
    "other scripts": {"title": "Ελληνικά Русский 中文 🏠 \u202e\ufeff", "location": {"city": "İzmir ẞ"}},
}


@pytest.mark.parametrize("values", HOSTILE.values(), ids=HOSTILE)
def test_hostile_values_are_stored_or_left_out_and_hurt_nobody_else(connection, values):
    merged = merge(connection, [remote(1), remote(2, **values), remote(3)], NOW)
    assert merged.stored == 3
    assert merged.rejected == []
    held = {estate.remote_id: estate for estate in estates(connection)}
    assert set(held) == {"id-00001", "id-00002", "id-00003"}
    assert len(held["id-00002"].search_text) <= 2000
    assert held["id-00002"].payload.body == remote(2, **values).raw.decode()
    assert merge(connection, [remote(2, **values)], LATER).changed == 0


def test_an_estate_that_the_database_cannot_hold_is_named_and_the_rest_goes_on(connection):
    page = [remote(number) for number in range(9)]
    object.__setattr__(page[4], "latitude", "north")
    object.__setattr__(page[6], "reference", "a\0b")
    if db.vendor == "sqlite":
        object.__setattr__(page[4], "rooms", 2**70)
        object.__setattr__(page[6], "rooms", 2**70)
    merged = merge(connection, page, NOW)
    assert merged.stored == estates(connection).count() == EstatePayload.objects.count() == 7
    assert [estate.remote_id for estate, _ in merged.rejected] == ["id-00004", "id-00006"]
    assert all(reason for _, reason in merged.rejected)


def test_the_columns_are_as_wide_as_what_the_remote_client_gives():
    from estates.remotes.reading import URL_LIMIT
    from estates.remotes.ts_immo_columns import LENGTHS

    widths = {name: Estate._meta.get_field(name).max_length for name in LENGTHS if name != "description"}
    assert {name: width for name, width in widths.items() if width < LENGTHS[name]} == {}
    assert Estate._meta.get_field("public_url").max_length >= URL_LIMIT


@pytest.mark.skipif("db.vendor != 'postgresql'", reason="only PostgreSQL compresses columns")
def test_payloads_are_compressed_with_lz4(connection):
    merge(connection, [remote(1, description="mot " * 2000)], NOW)
    with db.cursor() as cursor:
        cursor.execute("SELECT pg_column_compression(body) FROM catalogue_estatepayload")
        assert cursor.fetchall() == [("lz4",)]


def test_nothing_is_a_fine_batch(connection):
    assert merge(connection, [], timezone.now()).stored == 0
